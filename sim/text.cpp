// Exact parsing and printing of quantities; see text.h.
#include "sim/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <numeric>

#include "sim/edit_distance.h"

namespace seatrial {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// value * 10 + digit with overflow check.
bool push_digit(std::int64_t& value, char c) {
  return !__builtin_mul_overflow(value, 10, &value) && !__builtin_add_overflow(value, c - '0', &value);
}

// Plain decimals without exponent, exactly; nothing for everything else.
std::optional<std::int64_t> plain_seconds_ns(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  std::int64_t whole = 0;
  std::size_t at = 0;
  for (; at < text.size() && is_digit(text[at]); ++at) {
    if (!push_digit(whole, text[at])) return std::nullopt;
  }
  const std::size_t whole_digits = at;
  std::int64_t fraction = 0;
  std::size_t digits = 0;
  bool half = false;
  bool beyond = false;
  if (at < text.size() && text[at] == '.') {
    for (++at; at < text.size() && is_digit(text[at]); ++at, ++digits) {
      if (digits < 9) fraction = fraction * 10 + (text[at] - '0');
      if (digits == 9) half = text[at] >= '5', beyond = text[at] != '5' && text[at] != '0';
      if (digits > 9) beyond = beyond || text[at] != '0';
    }
  }
  if (at != text.size() || whole_digits + digits == 0) return std::nullopt;
  for (std::size_t d = digits; d < 9; ++d) fraction *= 10;
  if (half && (beyond || (fraction & 1) != 0)) ++fraction;
  std::int64_t ns = 0;
  if (__builtin_mul_overflow(whole, kNsPerSecond, &ns) || __builtin_add_overflow(ns, fraction, &ns))
    return std::nullopt;
  return negative ? -ns : ns;
}

std::optional<double> with_unit(std::string_view text, std::span<const Unit> units) {
  std::size_t at = text.size();
  while (at > 0 && !is_digit(text[at - 1]) && text[at - 1] != '.') --at;
  std::string_view name = text.substr(at);
  std::string_view number = text.substr(0, at);
  while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
  const auto value = parse_number(number);
  if (!value) return std::nullopt;
  for (const Unit& unit : units) {
    if (unit.name == name) return *value * unit.factor;
  }
  return std::nullopt;
}

constexpr std::array<Unit, 9> kMemoryUnits{{{"Ki", 1024.0},
                                            {"Mi", 1048576.0},
                                            {"Gi", 1073741824.0},
                                            {"Ti", 1099511627776.0},
                                            {"Pi", 1125899906842624.0},
                                            {"k", 1e3},
                                            {"M", 1e6},
                                            {"G", 1e9},
                                            {"T", 1e12}}};

}  // namespace

std::optional<std::int64_t> parse_seconds_ns(std::string_view text) {
  if (const auto exact = plain_seconds_ns(text)) return exact;
  if (text.find_first_of("eE") == std::string_view::npos) return std::nullopt;
  const auto value = parse_number(text);
  if (!value || std::fabs(*value) >= 9.2e9) return std::nullopt;
  return duration_from_seconds(*value).ns;
}

std::optional<double> parse_number(std::string_view text) {
  if (text.empty() || !(is_digit(text.front()) || text.front() == '-' || text.front() == '.')) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size()) return value;
  const auto real = parse_number(text);
  if (!real || *real != std::floor(*real) || std::fabs(*real) >= 9e15) return std::nullopt;
  return static_cast<std::int64_t>(*real);
}

std::optional<Duration> parse_duration(std::string_view text) {
  if (text == "0") return Duration{0};
  std::size_t at = text.size();
  while (at > 0 && !is_digit(text[at - 1]) && text[at - 1] != '.') --at;
  std::string_view unit = text.substr(at);
  while (!unit.empty() && unit.front() == ' ') unit.remove_prefix(1);
  constexpr std::array<std::pair<std::string_view, std::int64_t>, 8> kUnits{{{"ns", 1},
                                                                             {"us", 1000},
                                                                             {"ms", 1'000'000},
                                                                             {"s", kNsPerSecond},
                                                                             {"m", 60 * kNsPerSecond},
                                                                             {"h", 3600 * kNsPerSecond},
                                                                             {"d", 86400 * kNsPerSecond},
                                                                             {"w", 604800 * kNsPerSecond}}};
  for (const auto& [name, factor] : kUnits) {
    if (name != unit) continue;
    if (const auto whole = parse_integer(text.substr(0, at))) {
      std::int64_t ns = 0;
      if (__builtin_mul_overflow(*whole, factor, &ns)) return std::nullopt;
      return Duration{ns};
    }
    const auto value = parse_number(text.substr(0, at));
    if (!value) return std::nullopt;
    const double ns = std::nearbyint(*value * static_cast<double>(factor));
    if (std::fabs(ns) >= 9.2e18) return std::nullopt;
    return Duration{static_cast<std::int64_t>(ns)};
  }
  return std::nullopt;
}

