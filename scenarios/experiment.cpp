// Loading points, sharing jobs, running side by side; see experiment.h.
#include "scenarios/experiment.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <thread>

#include "reports/run_database.h"
#include "scenarios/build.h"
#include "scenarios/describe_run.h"
#include "scenarios/files.h"
#include "scenarios/load.h"
#include "scenarios/override.h"
#include "scenarios/replicate.h"
#include "scenarios/run.h"
#include "sim/content_hash.h"
#include "sim/text.h"

namespace seatrial {
namespace {

constexpr std::uint64_t kRowsInMemory = 8'000'000;       // of cached workloads: about 400 MB
constexpr std::uint64_t kJobTimesInMemory = 50'000'000;  // of records: 200 MB
constexpr std::size_t kInputBytes = std::size_t{1} << 40U;
constexpr std::size_t kMostPoints = 20'000;  // each is loaded and kept: about 10 kB

bool draws_jobs(const ScenarioSpec& spec) {
  return std::any_of(spec.workload.begin(), spec.workload.end(), [](const WorkloadSpec& w) { return w.generate; });
}

// Standard input cannot be read again for the next run.
void refuse_standard_input(const ScenarioSpec& spec) {
  Problems problems;
  const auto refuse = [&](const std::string& file, const std::string& path) {
    if (file == "-") problems.add({spec.file}, path, "standard input cannot be read by several runs", "name a file");
  };
  for (std::size_t i = 0; i < spec.workload.size(); ++i) {
    if (!spec.workload[i].trace) continue;
    refuse(spec.workload[i].trace->file, "workload[" + std::to_string(i) + "].trace.file");
    refuse(spec.workload[i].trace->order_file, "workload[" + std::to_string(i) + "].trace.order");
  }
  for (const NodeListImport& list : spec.imports) {
    refuse(list.nodes.file, "cluster.pools[" + std::to_string(list.pool) + "].import.file");
    refuse(list.rank.file, "cluster.pools[" + std::to_string(list.pool) + "].import.rank");
  }
  refuse(spec.models.isolated.file, "models.isolated");
  refuse(spec.models.colocated.file, "models.colocated");
  refuse(spec.models.profiles.file, "models.profiles");
  problems.throw_if_any();
}

// The value at a path of the scenario as written, for `count_up`.
std::int64_t integer_at(const Document& document, const std::string& path, Place place) {
  std::string why;
  const DocumentNode* node = &document.root;
  for (const PathStep& step : parse_path(path, why)) {
    if (node == nullptr) break;
    const DocumentNode* next = nullptr;
    if (!step.in_brackets) {
      next = node->find(step.text);
    } else {
      for (const DocumentEntry& entry : node->entries) {
        const DocumentNode* name = entry.value.find("name");
        if (name != nullptr && name->scalar == step.text) next = &entry.value;
      }
      const auto index = parse_integer(step.text);
      if (next == nullptr && index && *index >= 0 && static_cast<std::size_t>(*index) < node->entries.size()) {
        next = &node->entries[static_cast<std::size_t>(*index)].value;
      }
    }
    node = next;
  }
  const auto value = node == nullptr ? std::nullopt : parse_integer(node->scalar);
  if (!value) {
    throw InputError(std::move(place), "replicate.count_up", "there is no whole number at " + in_quotes(path),
                     "name a key that the scenario gives, such as workload[0].trace.order_seed");
  }
  return *value;
}

}  // namespace

Experiment::Experiment(ScenarioSource source, std::vector<std::vector<Setting>> points, ExperimentOptions options)
    : source_(std::move(source)), points_(std::move(points)), options_(std::move(options)), base_(load({}, 0)) {
  refuse_standard_input(base_);
  if (points_.size() > kMostPoints) {
    throw InputError({}, "",
                     std::to_string(points_.size()) + " combinations are more than " + std::to_string(kMostPoints),
                     "give fewer values, or a larger step");
  }
  replications_ = 1;
  const Jobs jobs =
      cached_jobs("base", [this] { return std::make_shared<const Workload>(build_workload(base_, base_.seed)); });
  replications_ = replication_count(base_, options_.replications, *jobs);
  ContentHash hash;
  hash.add("seatrial experiment 1");
  hash.add(options_.program);
  hash.add(source_.text);
  hash.add(source_.file);
  for (const std::string& text : source_.overrides) hash.add(text);
  for (const std::string& metric : options_.metrics) hash.add(metric);
  hash.add(options_.job_times ? 1 : 0);
  hash.add(input_hash(base_));
  fingerprint_ = hash.text();
  store_ = std::make_unique<RunStore>(options_.store_folder, fingerprint_);
}

std::vector<std::uint64_t> Experiment::seeds() const {
  std::vector<std::uint64_t> seeds;
  for (std::uint32_t r = 0; r < replications_; ++r) seeds.push_back(replication_seed(base_.seed, r));
  return seeds;
}

ScenarioSpec Experiment::load(const std::vector<Setting>& settings, std::uint32_t replication) const {
  LoadOptions options;
  options.overrides = source_.overrides;
  for (const Setting& setting : settings) options.overrides.push_back(setting.text());
  ScenarioSpec spec = load_scenario_text(source_.text, source_.file, options);
  if (replication == 0 || spec.replicate.method != ReplicateSpec::Method::CountUp) return spec;
  Problems problems;
  Document document = parse_document(source_.text, source_.file, problems);
  apply_overrides(document, options.overrides, problems);
  for (const std::string& path : spec.replicate.paths) {
    const std::int64_t value = integer_at(document, path, spec.replicate.place) + replication;
    options.overrides.push_back(path + '=' + std::to_string(value));
  }
  return load_scenario_text(source_.text, source_.file, options);
}

const ScenarioSpec& Experiment::spec(std::uint32_t point) {
  const std::lock_guard lock(specs_mutex_);
  auto& spec = specs_[point];
  if (!spec) spec = std::make_unique<const ScenarioSpec>(load(points_[point], 0));
  return *spec;
}

std::uint32_t Experiment::add_point(std::vector<Setting> settings) {
  points_.push_back(std::move(settings));
  return static_cast<std::uint32_t>(points_.size() - 1);
}

void Experiment::check(std::span<const std::uint32_t> points) {
  Problems problems;
  std::vector<std::string> seen;
  for (const std::uint32_t point : points) {
    try {
      refuse_standard_input(spec(point));
    } catch (const InputError& error) {
      for (const Problem& problem : error.problems().all()) {
        // One wrong value of one axis is in many combinations.
        const std::string text = problem.text();
        if (std::find(seen.begin(), seen.end(), text) != seen.end()) continue;
        seen.push_back(text);
        problems.add(problem);
      }
    }
  }
  problems.throw_if_any();
}

Experiment::Jobs Experiment::cached_jobs(const std::string& key, const std::function<Jobs()>& build) {
  std::promise<Jobs> promise;
  std::shared_future<Jobs> known;
  {
    const std::lock_guard lock(jobs_mutex_);
    CachedJobs& entry = jobs_[key];
    entry.used = ++uses_;
    known = entry.jobs;
    if (!known.valid()) entry.jobs = promise.get_future().share();
  }
  if (known.valid()) return known.get();
  Jobs jobs;
  try {
    jobs = build();
  } catch (...) {
    promise.set_exception(std::current_exception());
    throw;
  }
  promise.set_value(jobs);
  const std::lock_guard lock(jobs_mutex_);
  jobs_[key].rows = jobs->size() + 1;
  drop_old_jobs();
  return jobs;
}

void Experiment::drop_old_jobs() {
  std::uint64_t rows = 0;
  for (const auto& [key, entry] : jobs_) rows += entry.rows;
  while (rows > kRowsInMemory) {
    auto oldest = jobs_.end();
    for (auto it = jobs_.begin(); it != jobs_.end(); ++it) {
      const bool candidate = it->second.rows > 0 && it->second.used != uses_;
      if (candidate && (oldest == jobs_.end() || it->second.used < oldest->second.used)) oldest = it;
    }
    if (oldest == jobs_.end()) return;
    rows -= oldest->second.rows;
    jobs_.erase(oldest);
  }
}

std::shared_ptr<const Workload> Experiment::jobs(Task task) {
  std::vector<Setting> settings;
  for (const Setting& setting : points_[task.point]) {
    if (setting.of_case || changes_jobs(setting.path)) settings.push_back(setting);
  }
  std::string key;
  for (const Setting& setting : settings) key += setting.text() + '\n';
  const ScenarioSpec* source = &base_;
  std::optional<ScenarioSpec> own;
  const bool counts = base_.replicate.method == ReplicateSpec::Method::CountUp && task.replication > 0;
  if (!settings.empty() || counts) source = &own.emplace(load(settings, task.replication));
  const std::uint64_t seed = source->seed;
  const std::uint64_t run_seed = replication_seed(seed, task.replication);
  std::string original = key;
  if (draws_jobs(*source)) original += "seed " + std::to_string(run_seed);
  if (counts) original += "count " + std::to_string(task.replication);
  if (original.empty() || (key.empty() && run_seed == base_.seed && !counts)) original = "base";
  const auto build = [&]() -> Jobs { return std::make_shared<const Workload>(build_workload(*source, run_seed)); };
  const auto method = source->replicate.method;
  if (method != ReplicateSpec::Method::Blocks && method != ReplicateSpec::Method::Windows) {
    return cached_jobs(original, build);
  }
  return cached_jobs("replication " + std::to_string(task.replication) + ' ' + key, [&] {
    const Jobs whole = cached_jobs(original, build);
    (void)replication_count(*source, replications_, *whole);  // another case's trace may be shorter
    return replicated(*source, whole, seed, task.replication);
  });
}

std::string Experiment::input_hash(const ScenarioSpec& spec) {
  ContentHash hash;
  const auto add_file = [&](const std::string& file) {
    if (file.empty()) return;
    auto& known = file_hashes_[file];
    if (known.empty()) {
      ContentHash content;
      content.add(read_input_file(file, kInputBytes));
      known = content.text();
    }
    hash.add(known);
  };
  for (const WorkloadSpec& entry : spec.workload) {
    if (!entry.trace) continue;
    add_file(entry.trace->file);
    add_file(entry.trace->order_file);
  }
  for (const std::string& file : spec.data_files) add_file(file);
  for (const InputRequest* table : {&spec.models.isolated, &spec.models.colocated, &spec.models.profiles}) {
    add_file(table->file);
  }
  for (const InputRequest& calibration : spec.models.calibrations) add_file(calibration.file);
  for (const NodeListImport& list : spec.imports) {
    add_file(list.nodes.file);
    add_file(list.rank.file);
  }
  return hash.text();
}

std::string Experiment::key_of(Task task) {
  std::string key = "r" + std::to_string(task.replication);
  for (const Setting& setting : points_[task.point]) key += '\n' + setting.text();
  return key + '\n' + input_hash(spec(task.point));
}

void Experiment::keep(Task task, RunRecord record) {
  kept_jobs_ += record.jct_s.size();
  if (kept_jobs_ > kJobTimesInMemory) {
    kept_jobs_ -= record.jct_s.size();
    record.jct_s = {};
  }
  records_.emplace(task, std::move(record));
}

void Experiment::run_one(Task task, const std::string& key) {
  const bool counts = base_.replicate.method == ReplicateSpec::Method::CountUp && task.replication > 0;
  std::optional<ScenarioSpec> own;
  if (counts) own = load(points_[task.point], task.replication);
  const ScenarioSpec& run_spec = own ? *own : spec(task.point);
  RunOptions options;
  options.seed = replication_seed(run_spec.seed, task.replication);
  options.interrupted = options_.interrupted;
  options.log_decisions = options_.job_times && task.replication == 0;
  const auto done = simulate(run_spec, jobs(task), options);
  const Summary summary = summarize(describe_run(run_spec, *done, options), done->parts.workload, done->table,
                                    done->metrics, {}, done->fairness_or_null());
  RunRecord record = make_record(summary, done->parts.workload, done->table, options_.job_times, options_.metrics);
  if (done->decisions) record.decisions = done->decisions->decisions();
  store_->add(key, record_bytes(record));
  const std::lock_guard lock(records_mutex_);
  keep(task, std::move(record));
}

void Experiment::run(std::span<const Task> tasks) {
  std::vector<std::pair<Task, std::string>> missing;
  for (const Task task : tasks) {
    if (known(task)) continue;
    std::string key = key_of(task);
    const auto bytes = store_->find(key);
    auto record = bytes ? record_from_bytes(*bytes) : std::nullopt;
    reused_ += record ? 1 : 0;
    if (record) keep(task, std::move(*record));
    if (!record) missing.emplace_back(task, std::move(key));
  }
  // Replication by replication, so that few workloads are in memory at a time.
  std::stable_sort(missing.begin(), missing.end(),
                   [](const auto& a, const auto& b) { return a.first.replication < b.first.replication; });
  std::atomic<std::size_t> next{0};
  std::atomic<std::uint64_t> finished{tasks.size() - missing.size()};
  std::exception_ptr failure;
  std::mutex failure_mutex;
  const auto work = [&] {
    for (std::size_t i = next++; i < missing.size(); i = next++) {
      try {
        run_one(missing[i].first, missing[i].second);
      } catch (...) {
        const std::lock_guard lock(failure_mutex);
        if (!failure) failure = std::current_exception();
        next = missing.size();
        return;
      }
      const std::uint64_t done = ++finished;
      const std::lock_guard lock(failure_mutex);
      if (options_.progress) options_.progress(done, tasks.size());
    }
  };
  std::vector<std::thread> helpers;
  const std::size_t threads = std::min<std::size_t>(std::max(1U, options_.threads), missing.size());
  for (std::size_t i = 1; i < threads; ++i) helpers.emplace_back(work);
  work();
  for (std::thread& helper : helpers) helper.join();
  if (failure) std::rethrow_exception(failure);
}

void check_database(const std::string& path) {
  if (!path.empty()) check_run_database(path);
}

void Experiment::append_runs(const std::string& database, const RunOrigin& origin) const {
  if (database.empty()) return;
  for (const auto& [task, record] : records_) {
    RunRow row;
    row.kind = origin.verb;
    row.scenario = base_.name;
    row.seed = replication_seed(specs_.at(task.point)->seed, task.replication);
    row.version = origin.version;
    row.fact_hash = record.fact_hash;
    row.content_hash = fingerprint_;
    row.command = origin.command;
    row.result = origin.result_dir;
    for (const Setting& setting : points_[task.point]) row.settings.emplace_back(setting.path, setting.value);
    for (const auto& [name, value] : record.metrics) {
      row.metrics.emplace_back(name, std::isnan(value) ? std::nullopt : std::optional<double>(value));
    }
    append_run(database, row);
  }
}

const RunRecord& Experiment::record(Task task) const { return records_.at(task); }

}  // namespace seatrial
