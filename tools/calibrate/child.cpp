// See child.h.
#include "tools/calibrate/child.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "sim/error.h"
#include "sim/text.h"
#include "tools/calibrate/cuda_library.h"

namespace seatrial {
namespace {

[[noreturn]] void become(const std::vector<std::string>& command, const Environment& environment) {
  for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execvp(words.front(), words.data());
  ::_exit(127);
}

}  // namespace

Child::Child(const std::vector<std::string>& command, const Environment& environment, Output output) {
  std::array<int, 2> ends{-1, -1};
  if (output == Output::Read && ::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw SystemError(command[0], "cannot start", errno);
  pid_ = ::fork();
  if (pid_ < 0) throw SystemError(command[0], "cannot start", errno);
  if (pid_ == 0) {
    if (output == Output::Read) ::dup2(ends[1], STDOUT_FILENO);
    // What this program ignores its children need not.
    ::signal(SIGPIPE, SIG_DFL);
    become(command, environment);
  }
  if (ends[1] >= 0) ::close(ends[1]);
  read_from_ = ends[0];
}

Child::~Child() {
  if (read_from_ >= 0) ::close(read_from_);
  if (status_ >= 0 || pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  int status = 0;
  ::waitpid(pid_, &status, 0);
}

void Child::read_all() {
  std::array<char, 4096> buffer{};
  while (read_from_ >= 0) {
    const ssize_t got = ::read(read_from_, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      ::close(read_from_);
      read_from_ = -1;
    } else {
      output_.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }
}

int Child::wait() {
  read_all();
  int status = 0;
  while (status_ < 0) {
    if (::waitpid(pid_, &status, 0) < 0) {
      if (errno == EINTR) continue;
      status_ = 127;
      break;
    }
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  return status_;
}

bool Child::has_ended() {
  int status = 0;
  if (status_ < 0 && ::waitpid(pid_, &status, WNOHANG) == pid_) {
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  return status_ >= 0;
}

const std::string& Child::output() {
  (void)wait();
  return output_;
}

double Child::number_after(const std::string& word) {
  const std::string& text = output();
  const std::size_t at = text.find(word);
  if (at != std::string::npos) {
    const std::size_t begin = at + word.size();
    const std::size_t end = std::min(text.find_first_of(" \n", begin), text.size());
    if (const auto number = parse_number(std::string_view(text).substr(begin, end - begin))) return *number;
  }
  throw Unavailable("a client ended with status " + std::to_string(status_) + ": " + seatrial::quoted(text, 200));
}

PrivateFolder::PrivateFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "seatrial.XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw SystemError(name, "cannot make a folder", errno);
  path_ = name;
}
PrivateFolder::~PrivateFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}
std::string PrivateFolder::text(const std::string& file) const {
  std::ifstream in(path_ + '/' + file);
  std::string text(500, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, in.gcount())));
  return text;
}

MpsDaemon::~MpsDaemon() {
  Child quit({"sh", "-c", "echo quit | nvidia-cuda-mps-control"}, environment_);
  (void)quit.wait();
}

}  // namespace seatrial
