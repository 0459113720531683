// Typed values out of document nodes, and how their mistakes are worded; see reader.h.
#include "scenarios/reader.h"

#include <algorithm>
#include <cmath>

#include "sim/check.h"
#include "sim/text.h"

namespace seatrial {
namespace {

constexpr std::string_view kDurationForm = "a duration with a unit, such as 90s, 15m, 2h or 30d";
// Of cores and memory: times 10^7 GPUs it still fits 63 bits.
constexpr double kLargestAmount = 1e11;
constexpr std::string_view kMemoryForm = "an amount of memory with a unit, such as 64Gi or 512Mi";

// Shortest text that reads back as the same number, for messages.
std::string number_text(double value) {
  if (value == std::floor(value) && std::fabs(value) < 1e15) return std::to_string(static_cast<std::int64_t>(value));
  char text[32];
  for (int digits = 6; digits <= 17; ++digits) {
    std::snprintf(text, sizeof text, "%.*g", digits, value);
    if (parse_number(text) == value) break;
  }
  return text;
}

std::string range_text(Range range) {
  const bool bounded = range.high < std::numeric_limits<double>::max();
  if (range.above_low && bounded) return "above " + number_text(range.low) + ", up to " + number_text(range.high);
  if (range.above_low) return "above " + number_text(range.low);
  if (bounded) return number_text(range.low) + ".." + number_text(range.high);
  return "at least " + number_text(range.low);
}

// "12/s", "12 / h": the number per second; nothing for other text.
std::optional<double> parse_per_second(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  std::string_view number = text.substr(0, slash);
  std::string_view unit = text.substr(slash + 1);
  while (!number.empty() && number.back() == ' ') number.remove_suffix(1);
  while (!unit.empty() && unit.front() == ' ') unit.remove_prefix(1);
  const auto value = parse_number(number);
  const double seconds = unit == "s"                    ? 1
                         : unit == "min" || unit == "m" ? 60
                         : unit == "h"                  ? 3600
                         : unit == "d"                  ? 86400
                                                        : 0;
  if (!value || seconds == 0) return std::nullopt;
  return *value / seconds;
}

std::optional<double> parse_bytes_per_s(std::string_view text) {
  if (text.size() < 3 || text.substr(text.size() - 2) != "/s") return std::nullopt;
  const std::string_view amount = text.substr(0, text.size() - 2);
  return parse_number(amount) ? std::nullopt : parse_bytes(amount);
}

std::optional<double> parse_usd_per_hour(std::string_view text) {
  constexpr std::string_view kUnit = "USD/h";
  if (text.size() <= kUnit.size() || text.substr(text.size() - kUnit.size()) != kUnit) return std::nullopt;
  std::string_view number = text.substr(0, text.size() - kUnit.size());
  while (!number.empty() && number.back() == ' ') number.remove_suffix(1);
  return parse_number(number);
}

// Where two names differ too much for the edit distance, a shared beginning still tells what was meant.
std::string name_with_same_beginning(std::string_view typed, std::span<const std::string> known) {
  std::size_t longest = 2;
  std::string best;
  for (const std::string& name : known) {
    const auto differ = std::mismatch(typed.begin(), typed.end(), name.begin(), name.end());
    const auto shared = static_cast<std::size_t>(differ.first - typed.begin());
    if (shared > longest) longest = shared, best = name;
  }
  return best;
}

}  // namespace

std::string known_names_hint(std::string_view typed, std::span<const std::string> known) {
  constexpr std::size_t kShown = 50;       // names of a scenario's own pools may be many
  constexpr std::size_t kCompared = 1000;  // with the typed one
  std::string hint = "known: ";
  for (std::size_t i = 0; i < std::min(known.size(), kShown); ++i) hint += (i == 0 ? "" : ", ") + known[i];
  if (known.size() > kShown) hint += ", ...";
  known = known.first(std::min(known.size(), kCompared));
  std::string near = nearest_name(typed, known);
  if (near.empty()) near = name_with_same_beginning(typed, known);
  if (!near.empty()) hint += " (did you mean \"" + near + "\"?)";
  return hint;
}

void Value::problem(std::string what, std::string hint) const {
  problems_->add(place(), path_, std::move(what), std::move(hint));
}

bool Value::is_wrong(std::string_view path) const {
  const auto& all = problems_->all();
  return std::any_of(all.begin(), all.end(), [&](const Problem& problem) { return problem.path.starts_with(path); });
}

void Value::unknown_key(const DocumentEntry& entry, std::span<const std::string> known) const {
  if (problems_->full()) return problems_->add({});  // only counted: a hint takes time
  std::string hint = known_names_hint(entry.key, known);
  if (entry.key == "<<") hint = "merge keys are not supported; write the keys out";
  problems_->add(document_->place(entry.key_at), child_path(path_, entry.key), "unknown key", std::move(hint));
}

void Value::unknown_name(const std::string& key, std::string_view noun, std::span<const std::string> known) const {
  if (problems_->full()) return problems_->add({});
  const auto& entries = node_->entries;
  const auto entry = std::find_if(entries.begin(), entries.end(), [&](const auto& each) { return each.key == key; });
  CHECK(entry != entries.end());
  problems_->add(document_->place(entry->key_at), child_path(path_, key),
                 std::string("unknown ").append(noun) + ' ' + in_quotes(key), known_names_hint(key, known));
}

Value Value::below(const DocumentEntry& entry) const {
  return {*document_, entry.value, child_path(path_, entry.key), *problems_};
}

std::optional<Value> Value::child(std::string_view key) const {
  if (!is_mapping()) return std::nullopt;
  for (const DocumentEntry& entry : node_->entries) {
    if (entry.key == key) return below(entry);
  }
  return std::nullopt;
}

Value Value::entry(std::size_t index) const {
  CHECK(index < node_->entries.size());
  return {*document_, node_->entries[index].value, child_path(path_, index), *problems_};
}

std::optional<std::string> Value::scalar(std::string_view expected) const {
  if (is_scalar()) return node_->scalar;
  problem("expected " + std::string(expected) + ", found " + kind_name(node_->kind));
  return std::nullopt;
}

bool Value::in_range(double value, Range range, std::string_view unit) const {
  const bool inside = (range.above_low ? value > range.low : value >= range.low) && value <= range.high;
  if (inside) return true;
  std::string expected = "expected " + range_text(range);
  if (!unit.empty()) expected += ' ' + std::string(unit);
  problem(quoted(node_->scalar) + " is out of range", std::move(expected));
  return false;
}

std::optional<std::string> Value::text() const {
  auto found = scalar("text");
  if (found && found->empty()) {
    problem("expected text, found nothing between the quotes");
    return std::nullopt;
  }
  return found;
}

std::optional<bool> Value::boolean() const {
  const auto found = scalar("true or false");
  if (!found) return std::nullopt;
  if (*found == "true" && !node_->quoted) return true;
  if (*found == "false" && !node_->quoted) return false;
  problem("expected true or false, found " + in_quotes(*found));
  return std::nullopt;
}

std::optional<std::int64_t> Value::integer(std::int64_t low, std::int64_t high) const {
  const auto found = scalar("a whole number");
  if (!found) return std::nullopt;
  const auto value = node_->quoted ? std::nullopt : parse_integer(*found);
  if (value && *value >= low && *value <= high) return value;
  const Range range{static_cast<double>(low), static_cast<double>(high)};
  const auto large = node_->quoted ? std::nullopt : parse_number(*found);
  if (value || (large && *large == std::floor(*large))) {
    const bool open = high == std::numeric_limits<std::int64_t>::max();
    const std::string expected = open ? "at least " + std::to_string(low) : range_text(range);
    problem(quoted(*found) + " is out of range", "expected " + expected);
  } else {
    problem("expected a whole number, found " + in_quotes(*found), node_->quoted ? "write it without quotes" : "");
  }
  return std::nullopt;
}

std::optional<double> Value::number(Range range) const {
  const auto found = scalar("a number");
  if (!found) return std::nullopt;
  const auto value = node_->quoted ? std::nullopt : parse_number(*found);
  if (!value) {
    problem("expected a finite number, found " + in_quotes(*found), node_->quoted ? "write it without quotes" : "");
    return std::nullopt;
  }
  return in_range(*value, range, "") ? value : std::nullopt;
}

std::optional<Duration> Value::duration(Range seconds) const {
  const auto found = scalar(kDurationForm);
  if (!found) return std::nullopt;
  const auto value = parse_duration(*found);
  if (!value) {
    const std::string hint = "expected " + std::string(kDurationForm);
    if (parse_number(*found)) {
      problem(in_quotes(*found) + " has no unit", hint);
    } else {
      problem(in_quotes(*found) + " is not a duration", hint);
    }
    return std::nullopt;
  }
  return in_range(value->seconds(), seconds, "seconds") ? value : std::nullopt;
}

std::optional<double> Value::quantity(const std::function<std::optional<double>(std::string_view)>& parse,
                                      std::string_view expected, Range range, std::string_view unit) const {
  const auto found = scalar(expected);
  if (!found) return std::nullopt;
  const auto value = parse(*found);
  if (!value) {
    problem(in_quotes(*found) + (parse_number(*found) ? " has no unit" : " is not understood"),
            "expected " + std::string(expected));
    return std::nullopt;
  }
  return in_range(*value, range, unit) ? value : std::nullopt;
}

std::optional<std::int64_t> Value::memory_mib() const {
  const auto mib = quantity(
      [](std::string_view text) -> std::optional<double> {
        const auto parsed = parse_memory_mib(text);
        if (!parsed) return std::nullopt;
        return static_cast<double>(*parsed);
      },
      kMemoryForm, {0, kLargestAmount}, "MiB");
  if (!mib) return std::nullopt;
  return static_cast<std::int64_t>(*mib);
}

std::optional<double> Value::bytes() const {
  return quantity(
      [](std::string_view text) { return text == "0" || !parse_number(text) ? parse_bytes(text) : std::nullopt; },
      kMemoryForm, {0, 1e15}, "bytes");
}

std::optional<std::int64_t> Value::cpu_milli() const {
  const auto milli = quantity(
      [](std::string_view text) -> std::optional<double> {
        const auto parsed = parse_cpu_milli(text);
        if (!parsed) return std::nullopt;
        return static_cast<double>(*parsed);
      },
      "a number of cores, such as 4 or 500m", {0, kLargestAmount}, "thousandths of a core");
  if (!milli) return std::nullopt;
  return static_cast<std::int64_t>(*milli);
}

std::optional<double> Value::bytes_per_s() const {
  return quantity(parse_bytes_per_s, "an amount of memory per second, such as 2Gi/s", {}, "bytes/s");
}

std::optional<double> Value::per_second() const {
  return quantity(parse_per_second, "a rate with a unit, such as 12/s, 5/min or 3/h", {0, 1e9}, "per second");
}

std::optional<double> Value::usd_per_hour() const {
  return quantity(parse_usd_per_hour, "a price with a unit, such as 32.77 USD/h", {0, 1e12}, "USD/h");
}

std::optional<std::size_t> Value::one_of(std::string_view noun, std::span<const std::string> names) const {
  const auto found = scalar("a name");
  if (!found) return std::nullopt;
  const auto at = std::find(names.begin(), names.end(), *found);
  if (at != names.end()) return static_cast<std::size_t>(at - names.begin());
  problem("unknown " + std::string(noun) + ' ' + in_quotes(*found), known_names_hint(*found, names));
  return std::nullopt;
}

std::vector<Value> Value::list() const {
  std::vector<Value> out;
  if (!is_list()) {
    problem(std::string("expected a list, found ") + kind_name(node_->kind));
    return out;
  }
  for (std::size_t i = 0; i < node_->entries.size(); ++i) out.push_back(entry(i));
  return out;
}

std::vector<std::pair<std::string, Value>> Value::mapping() const {
  std::vector<std::pair<std::string, Value>> out;
  if (!is_mapping()) {
    problem(std::string("expected a mapping, found ") + kind_name(node_->kind));
    return out;
  }
  for (const DocumentEntry& entry : node_->entries) out.emplace_back(entry.key, below(entry));
  return out;
}

Section::Section(Value value, std::string_view noun) : value_(std::move(value)), ok_(value_.is_mapping()) {
  if (!ok_) value_.problem("expected " + std::string(noun) + ", found " + kind_name(value_.node().kind));
}

std::optional<Value> Section::take(const std::string& key) {
  taken_.push_back(key);
  return value_.child(key);
}

std::optional<Value> Section::require(const std::string& key, std::string_view hint) {
  auto found = take(key);
  if (!found && ok_) value_.problem("key \"" + key + "\" is missing", std::string(hint));
  return found;
}

void Section::finish() const {
  if (!ok_) return;
  for (const DocumentEntry& entry : value_.node().entries) {
    if (std::find(taken_.begin(), taken_.end(), entry.key) != taken_.end()) continue;
    value_.unknown_key(entry, taken_);
  }
}

void Section::read_integer(const std::string& key, std::int64_t low, std::int64_t high, std::uint32_t& out) {
  read(key, out, [&](const Value& value) { return value.integer(low, high); });
}

void Section::read_integer(const std::string& key, std::int64_t low, std::int64_t high, std::uint64_t& out) {
  read(key, out, [&](const Value& value) { return value.integer(low, high); });
}

void Section::read_number(const std::string& key, Range range, double& out) {
  read(key, out, [&](const Value& value) { return value.number(range); });
}

void Section::read_duration(const std::string& key, Range seconds, Duration& out) {
  read(key, out, [&](const Value& value) { return value.duration(seconds); });
}

void Section::read_boolean(const std::string& key, bool& out) {
  read(key, out, [](const Value& value) { return value.boolean(); });
}

void Section::read_text(const std::string& key, std::string& out) {
  read(key, out, [](const Value& value) { return value.text(); });
}

}  // namespace seatrial
