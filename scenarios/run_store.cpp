// An append-only file of checked records; see run_store.h.
#include "scenarios/run_store.h"

#include <sys/file.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "sim/content_hash.h"

namespace seatrial {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSuffix = ".runs";
constexpr std::chrono::hours kKept{24 * 30};  // files of experiments that nobody went on with

struct RecordHead {
  std::uint64_t key_size = 0;
  std::uint64_t size = 0;
  std::uint64_t checksum = 0;
};

std::uint64_t checksum_of(const std::string& key, const std::string& bytes) {
  ContentHash hash;
  hash.add(key);
  hash.add(bytes);
  return hash.word();
}

bool read_text(std::FILE* file, std::uint64_t size, std::uint64_t left, std::string& text) {
  if (size > left) return false;
  text.resize(static_cast<std::size_t>(size));
  return std::fread(text.data(), 1, text.size(), file) == text.size();
}

}  // namespace

RunStore::RunStore(const std::string& folder, const std::string& fingerprint) {
  if (folder.empty()) return;
  std::error_code error;
  fs::create_directories(folder, error);
  remove_old(folder);
  path_ = folder + '/' + fingerprint + kSuffix;
  file_ = std::fopen(path_.c_str(), "a+be");
  if (file_ == nullptr) return;
  if (::flock(::fileno(file_), LOCK_EX | LOCK_NB) != 0) {
    std::fclose(file_);
    file_ = nullptr;
    return;
  }
  read_records();
}

RunStore::~RunStore() {
  if (file_ != nullptr) std::fclose(file_);
}

void RunStore::read_records() {
  std::error_code error;
  std::uint64_t left = fs::file_size(path_, error);
  if (error) return;
  std::rewind(file_);
  std::uint64_t good = 0;
  RecordHead head;
  while (left >= sizeof head && std::fread(&head, sizeof head, 1, file_) == 1) {
    left -= sizeof head;
    std::string key;
    std::string bytes;
    if (!read_text(file_, head.key_size, left, key)) break;
    left -= head.key_size;
    if (!read_text(file_, head.size, left, bytes) || checksum_of(key, bytes) != head.checksum) break;
    left -= head.size;
    good += sizeof head + head.key_size + head.size;
    records_.insert_or_assign(std::move(key), std::move(bytes));
  }
  // What follows the last whole record would hide the records that come after it.
  fs::resize_file(path_, good, error);
  std::clearerr(file_);
  (void)std::fseek(file_, 0, SEEK_END);
}

void RunStore::remove_old(const std::string& folder) const {
  std::error_code error;
  const auto oldest = fs::file_time_type::clock::now() - kKept;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (entry->path().extension() != kSuffix || !entry->is_regular_file(ignored)) continue;
    if (entry->last_write_time(ignored) < oldest) fs::remove(entry->path(), ignored);
  }
}

std::optional<std::string> RunStore::find(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(key);
  if (found == records_.end()) return std::nullopt;
  return found->second;
}

void RunStore::add(const std::string& key, const std::string& bytes) {
  const std::lock_guard lock(mutex_);
  if (file_ == nullptr) return;
  const RecordHead head{key.size(), bytes.size(), checksum_of(key, bytes)};
  const bool written = std::fwrite(&head, sizeof head, 1, file_) == 1 &&
                       std::fwrite(key.data(), 1, key.size(), file_) == key.size() &&
                       std::fwrite(bytes.data(), 1, bytes.size(), file_) == bytes.size() && std::fflush(file_) == 0;
  if (written) return;
  std::fclose(file_);
  file_ = nullptr;
}

void RunStore::finish() {
  const std::lock_guard lock(mutex_);
  if (file_ == nullptr) return;
  std::error_code error;
  fs::remove(path_, error);
  std::fclose(file_);
  file_ = nullptr;
}

std::string default_store_folder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && cache[0] == '/') return std::string(cache) + "/seatrial/runs";
  const char* home = std::getenv("HOME");
  if (home != nullptr && home[0] == '/') return std::string(home) + "/.cache/seatrial/runs";
  return {};
}

}  // namespace seatrial
