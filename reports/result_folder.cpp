// See result_folder.h.
#include "reports/result_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>

#include "sim/check.h"
#include "sim/error.h"

namespace seatrial {
namespace {

constexpr std::array<const char*, 3> kResultFiles{"summary.json", "plan.json", "comparison.json"};
constexpr std::size_t kStemBytes = 180;  // of the final name in a temporary one: names end at 255 bytes
constexpr int kAttempts = 1000;
constexpr int kListAttempts = 3;

template <class Call>
int retried(Call call) {
  int result = 0;
  do {
    result = call();
  } while (result < 0 && errno == EINTR);
  return result;
}

std::string without_trailing_slashes(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string name_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

[[noreturn]] void refuse(const std::string& path, const std::string& what, const std::string& hint) {
  throw InputError({}, "--out", quoted(path, 200) + ": " + what, hint);
}

// Errors that the path itself causes are the user's; the rest is the system's.
[[noreturn]] void refuse_or_throw(const std::string& path, const char* action, int error) {
  if (error == ENAMETOOLONG) refuse(path, "the name is too long", "choose a shorter one");
  if (error == ELOOP) refuse(path, "symbolic links form a loop", "choose another folder");
  if (error == ENOTDIR) refuse(path, "a part of the path is a file", "choose another folder");
  throw SystemError(path, action, error);
}

// Follows symbolic links, so that a link to a result folder stays a link.
std::string resolved(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) < 0 || !S_ISLNK(status.st_mode)) return path;
  std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), std::free);
  if (real) return real.get();
  if (errno == ENOENT) refuse(path, "a symbolic link to nothing", "choose another folder");
  refuse_or_throw(path, "cannot resolve", errno);
}

bool holds_result(const std::string& path) {
  return std::any_of(kResultFiles.begin(), kResultFiles.end(), [&](const char* name) {
    struct stat status {};
    return ::stat((path + '/' + name).c_str(), &status) == 0 && S_ISREG(status.st_mode);
  });
}

bool exists(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) return true;
  if (errno == ENOENT) return false;
  refuse_or_throw(path, "cannot examine", errno);
}

std::vector<std::string> entries(const std::string& path) {
  std::vector<std::string> names;
  DIR* folder = nullptr;
  // What cannot be listed cannot be removed: a passing shortage (of descriptors, of memory) is worth a second try.
  for (int attempt = 0; folder == nullptr && attempt < kListAttempts; ++attempt) folder = ::opendir(path.c_str());
  if (folder == nullptr) return names;
  while (const dirent* entry = ::readdir(folder)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  ::closedir(folder);
  return names;
}

}  // namespace

void check_result_path(const std::string& path) {
  if (path.empty()) refuse(path, "an empty path", "name a folder");
  const std::string real = resolved(without_trailing_slashes(path));
  struct stat status {};
  if (::stat(real.c_str(), &status) < 0) {
    if (errno == ENOENT) return;
    refuse_or_throw(real, "cannot examine", errno);
  }
  if (!S_ISDIR(status.st_mode)) refuse(path, "exists and is not a folder", "choose another folder");
  if (!holds_result(real)) {
    refuse(path, "exists and holds no result of seatrial", "choose another folder, or remove it first");
  }
}

ResultFolder::ResultFolder(const std::string& path, const FileLayer& files) : files_(files) {
  check_result_path(path);
  final_ = resolved(without_trailing_slashes(path));
  const std::string name = name_of(final_);
  if (name.empty() || name == "." || name == "..") refuse(path, "not a name for a folder", "name a folder");
  parent_ = parent_of(final_);
  stem_.append(".").append(name, 0, kStemBytes).append(".partial-");
  try {
    make_parents();
    remove_leftovers();
    make_temporary();
  } catch (...) {
    abandon();
    throw;
  }
}

ResultFolder::~ResultFolder() {
  abandon();
  if (lock_ >= 0) files_.close(lock_);
}

void ResultFolder::make_parents() {
  std::vector<std::string> missing;
  for (std::string path = parent_; !exists(path); path = parent_of(path)) missing.push_back(path);
  for (auto path = missing.rbegin(); path != missing.rend(); ++path) {
    const int made = retried([&] { return files_.mkdir(path->c_str(), 0777); });
    if (made == 0) {
      made_parents_.push_back(*path);
    } else if (errno != EEXIST) {
      refuse_or_throw(*path, "cannot create the folder", errno);
    }
  }
}

void ResultFolder::make_temporary() {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const std::string path = parent_ + '/' + stem_ + std::to_string(::getpid()) + '-' + std::to_string(attempt);
    if (retried([&] { return files_.mkdir(path.c_str(), 0777); }) == 0) {
      temporary_ = path;
      if (lock_temporary()) return;
    } else if (errno != EEXIST) {
      refuse_or_throw(path, "cannot create the folder", errno);
    }
  }
  throw SystemError(parent_ + '/' + stem_, "cannot create the folder", EEXIST);
}

