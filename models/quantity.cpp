// Reading and writing quantities. Integer arithmetic throughout: 20 digits times 2^60 fit 127 bits.
#include "models/quantity.h"

#include <algorithm>
#include <array>
#include <limits>

namespace seatrial {
namespace {

constexpr Int128 kMostNano = Int128{std::numeric_limits<std::int64_t>::max()} * Quantity::kNano;
// Times 10^9 it fits 127 bits: what compares ratios relies on that.
constexpr Int128 kMostSumNano = Int128{100'000'000'000} * Quantity::kNano * Quantity::kNano;
constexpr std::array<const char*, 10> kDecimalSuffixes = {"n", "u", "m", "", "k", "M", "G", "T", "P", "E"};
constexpr std::array<const char*, 7> kBinarySuffixes = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
constexpr int kNanoExponent = -9;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Number {
  Int128 mantissa = 0;
  int exponent = 0;  // decimal
};

// Digits with an optional point; moves `text` behind them. Zeros at both ends cost no digit.
std::optional<Number> take_number(std::string_view& text) {
  constexpr int kMostDigits = 20;
  Number number;
  int digits = 0;  // of the mantissa
  int zeros = 0;   // read, but not yet in the mantissa
  bool any = false;
  bool fraction = false;
  std::size_t at = 0;
  for (; at < text.size() && (is_digit(text[at]) || (text[at] == '.' && !fraction)); ++at) {
    if (text[at] == '.') {
      fraction = true;
      continue;
    }
    any = true;
    if (fraction) --number.exponent;
    if (text[at] == '0') {
      zeros += digits > 0 ? 1 : 0;
      continue;
    }
    digits += zeros + 1;
    if (digits > kMostDigits) return std::nullopt;
    for (; zeros > 0; --zeros) number.mantissa *= 10;
    number.mantissa = 10 * number.mantissa + (text[at] - '0');
  }
  if (!any) return std::nullopt;
  number.exponent += zeros;
  text.remove_prefix(at);
  return number;
}

struct Scale {
  int decimal = 0;
  int binary = 0;  // power of two
  Quantity::Format format = Quantity::Format::DecimalSi;
};

std::optional<Scale> scale_of_exponent(std::string_view digits) {
  constexpr int kMostExponent = 1000;  // far outside any quantity
  const bool negative = !digits.empty() && digits[0] == '-';
  if (!digits.empty() && (digits[0] == '-' || digits[0] == '+')) digits.remove_prefix(1);
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_digit)) return std::nullopt;
  int exponent = 0;
  for (const char digit : digits) exponent = std::min(10 * exponent + (digit - '0'), kMostExponent);
  return Scale{negative ? -exponent : exponent, 0, Quantity::Format::DecimalExponent};
}

std::optional<Scale> scale_of_suffix(std::string_view suffix) {
  for (std::size_t i = 0; i < kDecimalSuffixes.size(); ++i) {
    if (suffix == kDecimalSuffixes[i]) return Scale{kNanoExponent + 3 * static_cast<int>(i)};
  }
  for (std::size_t i = 1; i < kBinarySuffixes.size(); ++i) {
    if (suffix == kBinarySuffixes[i]) return Scale{0, 10 * static_cast<int>(i), Quantity::Format::BinarySi};
  }
  if (suffix[0] == 'e' || suffix[0] == 'E') return scale_of_exponent(suffix.substr(1));
  return std::nullopt;
}

// value * 10^exponent, cut to the largest quantity, rounded up below 1. Requires value >= 0.
Int128 scaled(Int128 value, int exponent) {
  for (; exponent > 0 && value > 0; --exponent) {
    if (value > kMostNano) return kMostNano;
    value *= 10;
  }
  bool rest = false;
  for (; exponent < 0 && value > 0; ++exponent) {
    rest = rest || value % 10 != 0;
    value /= 10;
  }
  return std::min(value + (rest ? 1 : 0), kMostNano);
}

std::string digits_of(Int128 value) {
  std::string text;
  const bool negative = value < 0;
  UInt128 rest = negative ? -static_cast<UInt128>(value) : static_cast<UInt128>(value);
  do {
    text += static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  } while (rest > 0);
  if (negative) text += '-';
  std::reverse(text.begin(), text.end());
  return text;
}

}  // namespace

std::optional<Quantity> parse_quantity(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const bool negative = text[0] == '-';
  if (text[0] == '-' || text[0] == '+') text.remove_prefix(1);
  const std::optional<Number> number = take_number(text);
  if (!number) return std::nullopt;
  const std::optional<Scale> scale = scale_of_suffix(text);
  if (!scale) return std::nullopt;
  const Int128 value = number->mantissa << static_cast<unsigned>(scale->binary);
  const Int128 nano = scaled(value, number->exponent + scale->decimal - kNanoExponent);
  Quantity quantity(negative ? -nano : nano);
  quantity.format_ = scale->format;
  return quantity;
}

std::string Quantity::text() const {
  if (nano_ == 0) return "0";
  // Below 1024 and with a fraction, a binary suffix would lose something or say nothing.
  const bool binary = format_ == Format::BinarySi && nano_ % kNano == 0 &&
                      (nano_ >= Int128{1024} * kNano || nano_ <= Int128{-1024} * kNano);
  Int128 value = binary ? nano_ / kNano : nano_;
  const int step = binary ? 1024 : 1000;
  const std::size_t last = binary ? kBinarySuffixes.size() - 1 : kDecimalSuffixes.size() - 1;
  std::size_t power = 0;
  for (; power < last && value % step == 0; ++power) value /= step;
  if (binary) return digits_of(value) + kBinarySuffixes[power];
  if (format_ != Format::DecimalExponent) return digits_of(value) + kDecimalSuffixes[power];
  const int exponent = kNanoExponent + 3 * static_cast<int>(power);
  return digits_of(value) + (exponent == 0 ? "" : "e" + std::to_string(exponent));
}

Quantity& Quantity::operator+=(const Quantity& other) {
  if (nano_ == 0) format_ = other.format_;
  nano_ = std::clamp(nano_ + other.nano_, -kMostSumNano, kMostSumNano);
  return *this;
}

Quantity& Quantity::operator-=(const Quantity& other) {
  if (nano_ == 0) format_ = other.format_;
  nano_ = std::clamp(nano_ - other.nano_, -kMostSumNano, kMostSumNano);
  return *this;
}

}  // namespace seatrial
