// See raw_samples.h.
#include "traces/raw_samples.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "sim/text.h"
#include "traces/line_reader.h"

namespace seatrial {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostSamples = 1'000'000;
constexpr std::array<const char*, 2> kOtherKinds{"environment", "status"};

std::string key_of_column(const std::string& column) { return column == "k" ? "k_" : column; }

const Json* member(const Json& object, const std::string& key) {
  const auto at = object.find(key);
  return at == object.end() ? nullptr : &*at;
}

const Json* time_member(const Json& sample, const std::string& column) {
  const Json* found = member(sample, column);
  return found == nullptr && column == "latency_us" ? member(sample, "t_us") : found;
}

bool is_number(const Json& value) { return value.is_number() && std::isfinite(value.get<double>()); }

class SampleReader {
 public:
  SampleReader(LineReader& lines, Problems& problems) : lines_(lines), problems_(problems) {}

  void take(std::string_view line) {
    const Json sample = parsed(line);
    if (sample.is_discarded()) return;
    if (!sample.is_object()) return problem("", "expected a JSON object");
    const Json* kind = member(sample, "k");
    if (kind == nullptr || !kind->is_string()) return problem("k", "the kind of the sample is missing");
    const std::string& name = kind->get_ref<const std::string&>();
    if (name == "environment") return take_environment(sample);
    if (name == "status") return take_status(sample);
    const CostFamily* family = find_cost_family(name);
    if (family == nullptr) return unknown_kind(name);
    take_point(*family, sample);
  }

  RawSamples result() { return std::move(samples_); }

 private:
  // A key that comes twice would silently lose its first value.
  Json parsed(std::string_view line) {
    std::set<std::string> keys;
    std::string twice;
    const auto look = [&](int depth, Json::parse_event_t event, Json& value) {
      if (event == Json::parse_event_t::key && depth == 1 && !keys.insert(value.get<std::string>()).second) {
        twice = value.get<std::string>();
      }
      return true;
    };
    try {
      Json sample = Json::parse(line, look);
      if (twice.empty()) return sample;
      problem(twice, "the key comes twice");
    } catch (const Json::parse_error& error) {
      problems_.add({lines_.file(), lines_.line_number(), static_cast<std::uint32_t>(error.byte)}, "",
                    "this is no JSON", "a sample is one object on one line");
    } catch (const Json::exception& error) {  // a number beyond double
      problem("", seatrial::quoted(error.what(), 120));
    }
    return Json(Json::value_t::discarded);
  }

  void problem(const std::string& key, std::string what, std::string hint = {}) {
    problems_.add({lines_.file(), lines_.line_number()}, seatrial::quoted(key), std::move(what), std::move(hint));
  }

  void unknown_kind(const std::string& name) {
    std::vector<std::string> known(kOtherKinds.begin(), kOtherKinds.end());
    for (const auto& family : cost_families()) known.emplace_back(family->name());
    const std::string near = nearest_name(name, known);
    std::string all;
    for (const std::string& one : known) all += (all.empty() ? "known: " : ", ") + one;
    problem("k", "unknown kind of sample \"" + seatrial::quoted(name) + '"',
            near.empty() ? all : "did you mean \"" + near + "\"?");
  }

  void take_environment(const Json& sample) {
    for (const auto& [key, value] : sample.items()) {
      if (key == "k" || value.is_structured()) continue;
      const std::string text = to_utf8(value.is_string() ? value.get<std::string>() : value.dump());
      const auto at = std::find_if(samples_.environment.begin(), samples_.environment.end(),
                                   [&, &name = key](const auto& known) { return known.first == name; });
      if (at == samples_.environment.end()) {
        samples_.environment.emplace_back(to_utf8(key), text);
      } else {
        at->second = text;
      }
    }
  }

  void take_status(const Json& sample) {
    const auto text = [&](const char* key) {
      const Json* value = member(sample, key);
      return value != nullptr && value->is_string() ? to_utf8(value->get<std::string>()) : std::string();
    };
    ProbeStatus status{text("probe"), text("status"), text("reason")};
    if (status.probe.empty() || status.status.empty()) return problem("", "a status needs probe and status");
    samples_.status.push_back(std::move(status));
  }

  const CostFamily::Columns* layout_of(const CostFamily& family, const Json& sample) {
    for (const CostFamily::Columns& layout : family.layouts()) {
      const auto has = [&](const std::string& column) { return member(sample, key_of_column(column)) != nullptr; };
      if (std::all_of(layout.keys.begin(), layout.keys.end(), has) &&
          std::all_of(layout.numbers.begin(), layout.numbers.end(), has)) {
        return &layout;
      }
    }
    std::string wanted;
    for (const std::string& column : family.layouts().front().keys) wanted += key_of_column(column) + ", ";
    for (const std::string& column : family.layouts().front().numbers) wanted += key_of_column(column) + ", ";
    problem("", "a sample of the kind " + std::string(family.name()) + " lacks a key", "it needs " + wanted + "times");
    return nullptr;
  }

