// What comparison and plan share in writing: settings as JSON values and metrics in words. Internal to reports.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/comparison.h"

namespace seatrial {

using SettingTexts = std::vector<std::pair<std::string, std::string>>;  // path, value as YAML in flow style

// "wait_s.p95" as "p95 wait"; other names as they are.
[[nodiscard]] std::string metric_words(std::string_view metric);
// A value of that metric with its unit, for people.
[[nodiscard]] std::string metric_value_words(std::string_view metric, const std::optional<double>& value);
// Unit of a metric of `seatrial list metrics`; empty if unknown.
[[nodiscard]] std::string_view metric_unit(std::string_view metric);
[[nodiscard]] std::string_view metric_sentence(std::string_view metric);

}  // namespace seatrial