std::optional<double> parse_bytes(std::string_view text) {
  if (const auto plain = parse_number(text)) return plain;
  return with_unit(text, kMemoryUnits);
}

std::optional<std::int64_t> parse_memory_mib(std::string_view text) {
  if (text == "0") return 0;
  const auto bytes = with_unit(text, kMemoryUnits);
  if (!bytes || std::fabs(*bytes) >= 9e24) return std::nullopt;
  return static_cast<std::int64_t>(std::floor(*bytes / 1048576.0));
}

std::optional<std::int64_t> parse_cpu_milli(std::string_view text) {
  const bool milli = !text.empty() && text.back() == 'm';
  if (milli) return parse_integer(text.substr(0, text.size() - 1));
  const auto cores = parse_number(text);
  if (!cores || std::fabs(*cores) >= 9e12) return std::nullopt;
  return static_cast<std::int64_t>(std::llround(*cores * 1000.0));
}

void append_seconds(std::string& out, std::int64_t ns) {
  char digits[24];
  std::uint64_t magnitude = static_cast<std::uint64_t>(ns);
  if (ns < 0) {
    out += '-';
    magnitude = 0 - magnitude;
  }
  const std::uint64_t fraction = magnitude % static_cast<std::uint64_t>(kNsPerSecond);
  const auto end =
      std::to_chars(digits, digits + sizeof digits, magnitude / static_cast<std::uint64_t>(kNsPerSecond)).ptr;
  out.append(digits, end);
  if (fraction == 0) return;
  char text[10] = {'.', '0', '0', '0', '0', '0', '0', '0', '0', '0'};
  std::uint64_t rest = fraction;
  for (int place = 9; place > 0; --place, rest /= 10) text[place] = static_cast<char>('0' + rest % 10);
  std::size_t length = 10;
  while (text[length - 1] == '0') --length;
  out.append(text, length);
}

std::string seconds_text(std::int64_t ns) {
  std::string out;
  append_seconds(out, ns);
  return out;
}

std::string human_duration(double seconds) {
  char text[64];
  const double size = std::fabs(seconds);
  if (size < 1e-9) return "0 s";
  if (size < 120) {
    std::snprintf(text, sizeof text, "%.3g s", seconds);
  } else if (size < 7200) {
    std::snprintf(text, sizeof text, "%.0f min %.0f s", std::trunc(seconds / 60), std::floor(std::fmod(size, 60)));
  } else if (size < 172800) {
    std::snprintf(text, sizeof text, "%.0f h %.0f min", std::trunc(seconds / 3600),
                  std::floor(std::fmod(size, 3600) / 60));
  } else {
    std::snprintf(text, sizeof text, "%.0f d %.0f h", std::trunc(seconds / 86400),
                  std::floor(std::fmod(size, 86400) / 3600));
  }
  return text;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> above_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    above_last.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({change, last[j] + 1, row[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], above_last[j - 2] + 1);
    }
  }
  return row.back();
}

std::string nearest_name(std::string_view typed, std::span<const std::string> known) {
  typed = typed.substr(0, 64);
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(1, typed.size() / 3) + 1;
  for (const std::string& name : known) {
    const std::size_t distance = edit_distance(typed, name);
    if (distance >= best_distance) continue;
    best_distance = distance;
    best = name;
  }
  return best;
}

namespace {

// Length of the well-formed UTF-8 sequence at the start of text; 0 if ill-formed.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) return 0;
  }
  const unsigned second = byte(1);
  if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f)) return 0;
  if ((lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) return 0;
  return length;
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0 || text.front() == '\0') return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string to_utf8(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0) {
      out += "\xef\xbf\xbd";
      text.remove_prefix(1);
    } else {
      out.append(text, 0, length);
      text.remove_prefix(length);
    }
  }
  return out;
}

}  // namespace seatrial
