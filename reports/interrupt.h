// Ctrl-C, SIGTERM and SIGHUP end a run without leaving a temporary folder: a thread of its own waits for them, removes
// the folders that are being written, and ends the process with 128 + signal. No handler runs in the midst of other
// code, and nothing global is kept. SIGXFSZ and SIGPIPE are ignored: their calls fail instead, as SystemError.
#pragma once

#include <functional>
#include <mutex>
#include <thread>

namespace seatrial {

class Interrupts {
 public:
  // Construct it in main() before any other thread: these inherit the blocked signals.
  Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;
  ~Interrupts();

  // What to do when a signal arrives, before the process ends; an empty function for nothing. Replaces the former one.
  void on_interrupt(std::function<void()> clean_up);

 private:
  void wait();

  std::mutex mutex_;
  std::function<void()> clean_up_;
  int stop_ = -1;  // an eventfd
  std::thread thread_;
};

}  // namespace seatrial
