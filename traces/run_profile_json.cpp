// Workload profiles as JSON, written and read; see run_profile.h.
#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/error.h"
#include "sim/text.h"
#include "traces/cost_table.h"
#include "traces/json_input.h"
#include "traces/run_profile.h"

namespace seatrial {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kKernelsKept = 100;  // the longest

struct WorkField {
  const char* name;
  double WorkloadProfile::*value;
  bool may_be_zero;
  double high;
};
constexpr std::array<WorkField, 8> kWorkFields{{{"compute", &WorkloadProfile::compute, false, 1},
                                                {"bandwidth", &WorkloadProfile::bandwidth, true, 1},
                                                {"compute_bound", &WorkloadProfile::compute_bound, true, 1},
                                                {"bandwidth_bound", &WorkloadProfile::bandwidth_bound, true, 1},
                                                {"duty", &WorkloadProfile::duty, false, 1},
                                                {"power", &WorkloadProfile::power, true, 1e3},
                                                {"sm_saturation", &WorkloadProfile::sm_saturation, false, 1},
                                                {"sm_exponent", &WorkloadProfile::sm_exponent, false, 1e3}}};

// Six significant digits: what is measured is not better, and equal runs give equal text.
double rounded(double value) {
  if (!std::isfinite(value) || value == 0) return 0;
  const double scale = std::pow(10.0, 5 - std::floor(std::log10(std::abs(value))));
  return std::isfinite(scale) && scale > 0 ? std::round(value * scale) / scale : value;
}

Json optional_json(const std::optional<double>& value) { return value ? Json(rounded(*value)) : Json(nullptr); }

Json iteration_json(const RunProfile& profile) {
  if (!profile.iteration) return nullptr;
  const IterationPeriod& period = *profile.iteration;
  Json json{{"from", profile.marked_steps ? "marks" : "kernels"}, {"iterations", period.iterations}};
  if (period.iterations == 0) {
    json["why_none"] = period.why;
    return json;
  }
  json["kernels"] = period.kernels;
  json["mean_s"] = rounded(period.mean_us / 1e6);
  json["p50_s"] = rounded(period.p50_us / 1e6);
  json["p99_s"] = rounded(period.p99_us / 1e6);
  json["warm_up_s"] = rounded(period.warm_up_us / 1e6);
  json["confidence"] = rounded(period.confidence);
  return json;
}

using Counted = std::pair<std::string, std::pair<std::uint64_t, double>>;

Json counted_json(const std::map<std::string, std::pair<std::uint64_t, double>>& of) {
  std::vector<Counted> longest(of.begin(), of.end());
  std::stable_sort(longest.begin(), longest.end(),
                   [](const Counted& a, const Counted& b) { return a.second.second > b.second.second; });
  if (longest.size() > kKernelsKept) longest.resize(kKernelsKept);
  Json list = Json::array();
  for (const auto& [name, sum] : longest) {
    list.push_back({{"name", to_utf8(name)}, {"count", sum.first}, {"total_s", rounded(sum.second / 1e6)}});
  }
  return list;
}

Json profile_json(const RunProfile& profile) {
  Json work;
  for (const WorkField& field : kWorkFields) work[field.name] = rounded(profile.work.*field.value);
  Json json{{"name", to_utf8(profile.name)},
            {"source", profile.source},
            {"device", profile.device.empty() ? Json(nullptr) : Json(to_utf8(profile.device))},
            {"span_s", rounded(profile.span_s)},
            {"busy_ratio", optional_json(profile.busy_ratio)},
            {"sm_ratio", optional_json(profile.sm_ratio)},
            {"tensor_ratio", optional_json(profile.tensor_ratio)},
            {"dram_ratio", optional_json(profile.dram_ratio)},
            {"peak_memory_mib", optional_json(profile.peak_memory_mib)},
            {"power_w", optional_json(profile.power_w)},
            {"energy_j", optional_json(profile.energy_j)},
            {"iteration", iteration_json(profile)},
            {"work", work},
            {"work_basis", profile.work_basis}};
  Json copied = Json::object();
  for (const auto& [direction, bytes] : profile.copied_bytes) copied[to_utf8(direction)] = rounded(bytes);
  json["copied_bytes"] = copied;
  json["kernel_families"] = counted_json(profile.families);
  json["kernels"] = counted_json(profile.kernels);
  return json;
}

using Read = nlohmann::json;

// Reads one profile; `path` is that of the object for messages.
class WorkReader {
 public:
  WorkReader(const std::string& file, Problems& problems) : file_(file), problems_(problems) {}