// The lock tells other runs that this folder has an owner; a killed process loses its locks. False if another run took
// the folder for a leftover before it was locked.
bool ResultFolder::lock_temporary() {
  lock_ = retried([&] { return files_.open(temporary_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0); });
  if (lock_ < 0 && errno == ENOENT) return false;
  if (lock_ < 0) throw SystemError(temporary_, "cannot open the folder", errno);
  const bool taken = retried([&] { return ::flock(lock_, LOCK_EX | LOCK_NB); }) < 0 && errno == EWOULDBLOCK;
  struct stat mine {};
  struct stat there {};
  const bool same =
      ::fstat(lock_, &mine) == 0 && ::stat(temporary_.c_str(), &there) == 0 && mine.st_ino == there.st_ino;
  if (!taken && same) return true;  // also where the file system knows no locks: then leftovers just stay
  files_.close(lock_);
  lock_ = -1;
  return false;
}

void ResultFolder::remove_leftovers() noexcept try {
  for (const std::string& name : entries(parent_)) {
    if (!name.starts_with(stem_)) continue;
    const std::string path = parent_ + '/' + name;
    const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (folder < 0) continue;
    if (::flock(folder, LOCK_EX | LOCK_NB) == 0) remove_folder(path);
    ::close(folder);
  }
} catch (...) {
  return;  // leftovers are in nobody's way: the next run tries again
}

std::unique_ptr<OutputFile> ResultFolder::create(std::string_view name) {
  CHECK(name.find('/') == std::string_view::npos);
  return std::make_unique<OutputFile>(files_, temporary_ + '/' + std::string(name));
}

void ResultFolder::write(std::string_view name, std::string_view content) {
  const auto file = create(name);
  file->append(content);
  file->close();
}

void ResultFolder::sync_folder(const std::string& path) {
  const int folder = retried([&] { return files_.open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0); });
  if (folder < 0) throw SystemError(path, "cannot open the folder", errno);
  const int synced = retried([&] { return files_.fsync(folder); });
  const int error = errno;
  files_.close(folder);
  // Some file systems cannot synchronise folders; then there is nothing more to do.
  if (synced < 0 && error != EINVAL && error != ENOTSUP) throw SystemError(path, "cannot write to disk", error);
}

void ResultFolder::commit() {
  CHECK(!done_);
  sync_folder(temporary_);
  check_result_path(final_);
  put_in_place();
  done_ = true;
}

void ResultFolder::put_in_place() {
  if (!exists(final_)) {
    if (retried([&] { return files_.rename(temporary_.c_str(), final_.c_str()); }) < 0) {
      throw SystemError(final_, "cannot rename to this", errno);
    }
  } else if (retried([&] { return files_.exchange(temporary_.c_str(), final_.c_str()); }) == 0) {
    remove_folder(temporary_);  // now the old result
  } else if (errno == ENOSYS || errno == EINVAL) {
    replace_in_two_steps();
  } else {
    throw SystemError(final_, "cannot replace", errno);
  }
  try {
    sync_folder(parent_);
  } catch (const SystemError&) {
    return;  // the result is in place and whole; only a power cut right now could undo the rename
  }
}

// For file systems that cannot exchange two names.
void ResultFolder::replace_in_two_steps() {
  const std::string old = temporary_ + "-old";
  if (retried([&] { return files_.rename(final_.c_str(), old.c_str()); }) < 0) {
    throw SystemError(final_, "cannot replace", errno);
  }
  if (retried([&] { return files_.rename(temporary_.c_str(), final_.c_str()); }) < 0) {
    const int error = errno;
    files_.rename(old.c_str(), final_.c_str());
    throw SystemError(final_, "cannot rename to this", error);
  }
  remove_folder(old);
}

void ResultFolder::remove_folder(const std::string& path) noexcept try {
  for (const std::string& name : entries(path)) {
    const std::string entry = path + '/' + name;
    struct stat status {};
    if (::lstat(entry.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
      remove_folder(entry);
    } else {
      retried([&] { return files_.unlink(entry.c_str()); });
    }
  }
  retried([&] { return files_.rmdir(path.c_str()); });
} catch (...) {
  return;  // out of memory: the next run removes what is left
}

void ResultFolder::abandon() noexcept {
  if (done_) return;
  done_ = true;
  if (!temporary_.empty()) remove_folder(temporary_);
  for (auto path = made_parents_.rbegin(); path != made_parents_.rend(); ++path) files_.rmdir(path->c_str());
}

}  // namespace seatrial
