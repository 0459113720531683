// See interrupt.h.
#include "reports/interrupt.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <utility>

#include "sim/error.h"

namespace seatrial {
namespace {

constexpr int kExitBySignal = 128;

sigset_t ending_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    // What the caller chose to ignore (nohup, background jobs of a plain shell) stays ignored.
    struct sigaction action {};
    if (::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) continue;
    sigaddset(&set, signal);
  }
  return set;
}

}  // namespace

Interrupts::Interrupts() {
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGXFSZ, &ignore, nullptr);
  ::sigaction(SIGPIPE, &ignore, nullptr);
  const sigset_t signals = ending_signals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  stop_ = ::eventfd(0, EFD_CLOEXEC);
  if (stop_ < 0) throw SystemError("eventfd", "cannot create", errno);
  thread_ = std::thread([this] { wait(); });
}

Interrupts::~Interrupts() {
  const std::uint64_t one = 1;
  while (::write(stop_, &one, sizeof one) < 0 && errno == EINTR) continue;
  thread_.join();
  ::close(stop_);
  const sigset_t signals = ending_signals();
  ::pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

void Interrupts::on_interrupt(std::function<void()> clean_up) {
  const std::scoped_lock lock(mutex_);
  clean_up_ = std::move(clean_up);
}

void Interrupts::wait() {
  const sigset_t signals = ending_signals();
  const int arrivals = ::signalfd(-1, &signals, SFD_CLOEXEC);
  std::array<pollfd, 2> watched{{{stop_, POLLIN, 0}, {arrivals, POLLIN, 0}}};
  for (;;) {
    if (::poll(watched.data(), watched.size(), -1) < 0) continue;
    if (watched[0].revents != 0) break;
    signalfd_siginfo info{};
    if (::read(arrivals, &info, sizeof info) != static_cast<ssize_t>(sizeof info)) continue;
    const std::scoped_lock lock(mutex_);
    if (clean_up_) clean_up_();
    ::_exit(kExitBySignal + static_cast<int>(info.ssi_signo));
  }
  if (arrivals >= 0) ::close(arrivals);
}

}  // namespace seatrial
