// Civil dates to instants; see wall_clock.h.
#include "traces/wall_clock.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "sim/text.h"
#include "sim/time.h"

namespace seatrial {
namespace {

constexpr std::int64_t kDayS = 86'400;

// Takes exactly `digits` digits from the front.
bool take_number(std::string_view& text, std::size_t digits, int& value) {
  if (text.size() < digits) return false;
  const char* const end = text.data() + digits;
  if (!std::all_of(text.data(), end, [](char c) { return c >= '0' && c <= '9'; })) return false;
  std::from_chars(text.data(), end, value);
  text.remove_prefix(digits);
  return true;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

// "" or ".123" to ns.
bool take_fraction(std::string_view& text, std::int64_t& ns) {
  ns = 0;
  if (!take(text, '.')) return true;
  std::int64_t unit = kNsPerSecond / 10;
  std::size_t digits = 0;
  for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits, unit /= 10) {
    if (digits == 9) return false;
    ns += unit * (text[digits] - '0');
  }
  text.remove_prefix(digits);
  return digits != 0;
}

bool take_offset(std::string_view& text, std::int64_t& offset_s) {
  offset_s = 0;
  if (text.empty() || take(text, 'Z')) return true;
  const bool west = text.front() == '-';
  if (!west && text.front() != '+') return false;
  text.remove_prefix(1);
  int hours = 0;
  int minutes = 0;
  if (!take_number(text, 2, hours)) return false;
  if (!text.empty()) {
    take(text, ':');
    if (!take_number(text, 2, minutes)) return false;
  }
  if (hours > 14 || minutes > 59) return false;
  offset_s = (hours * 60 + minutes) * 60 * (west ? -1 : 1);
  return true;
}

// Days since 1970 of the n-th Sunday (from 1) of a month.
std::int64_t sunday(std::chrono::year year, std::chrono::month month, unsigned n) {
  return std::chrono::sys_days{year / month / std::chrono::Sunday[n]}.time_since_epoch().count();
}

}  // namespace

std::optional<std::int64_t> parse_wall_clock_ns(std::string_view text) {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  const bool date = take_number(text, 4, year) && take(text, '-') && take_number(text, 2, month) && take(text, '-') &&
                    take_number(text, 2, day) && (take(text, ' ') || take(text, 'T'));
  if (!date || !take_number(text, 2, hour) || !take(text, ':') || !take_number(text, 2, minute)) return std::nullopt;
  if (!take(text, ':') || !take_number(text, 2, second)) return std::nullopt;
  std::int64_t fraction_ns = 0;
  std::int64_t offset_s = 0;
  if (!take_fraction(text, fraction_ns) || !take_offset(text, offset_s) || !text.empty()) return std::nullopt;
  const std::chrono::year_month_day civil{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                          std::chrono::day{static_cast<unsigned>(day)}};
  if (!civil.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days{civil}.time_since_epoch().count();
  std::int64_t ns = (days * 24 + hour) * 3600 + minute * 60 + second - offset_s;
  if (__builtin_mul_overflow(ns, kNsPerSecond, &ns) || __builtin_add_overflow(ns, fraction_ns, &ns))
    return std::nullopt;
  return ns;
}

bool is_missing_time(std::string_view text) {
  constexpr std::array<std::string_view, 8> kWords{"", "None", "NULL", "null", "Unknown", "N/A", "NaN", "NaT"};
  return std::find(kWords.begin(), kWords.end(), text) != kWords.end();
}

std::int64_t pacific_offset_s(std::int64_t local_s) {
  const std::chrono::sys_days day{std::chrono::days{local_s / kDayS - (local_s % kDayS < 0 ? 1 : 0)}};
  const std::chrono::year year = std::chrono::year_month_day{day}.year();
  const std::int64_t summer_begin_s = sunday(year, std::chrono::March, 2) * kDayS + 2 * 3600;
  const std::int64_t summer_end_s = sunday(year, std::chrono::November, 1) * kDayS + 2 * 3600;
  return (local_s >= summer_begin_s && local_s < summer_end_s ? -7 : -8) * std::int64_t{3600};
}

std::optional<std::int64_t> parse_slurm_duration_ns(std::string_view text) {
  std::int64_t days = 0;
  const std::size_t dash = text.find('-');
  if (dash != std::string_view::npos) {
    const auto value = parse_integer(text.substr(0, dash));
    if (!value || *value < 0 || *value > 100'000 || dash == 0) return std::nullopt;
    days = *value;
    text.remove_prefix(dash + 1);
  }
  const auto colons = std::count(text.begin(), text.end(), ':');
  if (colons != 2 && (colons != 1 || dash != std::string_view::npos)) return std::nullopt;
  int hours = 0;
  int minutes = 0;
  int seconds = 0;
  if (colons == 2 && !(take_number(text, 2, hours) && take(text, ':'))) return std::nullopt;
  if (!take_number(text, 2, minutes) || !take(text, ':') || !take_number(text, 2, seconds)) return std::nullopt;
  if (minutes > 59 || seconds > 59) return std::nullopt;
  const std::int64_t total_s = ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
  std::int64_t fraction_ns = 0;
  if (!take_fraction(text, fraction_ns) || !text.empty()) return std::nullopt;
  return total_s * kNsPerSecond + fraction_ns;
}

}  // namespace seatrial
