// Quantities as Kubernetes writes them ("500m", "64Gi", "1e3", "0.5"): exact numbers in units of 10^-9, read, added,
// compared and written back in canonical form. Resource lists, pods, quotas and limit ranges are made of them. Rules:
// k8s.io/apimachinery/pkg/api/resource. What is finer than 10^-9 is rounded away from zero, what is larger than
// 2^63 - 1 is cut to it; both as there. Sums are exact up to 10^20 and stay there.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/wide.h"

namespace seatrial {

class Quantity {
 public:
  // How it is written: with powers of 1000 (k, M), of 1024 (Ki, Mi) or as 1e3.
  enum class Format : std::uint8_t { DecimalSi, BinarySi, DecimalExponent };

  Quantity() = default;
  static Quantity units(std::int64_t count) { return Quantity(Int128{count} * kNano); }
  static Quantity milli(std::int64_t count) { return Quantity(Int128{count} * (kNano / 1000)); }

  [[nodiscard]] Int128 nano() const { return nano_; }
  [[nodiscard]] bool is_zero() const { return nano_ == 0; }
  [[nodiscard]] bool is_positive() const { return nano_ > 0; }
  // Canonical: the largest suffix with which no fraction is left.
  [[nodiscard]] std::string text() const;

  // The sum is written in the format of the left side, or of the right side if the left is zero.
  Quantity& operator+=(const Quantity& other);
  Quantity& operator-=(const Quantity& other);
  friend Quantity operator+(Quantity a, const Quantity& b) { return a += b; }
  friend Quantity operator-(Quantity a, const Quantity& b) { return a -= b; }
  // By value, whatever the format.
  friend bool operator==(const Quantity& a, const Quantity& b) { return a.nano_ == b.nano_; }
  friend std::strong_ordering operator<=>(const Quantity& a, const Quantity& b) {
    return a.nano_ < b.nano_   ? std::strong_ordering::less
           : a.nano_ > b.nano_ ? std::strong_ordering::greater
                               : std::strong_ordering::equal;
  }

  friend std::optional<Quantity> parse_quantity(std::string_view text);

  static constexpr std::int64_t kNano = 1'000'000'000;

 private:
  explicit Quantity(Int128 nano) : nano_(nano) {}

  Int128 nano_ = 0;
  Format format_ = Format::DecimalSi;
};

// Nothing if the text is no quantity, or has more than 20 significant digits.
[[nodiscard]] std::optional<Quantity> parse_quantity(std::string_view text);

}  // namespace seatrial
