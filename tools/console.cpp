// POSIX writes and signal handlers; see console.h.
#include "tools/console.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <memory>

#include "reports/file_layer.h"
#include "sim/error.h"

namespace seatrial {
namespace {

struct SignalState {
  std::atomic<bool> caught{false};
  std::atomic<int> number{SIGINT};
};

// A handler has no other way to reach its state than one of static duration.
SignalState& signal_state() {
  static SignalState state;
  return state;
}

void note_signal(int number) {
  signal_state().number.store(number);
  signal_state().caught.store(true);
}

void write_all(int descriptor, const std::string& name, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw SystemError(name, "cannot write", errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

// A device or a pipe: nothing to replace and nothing to remove.
void write_special_file(const std::string& path, std::string_view text) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) throw SystemError(path, "cannot open for writing", errno);
  try {
    write_all(descriptor, path, text);
  } catch (const SystemError&) {
    ::close(descriptor);
    throw;
  }
  if (::close(descriptor) != 0) throw SystemError(path, "cannot write", errno);
}

}  // namespace

void print(std::string_view text) { write_all(STDOUT_FILENO, "standard output", text); }

bool output_is_terminal() {
  const char* no_colour = std::getenv("NO_COLOR");
  return ::isatty(STDOUT_FILENO) == 1 && (no_colour == nullptr || *no_colour == '\0');
}

bool errors_are_terminal() { return ::isatty(STDERR_FILENO) == 1; }

void draw_progress(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

void write_text_file(const std::string& path, std::string_view text) {
  if (path == "-") return print(text);
  struct stat status {};
  const bool exists = ::stat(path.c_str(), &status) == 0;
  const bool is_special = exists && !S_ISREG(status.st_mode);
  if (is_special) return write_special_file(path, text);
  // Beside the file that it replaces: what a link points to, not the link.
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), std::free);
  const std::string final_path = real ? real.get() : path;
  const std::string temporary = final_path + ".partial-" + std::to_string(::getpid());
  try {
    OutputFile file(system_files(), temporary);
    // Before anything is in it: who could not read the old one shall not read the new one either.
    if (exists && ::chmod(temporary.c_str(), status.st_mode & 07777U) != 0) {
      throw SystemError(path, "cannot set the permissions of the new file", errno);
    }
    file.append(text);
    file.close();
    if (::rename(temporary.c_str(), final_path.c_str()) != 0) throw SystemError(path, "cannot rename to this", errno);
  } catch (const SystemError&) {
    ::unlink(temporary.c_str());
    throw;
  }
}

void occupy_standard_streams() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) != -1 || errno != EBADF) continue;
    // For reading only, whichever it is: a write to a closed standard output has to fail.
    if (::open("/dev/null", O_RDONLY) < 0) throw SystemError("/dev/null", "cannot open", errno);
  }
}

void ignore_write_signals() {
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  for (const int number : {SIGPIPE, SIGXFSZ}) ::sigaction(number, &ignore, nullptr);
}

void catch_signals() {
  (void)signal_state();  // made here, not in the handler
  struct sigaction action {};
  action.sa_handler = note_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int number : {SIGINT, SIGTERM}) ::sigaction(number, &action, nullptr);
}

const std::atomic<bool>& interrupted() { return signal_state().caught; }

int interrupted_status() { return 128 + signal_state().number.load(); }

}  // namespace seatrial
