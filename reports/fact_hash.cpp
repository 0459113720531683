// Two interleaved lanes, each folded by a 64 x 64 to 128 bit product; see fact_hash.h.
#include "reports/fact_hash.h"

#include "sim/wide.h"

namespace seatrial {
namespace {

std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  const UInt128 product = static_cast<UInt128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

void append_hex(std::string& out, std::uint64_t value) {
  constexpr const char* kDigits = "0123456789abcdef";
  for (int shift = 60; shift >= 0; shift -= 4) out += kDigits[(value >> static_cast<unsigned>(shift)) & 15U];
}

}  // namespace

void FactHash::add(std::uint64_t first, std::uint64_t second) {
  // A zero factor would forget the other one, hence the lane's own odd constants and the sum outside of the product.
  low_ = fold(low_ ^ first, 0xa0761d6478bd642fULL) + second;
  high_ = fold(high_ + second, 0xe7037ed1a0b428dbULL) ^ (first + (low_ << 1U | low_ >> 63U));
}

void FactHash::observe(std::span<const Fact> facts) {
  for (const Fact& fact : facts) {
    add(static_cast<std::uint64_t>(fact.at.ns), static_cast<std::uint64_t>(fact.milli));
    add((static_cast<std::uint64_t>(fact.job) << 32U) | fact.node,
        (static_cast<std::uint64_t>(fact.pool) << 32U) | static_cast<std::uint64_t>(fact.kind));
  }
  facts_ += facts.size();
}

void FactHash::finish(Time end) { add(static_cast<std::uint64_t>(end.ns), facts_); }

std::string FactHash::text() const {
  std::string out;
  append_hex(out, fold(high_ ^ facts_, 0x8ebc6af09c88c6e3ULL) ^ low_);
  append_hex(out, fold(low_ + facts_, 0x589965cc75374cc3ULL) ^ high_);
  return out;
}

}  // namespace seatrial
