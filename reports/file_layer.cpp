// See file_layer.h.
#include "reports/file_layer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "sim/error.h"

namespace seatrial {

int FileLayer::open(const char* path, int flags, unsigned mode) const { return ::open(path, flags, mode); }
ssize_t FileLayer::write(int file, const void* bytes, std::size_t count) const { return ::write(file, bytes, count); }
ssize_t FileLayer::read(int file, void* bytes, std::size_t count) const { return ::read(file, bytes, count); }
int FileLayer::fsync(int file) const { return ::fsync(file); }
int FileLayer::close(int file) const { return ::close(file); }
int FileLayer::rename(const char* from, const char* to) const { return ::rename(from, to); }
int FileLayer::exchange(const char* a, const char* b) const {
  return ::renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE);
}
int FileLayer::mkdir(const char* path, unsigned mode) const { return ::mkdir(path, mode); }
int FileLayer::rmdir(const char* path) const { return ::rmdir(path); }
int FileLayer::unlink(const char* path) const { return ::unlink(path); }

const FileLayer& system_files() {
  static const FileLayer files{};  // has no state
  return files;
}

OutputFile::OutputFile(const FileLayer& files, std::string path) : files_(files), path_(std::move(path)) {
  do {
    file_ = files_.open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  } while (file_ < 0 && errno == EINTR);
  if (file_ < 0) throw SystemError(path_, "cannot create", errno);
}

OutputFile::~OutputFile() {
  if (file_ >= 0) files_.close(file_);
}

void OutputFile::append(std::string_view bytes) {
  constexpr std::size_t kMostAtOnce = std::size_t{1} << 24U;
  while (!bytes.empty()) {
    const ssize_t written = files_.write(file_, bytes.data(), std::min(bytes.size(), kMostAtOnce));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw SystemError(path_, "cannot write", errno);
    if (written == 0) throw SystemError(path_, "cannot write", ENOSPC);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void OutputFile::close() {
  int result = 0;
  do {
    result = files_.fsync(file_);
  } while (result < 0 && errno == EINTR);
  // Special files cannot be synchronised, which is no loss.
  if (result < 0 && errno != EINVAL && errno != ENOTSUP) throw SystemError(path_, "cannot write to disk", errno);
  const int closed = files_.close(file_);
  const int error = errno;
  file_ = -1;
  // After EINTR the descriptor is gone on Linux, and the bytes are on the disk already.
  if (closed < 0 && error != EINTR) throw SystemError(path_, "cannot close", error);
}

namespace {

class OpenFile {
 public:
  OpenFile(const FileLayer& files, int file) : files_(files), file_(file) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() { files_.close(file_); }

 private:
  const FileLayer& files_;
  int file_;
};

}  // namespace

std::string read_whole_file(const FileLayer& files, const std::string& path) {
  int file = -1;
  do {
    file = files.open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
  } while (file < 0 && errno == EINTR);
  if (file < 0) {
    const int error = errno;
    const bool absent = error == ENOENT || error == ENOTDIR || error == ELOOP || error == ENAMETOOLONG;
    if (absent) throw InputError({path, 0, 0}, "", "there is no such file");
    throw SystemError(path, "cannot open", error);
  }
  const OpenFile guard(files, file);
  struct stat status {};
  if (::fstat(file, &status) < 0) throw SystemError(path, "cannot examine", errno);
  if (!S_ISREG(status.st_mode)) throw InputError({path, 0, 0}, "", "this is not a regular file");
  std::string text;
  text.resize(static_cast<std::size_t>(status.st_size) + 1);
  std::size_t length = 0;
  for (;;) {
    if (length == text.size()) text.resize(text.size() * 2);
    const ssize_t count = files.read(file, text.data() + length, text.size() - length);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw SystemError(path, "cannot read", errno);
    if (count == 0) break;
    length += static_cast<std::size_t>(count);
  }
  text.resize(length);
  return text;
}

}  // namespace seatrial
