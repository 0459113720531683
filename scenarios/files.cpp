// See files.h.
#include "scenarios/files.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "sim/error.h"
#include "traces/input_file.h"

namespace seatrial {
namespace {

const char* not_regular(mode_t mode) {
  if (S_ISREG(mode)) return "";
  if (S_ISDIR(mode)) return "is a folder, not a file";
  if (S_ISFIFO(mode)) return "is a named pipe; only regular files and - are read";
  return "is not a regular file; only regular files and - are read";
}

}  // namespace

std::string read_input_file(const std::string& path, std::size_t limit) {
  InputFile file({path, {}, ""});
  std::string text;
  std::vector<char> buffer(65536);
  while (const std::size_t got = file.read(buffer)) {
    text.append(buffer.data(), got);
    if (text.size() > limit) {
      throw InputError(Place{file.name()}, "", "larger than " + std::to_string(limit >> 20U) + " MiB");
    }
  }
  return text;
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
