// Checked conversion of fields; see cells.h.
#include "traces/cells.h"

#include <algorithm>

#include "sim/text.h"
#include "sim/time.h"
#include "traces/wall_clock.h"

namespace seatrial {

namespace {

// Whole numbers of up to 9 digits, by far the most frequent text: -1 for everything else.
std::int64_t short_whole_number(std::string_view text) {
  if (text.empty() || text.size() > 9) return -1;
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

ColumnIndex Cells::column(std::string_view name) const {
  const auto& names = rows_.columns();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return {};
  return {static_cast<std::size_t>(found - names.begin())};
}

void Cells::require(std::string_view format, std::initializer_list<std::string_view> names) {
  std::string needed;
  for (const std::string_view name : names) {
    if (!needed.empty()) needed += ", ";
    needed += name;
  }
  for (const std::string_view name : names) {
    if (column(name).present()) continue;
    const std::string near = nearest_name(name, rows_.columns());
    std::string hint = std::string(format) + " needs " + needed;
    if (!near.empty()) hint += " (did you mean \"" + std::string(name) + "\" by \"" + quoted(near) + "\"?)";
    problems_.add(rows_.header_place(), "", "no column \"" + std::string(name) + "\"", std::move(hint));
  }
}

void Cells::begin_row() {
  good_ = true;
  if (!repaired_.empty()) repaired_.clear();
}

std::string_view Cells::text(ColumnIndex column) {
  const std::string_view bytes = raw(column);
  const bool ascii = std::all_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<signed char>(c) >= 0; });
  if (ascii || is_utf8(bytes)) return bytes;
  return repaired_.emplace_back(to_utf8(bytes));
}

void Cells::problem(ColumnIndex column, std::string_view what) {
  good_ = false;
  std::string message = rows_.columns()[column.index] + ": " + std::string(what);
  message += has(column) ? ": \"" + quoted(raw(column)) + "\"" : ": the field is empty";
  problems_.add(rows_.place(column.index), "", std::move(message));
}

std::optional<std::int64_t> Cells::seconds(ColumnIndex column) {
  const std::string_view field = raw(column);
  if (const std::int64_t whole_s = short_whole_number(field); whole_s >= 0) return whole_s * kNsPerSecond;
  const auto ns = parse_seconds_ns(field);
  if (ns) return ns;
  problem(column, parse_number(field) ? "must be below 2^63 ns (about 292 years)" : "must be a number of seconds");
  return std::nullopt;
}

std::int64_t Cells::instant_ns(ColumnIndex column) { return seconds(column).value_or(0); }

std::int64_t Cells::duration_ns(ColumnIndex column) {
  const auto ns = seconds(column);
  if (!ns) return 0;
  if (*ns >= 0) return *ns;
  problem(column, "must not be negative");
  return 0;
}

std::optional<std::int64_t> Cells::wall_clock_ns(ColumnIndex column, std::int64_t epoch_s) {
  const std::string_view field = raw(column);
  if (is_missing_time(field)) return std::nullopt;
  const auto ns = parse_wall_clock_ns(field);
  std::int64_t from_epoch_ns = 0;
  if (ns && !__builtin_sub_overflow(*ns, epoch_s * kNsPerSecond, &from_epoch_ns)) return from_epoch_ns;
  problem(column, "must be a time like 2020-04-01 12:34:56");
  return std::nullopt;
}

std::int64_t Cells::integer(ColumnIndex column, std::int64_t low, std::int64_t high) {
  const std::int64_t whole = short_whole_number(raw(column));
  if (whole >= low && whole <= high && whole >= 0) return whole;
  const auto value = parse_integer(raw(column));
  if (value && *value >= low && *value <= high) return *value;
  problem(column, "must be a whole number from " + std::to_string(low) + " to " + std::to_string(high));
  return low;
}

std::uint32_t Cells::gpus(ColumnIndex column) { return static_cast<std::uint32_t>(integer(column, 0, kMaxJobGpus)); }

double Cells::number(ColumnIndex column, double low, double high) {
  const auto value = parse_number(raw(column));
  if (value && *value >= low && *value <= high) return *value;
  problem(column, "must be a number from " + std::to_string(static_cast<std::int64_t>(low)) + " to " +
                      std::to_string(static_cast<std::int64_t>(high)));
  return low;
}

std::optional<std::int64_t> Cells::optional_instant_ns(ColumnIndex column) {
  if (!has(column)) return std::nullopt;
  return instant_ns(column);
}

std::optional<std::int64_t> Cells::optional_duration_ns(ColumnIndex column) {
  if (!has(column)) return std::nullopt;
  return duration_ns(column);
}

std::optional<std::int64_t> Cells::optional_integer(ColumnIndex column, std::int64_t low, std::int64_t high) {
  if (!has(column)) return std::nullopt;
  return integer(column, low, high);
}

}  // namespace seatrial
