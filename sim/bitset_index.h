// A set of numbers 0..size-1 as a hierarchy of 64-bit words: membership, and the first member at or after a number, in
// as many word reads as there are levels (4 for ten million). Nothing is allocated after the first add().
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace seatrial {

class BitsetIndex {
 public:
  static constexpr std::uint32_t kNone = 0xffffffffU;

  BitsetIndex() = default;
  // Memory is taken at the first add: many empty sets cost little.
  explicit BitsetIndex(std::uint32_t size) : size_(size) {}

  [[nodiscard]] std::uint32_t count() const { return count_; }
  [[nodiscard]] std::uint32_t size() const { return size_; }

  [[nodiscard]] bool contains(std::uint32_t member) const {
    return count_ != 0 && ((words_[member / 64] >> (member % 64)) & 1U) != 0;
  }

  // Adding a member twice or removing a stranger has no effect.
  void add(std::uint32_t member) {
    if (words_.empty()) allocate();
    if (contains(member)) return;
    ++count_;
    std::uint32_t at = member;
    for (const std::uint32_t base : bases_) {
      std::uint64_t& word = words_[base + at / 64];
      const bool was_empty = word == 0;
      word |= 1ULL << (at % 64);
      if (!was_empty) return;
      at /= 64;
    }
  }

  void remove(std::uint32_t member) {
    if (!contains(member)) return;
    --count_;
    std::uint32_t at = member;
    for (const std::uint32_t base : bases_) {
      std::uint64_t& word = words_[base + at / 64];
      word &= ~(1ULL << (at % 64));
      if (word != 0) return;
      at /= 64;
    }
  }

  // The smallest member >= from, or kNone.
  [[nodiscard]] std::uint32_t next(std::uint32_t from) const {
    if (count_ == 0 || from >= size_) return kNone;
    std::uint32_t at = from;
    for (std::size_t level = 0; level < bases_.size(); ++level) {
      const std::uint32_t word = at / 64;
      if (bases_[level] + word >= end_of(level)) return kNone;
      const std::uint64_t bits = words_[bases_[level] + word] >> (at % 64);
      if (bits != 0) return descend(level, at + static_cast<std::uint32_t>(std::countr_zero(bits)));
      at = word + 1;
    }
    return kNone;
  }
  [[nodiscard]] std::uint32_t first() const { return next(0); }

  // The largest member, or kNone.
  [[nodiscard]] std::uint32_t last() const {
    if (count_ == 0) return kNone;
    std::uint32_t at = 0;
    for (std::size_t level = bases_.size(); level-- > 0;) {
      const std::uint64_t bits = words_[bases_[level] + at];
      at = at * 64 + 63U - static_cast<std::uint32_t>(std::countl_zero(bits));
    }
    return at;
  }

 private:
  void allocate() {
    std::uint32_t total = 0;
    std::uint32_t members = size_ == 0 ? 1 : size_;
    do {
      bases_.push_back(total);
      members = (members + 63) / 64;
      total += members;
    } while (members > 1);
    words_.assign(total, 0);
  }
  [[nodiscard]] std::size_t end_of(std::size_t level) const {
    return level + 1 < bases_.size() ? bases_[level + 1] : words_.size();
  }
  // `at` is a member of `level`; follows first bits down to level 0.
  [[nodiscard]] std::uint32_t descend(std::size_t level, std::uint32_t at) const {
    while (level-- > 0) {
      at = at * 64 + static_cast<std::uint32_t>(std::countr_zero(words_[bases_[level] + at]));
    }
    return at;
  }

  std::vector<std::uint64_t> words_;    // level 0 first, then its summaries
  std::vector<std::uint32_t> bases_;    // first word of each level
  std::uint32_t size_ = 0;
  std::uint32_t count_ = 0;
};

}  // namespace seatrial
