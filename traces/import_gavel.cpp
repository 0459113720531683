// Gavel's throughputs; see import_measurements.h.
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "sim/error.h"
#include "sim/text.h"
#include "traces/import_measurements.h"
#include "traces/json_input.h"
#include "traces/raw_samples.h"

namespace seatrial {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kMostGpus = 1'000'000;

// "('ResNet-18 (batch size 16)', 1)"
struct Job {
  std::string model;
  double scale = 1;
};

std::optional<Job> job_of(const std::string& key) {
  const std::size_t comma = key.rfind("', ");
  if (key.rfind("('", 0) != 0 || comma == std::string::npos || comma < 2 || key.back() != ')') return std::nullopt;
  const auto scale = parse_integer(std::string_view(key).substr(comma + 3, key.size() - comma - 4));
  if (!scale || *scale < 1 || *scale > kMostGpus) return std::nullopt;
  return Job{key.substr(2, comma - 2), static_cast<double>(*scale)};
}

// Steps a second; NaN: was not measured.
std::optional<double> rate_of(const Json& value) {
  if (value.is_null()) return std::numeric_limits<double>::quiet_NaN();
  if (!value.is_number() || !(value.get<double>() >= 0) || !std::isfinite(value.get<double>())) return std::nullopt;
  return value.get<double>();
}

class GavelImport {
 public:
  explicit GavelImport(std::string file) : file_(std::move(file)), family_(*find_cost_family("pairs")) {}

  void add(const std::string& gpu, const std::string& key, const Json& partners) {
    const std::string path = seatrial::quoted(gpu) + '.' + seatrial::quoted(key);
    const std::optional<Job> job = job_of(key);
    if (!job || !partners.is_object()) return problem(path, "expected \"('model', scale)\" with its speeds");
    for (const auto& [name, value] : partners.items()) {
      const std::string at = path + '.' + seatrial::quoted(name);
      if (name == "null") {
        add_alone(gpu, *job, at, value);
      } else {
        add_pair(gpu, *job, name, at, value);
      }
    }
  }

  std::string text() {
    problems_.throw_if_any();
    if (alone_.empty())
      throw InputError({file_}, "", "no speed of a job alone", "expected {gpu: {job: {\"null\": x}}}");
    return alone_ + pairs_;
  }

 private:
  void problem(const std::string& path, std::string what) { problems_.add({file_}, path, std::move(what)); }

  void add_alone(const std::string& gpu, const Job& job, const std::string& path, const Json& value) {
    const std::optional<double> rate = rate_of(value);
    if (!rate) return problem(path, "expected steps a second");
    alone_ += raw_sample(family_, family_.layouts()[1], {{gpu, job.model}, {job.scale}, {*rate}});
  }

  void add_pair(const std::string& gpu, const Job& job, const std::string& name, const std::string& path,
                const Json& value) {
    const std::optional<Job> other = job_of(name);
    if (!other) return problem(path, "expected \"('model', scale)\"");
    const bool two = value.is_array() && value.size() == 2;
    const std::optional<double> first = two ? rate_of(value[0]) : std::nullopt;
    const std::optional<double> second = two ? rate_of(value[1]) : std::nullopt;
    if (!first || !second) return problem(path, "expected two numbers of steps a second");
    pairs_ += raw_sample(family_, family_.layouts()[0],
                         {{gpu, job.model, other->model}, {job.scale, other->scale}, {*first, *second}});
  }

  std::string file_;
  const CostFamily& family_;
  Problems problems_;
  std::string alone_;
  std::string pairs_;
};

}  // namespace

std::string import_gavel(const std::string& text, const std::string& file) {
  const Json root = parse_json(text, file);
  if (!root.is_object()) throw InputError({file}, "", "expected an object of GPU types");
  GavelImport import(file);
  for (const auto& [gpu, jobs] : root.items()) {
    if (!jobs.is_object()) throw InputError({file}, seatrial::quoted(gpu), "expected an object of jobs");
    for (const auto& [key, partners] : jobs.items()) import.add(gpu, key, partners);
  }
  return import.text();
}

}  // namespace seatrial
