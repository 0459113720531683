// The keys of `workload[].generate`: how many jobs, when they come, how long they run, how wide they are.
#include <algorithm>
#include <array>

#include "scenarios/load_sections.h"
#include "scenarios/model_docs.h"
#include "sim/text.h"

namespace seatrial {
namespace {

constexpr double kLongestRun_s = 3.2e9;  // about a century
constexpr Range kRunTime{0, kLongestRun_s};
constexpr Range kPositiveRunTime{0, kLongestRun_s, true};
constexpr Range kWeight{0, 1e12};

// The names of a table of docs.
template <class Docs>
std::vector<std::string> names_of(const Docs& docs) {
  std::vector<std::string> names;
  for (const auto& doc : docs) names.emplace_back(doc.name);
  return names;
}

// Positive weights of a fixed number of intervals.
std::vector<double> load_profile(const Value& value, std::size_t length, std::string_view noun) {
  std::vector<double> weights;
  double sum = 0;
  for (const Value& entry : value.list()) {
    weights.push_back(entry.number(kWeight).value_or(1));
    sum += weights.back();
  }
  if (!value.is_list()) return {};
  if (weights.size() != length) {
    value.problem("expected " + std::to_string(length) + ' ' + std::string(noun) + ", found " +
                  std::to_string(weights.size()));
    return {};
  }
  if (sum <= 0) value.problem("all weights are zero", "at least one must be above zero");
  return weights;
}

template <class Key, class ReadKey>
std::vector<std::pair<Key, double>> load_weights(const Value& value, ReadKey read_key) {
  std::vector<std::pair<Key, double>> weights;
  double sum = 0;
  for (const auto& [key, weight] : value.mapping()) {
    const auto parsed = read_key(key, weight);
    const auto number = weight.number(kWeight);
    if (!number) return {};
    sum += *number;
    if (parsed) weights.emplace_back(*parsed, *number);
  }
  if (value.is_mapping() && sum <= 0) value.problem("no weight above zero", "give at least one entry, such as {1: 1}");
  return weights;
}

void load_burst(const Value& value, GeneratorSpec& spec) {
  Section burst(value);
  burst.read_number("probability", {0, 1}, spec.burst_probability);
  burst.read_number("mean_jobs", {1, 1e6}, spec.burst_mean_jobs);
  burst.finish();
}

void read_run_time(Section& section, const std::string& key, Range range, double& out_s) {
  section.read(key, out_s, [&](const Value& v) -> std::optional<double> {
    const auto duration = v.duration(range);
    if (!duration) return std::nullopt;
    return duration->seconds();
  });
}

void load_empirical(const Value& value, std::vector<double>& values_s) {
  for (const Value& entry : value.list()) {
    const auto duration = entry.duration(kRunTime);
    if (!duration) continue;
    if (!values_s.empty() && duration->seconds() < values_s.back()) {
      entry.problem("smaller than the value before it", "quantiles ascend");
    }
    values_s.push_back(duration->seconds());
  }
  if (value.is_list() && value.node().entries.empty()) value.problem("the list is empty");
}

// A key that the chosen distribution does not use would be ignored in silence.
void check_distribution_keys(const Section& section, const DistributionDoc& chosen) {
  static constexpr std::array<const char*, 5> kShapeKeys{"mean", "median", "scale", "shape", "values"};
  for (const char* key : kShapeKeys) {
    const bool used = std::find(chosen.keys.begin(), chosen.keys.end(), std::string_view(key)) != chosen.keys.end();
    const auto given = section.value().child(key);
    if (given && !used) given->problem(std::string(chosen.name) + " has no " + key);
    if (!given && used) section.value().problem(std::string(chosen.name) + " needs the key \"" + key + '"');
  }
}

void load_durations(const Value& value, GeneratorSpec& spec) {
  const std::span<const DistributionDoc> docs = distribution_docs();
  Section section(value, "a mapping, such as {distribution: log-normal, median: 10m, shape: 1.5}");
  const DistributionDoc* chosen = nullptr;
  if (const auto distribution = section.require("distribution")) {
    if (const auto index = distribution->one_of("distribution", names_of(docs))) chosen = &docs[*index];
  }
  using Kind = GeneratorSpec::Durations;
  const bool is_log_normal = chosen != nullptr && chosen->kind == Kind::LogNormal;
  const bool is_weibull = chosen != nullptr && chosen->kind == Kind::Weibull;
  read_run_time(section, "mean", kPositiveRunTime, spec.duration_mean_s);
  read_run_time(section, "median", kPositiveRunTime, spec.duration_median_s);
  read_run_time(section, "scale", kPositiveRunTime, is_weibull ? spec.duration_median_s : spec.duration_mean_s);
  section.read_number("shape", {0, 100, !is_log_normal}, spec.duration_shape);
  if (const auto values = section.take("values")) load_empirical(*values, spec.empirical_s);
  read_run_time(section, "min", kRunTime, spec.duration_min_s);
  read_run_time(section, "max", kPositiveRunTime, spec.duration_max_s);
  if (spec.duration_max_s > 0 && spec.duration_max_s < spec.duration_min_s) {
    value.child("max").value_or(value).problem("max is below min");
  }
  if (chosen != nullptr) {
    spec.durations = chosen->kind;
    check_distribution_keys(section, *chosen);
  }
  section.finish();
}

void load_estimate(const Value& value, GeneratorSpec& spec) {
  Section section(value);
  spec.estimate_factor = 1;
  section.read_number("factor", {0, 1e6, true}, spec.estimate_factor);
  section.read_number("sigma", {0, 100}, spec.estimate_sigma);
  section.finish();
}

void load_rate(Section& section, GeneratorSpec& spec) {
  const auto rate = section.take("rate");
  const auto load = section.take("load");
  section.read_integer("cluster_gpus", 1, static_cast<std::int64_t>(kMaxGpus), spec.cluster_gpus);
  if (section.ok() && rate.has_value() == load.has_value()) {
    section.value().problem(rate ? "rate and load together" : "neither rate nor load",
                            "give one of them, such as rate: 12/h or load: 0.8");
  }
  if (rate) {
    spec.rate_per_s = rate->per_second().value_or(1);
    if (spec.rate_per_s <= 0) rate->problem("the rate is zero", "a rate is above zero");
  }
  if (load) spec.load = load->number({0, 1000, true}).value_or(1);
}

}  // namespace

std::vector<std::pair<std::string, double>> load_work_weights(const Value& value) {
  return load_weights<std::string>(value, [](const std::string& key, const Value& at) {
    if (key.empty()) at.problem("a kind of work has no name");
    return std::optional(key);
  });
}

void load_generator(const Value& value, GeneratorSpec& spec) {
  Section section(value);
  section.read_integer("jobs", 1, 100'000'000, spec.jobs);
  section.read("start", spec.start, [](const Value& v) -> std::optional<Time> {
    const auto start = v.duration();
    if (!start) return std::nullopt;
    return Time{start->ns};
  });
  if (const auto arrivals = section.take("arrivals")) {
    const auto index = arrivals->one_of("kind of arrivals", names_of(arrivals_docs()));
    if (index) spec.arrivals = arrivals_docs()[*index].kind;
  }
  load_rate(section, spec);
  if (const auto daily = section.take("daily")) spec.daily = load_profile(*daily, 24, "hourly weights");
  if (const auto weekly = section.take("weekly")) spec.weekly = load_profile(*weekly, 7, "daily weights");
  if (const auto burst = section.take("burst")) load_burst(*burst, spec);
  if (const auto duration = section.require("duration", "how long the jobs run")) load_durations(*duration, spec);
  if (const auto gpus = section.take("gpus")) spec.gpus = load_weights<GpuSize>(*gpus, load_gpu_size);
  if (const auto work = section.take("work")) spec.work = load_work_weights(*work);
  if (const auto tenants = section.take("tenants")) {
    spec.tenants = load_weights<std::string>(*tenants, [](const std::string& key, const Value& at) {
      if (key.empty()) at.problem("a tenant has no name");
      return std::optional(key);
    });
  }
  section.read_integer("users_per_tenant", 0, 1'000'000, spec.users_per_tenant);
  if (const auto estimate = section.take("estimate")) load_estimate(*estimate, spec);
  section.read_duration("resolution", {1e-9, kLongestRun_s}, spec.resolution);
  section.finish();
}

}  // namespace seatrial