  // NaN: not measured, or a mistake that was reported.
  double time_of(const Json& sample, const std::string& column) {
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    const Json* value = time_member(sample, column);
    if (value == nullptr || value->is_null()) return kNone;
    if (value->is_array() && !value->empty()) value = &value->front();
    if (is_number(*value) && value->get<double>() >= 0) return value->get<double>();
    problem(column, "expected a time, or [median, p10, p90]");
    return kNone;
  }

  void take_point(const CostFamily& family, const Json& sample) {
    const CostFamily::Columns* layout = layout_of(family, sample);
    if (layout == nullptr) return;
    CostPoint point;
    bool usable = true;
    for (const std::string& column : layout->keys) {
      const Json& value = sample[key_of_column(column)];
      if (!value.is_string()) return problem(key_of_column(column), "expected text");
      point.keys.push_back(to_utf8(value.get<std::string>()));
    }
    for (const std::string& column : layout->numbers) {
      const Json& value = sample[key_of_column(column)];
      if (!is_number(value)) return problem(key_of_column(column), "expected a number");
      point.numbers.push_back(value.get<double>());
      usable = usable && (point.numbers.back() > 0 || (layout->from_zero && point.numbers.back() == 0));
    }
    for (const std::string& column : layout->times) point.times.push_back(time_of(sample, column));
    add(family, *layout, std::move(point), usable);
  }

  void add(const CostFamily& family, const CostFamily::Columns& layout, CostPoint point, bool usable) {
    if (++count_ > kMostSamples) {
      throw InputError({lines_.file()}, "", "more than " + std::to_string(kMostSamples) + " samples");
    }
    auto table = std::find_if(samples_.tables.begin(), samples_.tables.end(),
                              [&](const CostTable& known) { return known.layout == &layout; });
    if (table == samples_.tables.end()) {
      CostTable fresh;
      fresh.family = &family;
      fresh.layout = &layout;
      for (const auto* columns : {&layout.keys, &layout.numbers, &layout.times}) {
        fresh.columns.insert(fresh.columns.end(), columns->begin(), columns->end());
      }
      table = samples_.tables.insert(samples_.tables.end(), std::move(fresh));
    }
    std::vector<std::string> cells = point.keys;
    for (const auto* numbers : {&point.numbers, &point.times}) {
      for (const double value : *numbers) cells.push_back(std::isfinite(value) ? number_cell(value) : "");
    }
    table->rows.push_back(std::move(cells));
    table->points.push_back(std::move(point));
    table->usable.push_back(usable);
  }

  LineReader& lines_;
  Problems& problems_;
  RawSamples samples_;
  std::size_t count_ = 0;
};

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r\n") == std::string_view::npos; }

}  // namespace

std::string RawSamples::fact(std::string_view name) const {
  for (const auto& [key, value] : environment) {
    if (key == name) return value;
  }
  return {};
}

bool holds_raw_samples(InputFile& input) {
  const std::string_view ahead = input.peek();
  const std::size_t first = ahead.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && ahead[first] == '{';
}

RawSamples read_raw_samples(InputFile input) {
  Problems problems;
  const std::string file = input.name();
  LineReader lines(std::move(input), problems);
  SampleReader reader(lines, problems);
  std::string_view line;
  while (!problems.full() && lines.next(line)) {
    if (!is_blank(line)) reader.take(line);
  }
  problems.throw_if_any();
  RawSamples samples = reader.result();
  if (samples.tables.empty() && samples.environment.empty() && samples.status.empty()) {
    throw InputError({file}, "", "the file holds no samples");
  }
  return samples;
}

std::string raw_sample(const CostFamily& family, const CostFamily::Columns& layout, const CostPoint& point) {
  std::string line = "{\"k\":" + Json(std::string(family.name())).dump();
  const auto add = [&](const std::string& key, const std::string& value) { line += ",\"" + key + "\":" + value; };
  for (std::size_t i = 0; i < layout.keys.size(); ++i) {
    add(key_of_column(layout.keys[i]), Json(to_utf8(point.keys[i])).dump());
  }
  for (std::size_t i = 0; i < layout.numbers.size(); ++i) {
    add(key_of_column(layout.numbers[i]), number_cell(point.numbers[i]));
  }
  for (std::size_t i = 0; i < layout.times.size(); ++i) {
    if (std::isfinite(point.times[i])) add(layout.times[i], number_cell(point.times[i]));
  }
  return line + "}\n";
}

}  // namespace seatrial
