// The system calls that writing results makes, as one object: tests replace single calls to shorten, interrupt or fail
// them. Every call returns what the system returns and sets errno; retrying and wording errors is the caller's work.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "reports/byte_sink.h"

namespace seatrial {

class FileLayer {
 public:
  virtual ~FileLayer() = default;
  virtual int open(const char* path, int flags, unsigned mode) const;
  virtual ssize_t write(int file, const void* bytes, std::size_t count) const;
  virtual ssize_t read(int file, void* bytes, std::size_t count) const;
  virtual int fsync(int file) const;
  virtual int close(int file) const;
  virtual int rename(const char* from, const char* to) const;
  // Swaps two paths in one step; fails with ENOSYS or EINVAL where the file system cannot.
  virtual int exchange(const char* a, const char* b) const;
  virtual int mkdir(const char* path, unsigned mode) const;
  virtual int rmdir(const char* path) const;
  virtual int unlink(const char* path) const;
};

// The real one.
[[nodiscard]] const FileLayer& system_files();

// A file being written. Errors throw SystemError with the path; an interrupted or short write is continued.
class OutputFile final : public ByteSink {
 public:
  // Creates the file; it must not exist yet.
  OutputFile(const FileLayer& files, std::string path);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  // Closes without a word if close() was not called: then the file is not meant to be kept.
  ~OutputFile() override;
  void append(std::string_view bytes) override;
  // Brings the bytes to the disk and closes.
  void close();

 private:
  const FileLayer& files_;
  std::string path_;
  int file_ = -1;
};

// The whole content of a regular file. Throws InputError where there is none or it is no regular file, SystemError
// where it cannot be read.
[[nodiscard]] std::string read_whole_file(const FileLayer& files, const std::string& path);

}  // namespace seatrial
