// POSIX calls rather than streams: their errors say why. See files.h.
#include "scenarios/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "sim/error.h"

namespace seatrial {
namespace {

class FileDescriptor {
 public:
  explicit FileDescriptor(int number) : number_(number) {}
  ~FileDescriptor() {
    if (number_ > STDERR_FILENO) ::close(number_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

// Mistakes of the user as opposed to refusals of the system.
bool is_wrong_path(int error) {
  return error == ENOENT || error == ENOTDIR || error == ENAMETOOLONG || error == ELOOP || error == EISDIR;
}

const char* not_regular(mode_t mode) {
  if (S_ISREG(mode)) return "";
  if (S_ISDIR(mode)) return "is a folder, not a file";
  if (S_ISFIFO(mode)) return "is a named pipe; only regular files and - are read";
  return "is not a regular file; only regular files and - are read";
}

std::string read_all(int number, const std::string& path, std::size_t limit) {
  std::string text;
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t got = ::read(number, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw SystemError(path, "cannot read", errno);
    if (got == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.size() > limit) {
      throw InputError(Place{path}, "", "larger than " + std::to_string(limit >> 20U) + " MiB");
    }
  }
}

}  // namespace

std::string read_input_file(const std::string& path, std::size_t limit) {
  if (path == "-") return read_all(STDIN_FILENO, path, limit);
  // O_NONBLOCK: opening a pipe that nobody writes to would wait for ever.
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (file.number() < 0) {
    if (is_wrong_path(errno)) throw InputError(Place{path}, "", std::string("cannot open: ") + std::strerror(errno));
    throw SystemError(path, "cannot open", errno);
  }
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) throw SystemError(path, "cannot read", errno);
  if (const std::string_view why = not_regular(status.st_mode); !why.empty()) {
    throw InputError(Place{path}, "", std::string(why));
  }
  return read_all(file.number(), path, limit);
}

std::string why_not_readable(const std::string& path) {
  if (path == "-") return "";
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    return errno == ENOENT ? "no such file" : std::string("cannot open: ") + std::strerror(errno);
  }
  return not_regular(status.st_mode);
}

std::string resolve_beside(const std::string& base, const std::string& file) {
  if (file.empty() || file == "-" || file.front() == '/' || base == "-") return file;
  const std::size_t slash = base.rfind('/');
  return slash == std::string::npos ? file : base.substr(0, slash + 1) + file;
}

}  // namespace seatrial
