// A program that is started beside this one and read to its end; a folder of our own that is removed; the MPS daemon
// that is always told to quit. Used by the probes of sharing and by seatrial profile.
#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

namespace seatrial {

using Environment = std::vector<std::pair<std::string, std::string>>;  // added to ours

// Its standard output is ours to read unless `inherit`; standard error is shared. Killed if it still runs at the end.
class Child {
 public:
  enum class Output : bool { Read, Inherit };
  // Throws SystemError where no process can be made. A program that cannot be run exits with 127.
  Child(const std::vector<std::string>& command, const Environment& environment, Output output = Output::Read);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  // Reads to the end and waits; the exit status, 128 + signal where one ended it.
  int wait();
  [[nodiscard]] bool has_ended();
  [[nodiscard]] bool succeeded() { return wait() == 0; }
  [[nodiscard]] const std::string& output();
  // The number behind a word of the output; throws Unavailable, with the output, where there is none.
  [[nodiscard]] double number_after(const std::string& word);

 private:
  void read_all();
  pid_t pid_ = -1;
  int read_from_ = -1;
  int status_ = -1;  // -1: still runs
  std::string output_;
};

class PrivateFolder {
 public:
  PrivateFolder();  // throws SystemError
  ~PrivateFolder();
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }
  // The start of a file in it; empty where there is none.
  [[nodiscard]] std::string text(const std::string& file) const;

 private:
  std::string path_;
};

class MpsDaemon {
 public:
  explicit MpsDaemon(Environment environment) : environment_(std::move(environment)) {}
  ~MpsDaemon();
  MpsDaemon(const MpsDaemon&) = delete;
  MpsDaemon& operator=(const MpsDaemon&) = delete;

 private:
  Environment environment_;
};

}  // namespace seatrial
