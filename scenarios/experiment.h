// Many runs of one scenario: points (settings that vary) times replications, side by side on threads, each simulated
// once. All points of a replication see the same jobs (common random numbers); jobs depend on settings below
// `workload`, on `seed` and on those of a case alone, so that a generator's load is the load of the cluster as written,
// whatever its size is varied to.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reports/run_record.h"
#include "scenarios/axes.h"
#include "scenarios/run_store.h"
#include "scenarios/spec.h"

namespace seatrial {

// A scenario before it is loaded.
struct ScenarioSource {
  std::string text;
  std::string file;
  std::vector<std::string> overrides;
};

struct ExperimentOptions {
  std::uint32_t replications = 0;  // 0: what the scenario says
  unsigned threads = 1;
  bool job_times = false;  // records keep each job's completion time, those of replication 0 the first decisions
  std::vector<std::string> metrics;                // of single tenants, that records must hold
  std::string store_folder;                        // of finished runs; empty: none
  std::string program;                             // fingerprint of the program: other versions' runs are not reused
  const std::atomic<bool>* interrupted = nullptr;  // polled; throws Interrupted
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;  // called from one thread at a time
};

struct Task {
  std::uint32_t point = 0;
  std::uint32_t replication = 0;
  auto operator<=>(const Task&) const = default;
};

// Before a long experiment: can runs be appended there? Nothing where the path is empty. Throws InputError,
// SystemError.
void check_database(const std::string& path);

class Experiment {
 public:
  // Loads the scenario as written. Throws InputError and SystemError.
  Experiment(ScenarioSource source, std::vector<std::vector<Setting>> points, ExperimentOptions options);

  [[nodiscard]] const ScenarioSpec& base() const { return base_; }
  [[nodiscard]] const std::vector<std::vector<Setting>>& points() const { return points_; }
  [[nodiscard]] std::uint32_t replications() const { return replications_; }
  [[nodiscard]] std::vector<std::uint64_t> seeds() const;  // of the scenario as written, by replication
  // Loads the given points; throws the problems of all of them together.
  void check(std::span<const std::uint32_t> points);
  // Another point; its number.
  std::uint32_t add_point(std::vector<Setting> settings);
  [[nodiscard]] const ScenarioSpec& spec(std::uint32_t point);
  [[nodiscard]] std::shared_ptr<const Workload> jobs(Task task);

  // Simulates what is not known yet. Throws Interrupted, InputError, SystemError.
  void run(std::span<const Task> tasks);
  [[nodiscard]] const RunRecord& record(Task task) const;
  [[nodiscard]] bool known(Task task) const { return records_.contains(task); }
  // Runs asked for so far, and how many of them came from an earlier start that did not end.
  [[nodiscard]] std::uint64_t simulations() const { return records_.size(); }
  [[nodiscard]] std::uint64_t reused() const { return reused_; }
  [[nodiscard]] const std::string& fingerprint() const { return fingerprint_; }
  // Appends every run to an SQLite file (reports/run_database.h); nothing where the path is empty.
  struct RunOrigin {
    std::string verb, version, command, result_dir;
  };
  void append_runs(const std::string& database, const RunOrigin& origin) const;
  // The result is complete: finished runs need not be kept any more.
  void finish() { store_->finish(); }

 private:
  [[nodiscard]] ScenarioSpec load(const std::vector<Setting>& settings, std::uint32_t replication) const;
  [[nodiscard]] std::string key_of(Task task);
  [[nodiscard]] std::string input_hash(const ScenarioSpec& spec);
  using Jobs = std::shared_ptr<const Workload>;
  [[nodiscard]] Jobs cached_jobs(const std::string& key, const std::function<Jobs()>& build);
  void drop_old_jobs();
  void run_one(Task task, const std::string& key);
  void keep(Task task, RunRecord record);

  ScenarioSource source_;
  std::vector<std::vector<Setting>> points_;
  ExperimentOptions options_;
  ScenarioSpec base_;
  std::uint32_t replications_ = 1;
  std::string fingerprint_;
  std::unique_ptr<RunStore> store_;
  std::map<std::uint32_t, std::unique_ptr<const ScenarioSpec>> specs_;
  std::map<Task, RunRecord> records_;
  std::uint64_t reused_ = 0;
  std::uint64_t kept_jobs_ = 0;
  std::map<std::string, std::string> file_hashes_;
  // Workloads in memory: by what decides them, with when they were last used.
  struct CachedJobs {
    std::shared_future<std::shared_ptr<const Workload>> jobs;
    std::uint64_t used = 0;
    std::uint64_t rows = 0;  // 0: still being built
  };
  std::map<std::string, CachedJobs> jobs_;
  std::uint64_t uses_ = 0;
  std::mutex jobs_mutex_;
  std::mutex specs_mutex_;
  std::mutex records_mutex_;
};

}  // namespace seatrial