  NamedWork named_work(const Read& json, const std::string& path) {
    NamedWork named;
    const auto name = json.is_object() ? json.find("name") : json.end();
    const auto work = json.is_object() ? json.find("work") : json.end();
    if (!json.is_object() || name == json.end() || !name->is_string() || work == json.end() || !work->is_object()) {
      problem(path, "a profile needs name and work");
      return named;
    }
    named.name = to_utf8(name->get<std::string>());
    for (const WorkField& field : kWorkFields) read_field(*work, path + ".work.", field, named.work);
    const auto iteration = json.find("iteration");
    if (iteration != json.end() && iteration->is_object()) {
      const double mean_s = number(*iteration, "mean_s", path + ".iteration.", 0);
      if (mean_s > 0) named.iteration_s = mean_s;
    }
    const double peak = number(json, "peak_memory_mib", path + '.', 0);
    if (peak > 0) named.peak_memory_mib = peak;
    return named;
  }

 private:
  void problem(const std::string& path, std::string what) { problems_.add({file_}, path, std::move(what)); }

  double number(const Read& object, const char* key, const std::string& path, double otherwise) {
    const auto at = object.find(key);
    if (at == object.end() || at->is_null()) return otherwise;
    if (at->is_number() && std::isfinite(at->get<double>())) return at->get<double>();
    problem(path + key, "expected a number");
    return otherwise;
  }

  void read_field(const Read& object, const std::string& path, const WorkField& field, WorkloadProfile& work) {
    const double value = number(object, field.name, path, work.*field.value);
    if (value >= 0 && value <= field.high && (value > 0 || field.may_be_zero)) {
      work.*field.value = value;
      return;
    }
    problem(path + field.name,
            std::string("must be ") + (field.may_be_zero ? "0" : "above 0") + " to " + number_cell(field.high));
  }

  const std::string& file_;
  Problems& problems_;
};

}  // namespace

std::string profiles_text(const std::vector<RunProfile>& profiles, const std::vector<DeviceFailure>& failures) {
  Json json{{"schema", kProfileSchema}};
  json["profiles"] = Json::array();
  for (const RunProfile& profile : profiles) json["profiles"].push_back(profile_json(profile));
  if (!failures.empty()) json["failures"] = Json::array();
  for (const DeviceFailure& failure : failures) {
    json["failures"].push_back(
        {{"at_s", rounded(failure.at_s)}, {"gpu", to_utf8(failure.gpu)}, {"xid", rounded(failure.code)}});
  }
  return json.dump(1) + '\n';
}

std::vector<NamedWork> read_profiles(const std::string& text, const std::string& file) {
  const Read root = parse_json(text, file);
  const auto schema = root.is_object() ? root.find("schema") : root.end();
  if (!root.is_object() || schema == root.end() || *schema != kProfileSchema) {
    throw InputError({file}, "schema", "this is no workload profile",
                     std::string("expected schema ") + kProfileSchema + ", written by seatrial profile or import");
  }
  const auto list = root.find("profiles");
  if (list == root.end() || !list->is_array() || list->empty()) {
    throw InputError({file}, "profiles", "expected a list of profiles");
  }
  Problems problems;
  WorkReader reader(file, problems);
  std::vector<NamedWork> works;
  for (std::size_t i = 0; i < list->size() && !problems.full(); ++i) {
    works.push_back(reader.named_work((*list)[i], "profiles[" + std::to_string(i) + ']'));
  }
  problems.throw_if_any();
  return works;
}

}  // namespace seatrial
