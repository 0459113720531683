// Parameters of a named policy or model: what it accepts (ParameterDoc, shown by `seatrial list`) and what a scenario
// gave (Parameters, already checked against the docs: unknown names, ranges and units are the user's mistakes).
#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace seatrial {

struct ParameterDoc {
  enum class Kind { Number, NumberList, Duration };  // Duration: text with a unit, stored in seconds
  const char* name;
  const char* meaning;  // one phrase
  const char* unit;     // "GPU-s", "1", "s"
  Kind kind = Kind::Number;
  double low = 0;  // inclusive range of each number
  double high = std::numeric_limits<double>::max();
  const char* fallback = "";  // the default, as text
};

class Parameters {
 public:
  void set(std::string name, std::vector<double> values) { values_.emplace_back(std::move(name), std::move(values)); }
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  [[nodiscard]] double number(std::string_view name, double fallback) const {
    const auto* values = find(name);
    return values == nullptr || values->empty() ? fallback : values->front();
  }
  [[nodiscard]] std::vector<double> numbers(std::string_view name, std::vector<double> fallback) const {
    const auto* values = find(name);
    if (values != nullptr) return *values;
    return fallback;
  }
  [[nodiscard]] const std::vector<std::pair<std::string, std::vector<double>>>& all() const { return values_; }

 private:
  [[nodiscard]] const std::vector<double>* find(std::string_view name) const {
    for (const auto& [key, values] : values_) {
      if (key == name) return &values;
    }
    return nullptr;
  }
  std::vector<std::pair<std::string, std::vector<double>>> values_;
};

}  // namespace seatrial
