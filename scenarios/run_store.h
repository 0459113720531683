// Finished runs of one comparison or plan, kept on disk while it goes on, so that one that was killed continues from
// them. One file per experiment, named by a fingerprint of everything that decides its results (program, scenario,
// overrides, input files): two scenarios can never be mixed. Records are appended whole with a checksum; a torn or
// damaged tail is ignored. The file goes when the result is complete.
#pragma once

#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace seatrial {

class RunStore {
 public:
  // Opens or creates `folder`/`fingerprint`.runs and reads what is there. Keeps nothing (and says nothing) where the
  // folder is empty text, cannot be written, or another process works on the same experiment.
  RunStore(const std::string& folder, const std::string& fingerprint);
  RunStore(const RunStore&) = delete;
  RunStore& operator=(const RunStore&) = delete;
  ~RunStore();

  [[nodiscard]] bool open() const { return file_ != nullptr; }
  [[nodiscard]] std::optional<std::string> find(const std::string& key) const;
  // Safe to call from several threads. An error of the disk ends the keeping, not the run.
  void add(const std::string& key, const std::string& bytes);
  // The experiment is complete: removes the file.
  void finish();

 private:
  void read_records();
  void remove_old(const std::string& folder) const;

  std::string path_;
  std::FILE* file_ = nullptr;
  std::map<std::string, std::string> records_;
  mutable std::mutex mutex_;
};

// $XDG_CACHE_HOME/seatrial/runs, else $HOME/.cache/seatrial/runs, else empty.
[[nodiscard]] std::string default_store_folder();

}  // namespace seatrial
