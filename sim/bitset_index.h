// A set of small integers [0, n) as a tree of 64-bit words: each word of a level says which words of the level below
// are not empty, so the first or next member is found by reading one or two words per level (4 levels up to 16
// million). Used wherever "the lowest index that ..." must not scan. Memory is taken at the first add(), so that many
// sets of which few are used cost little.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace seatrial {

class BitsetIndex {
 public:
  static constexpr std::uint32_t kNone = 0xffffffffU;

  // An empty set over [0, size); size below 2^32 - 1.
  explicit BitsetIndex(std::uint32_t size = 0) : size_(size) {
    std::size_t words = 0;
    std::uint32_t bits = size;
    do {
      bits = static_cast<std::uint32_t>((std::uint64_t{bits} + 63) / 64);
      start_[levels_] = words;
      word_count_[levels_] = bits;
      words += bits;
      ++levels_;
    } while (bits > 1);
    total_words_ = words;
  }

  [[nodiscard]] std::uint32_t size() const { return size_; }    // of the range, not of the set
  [[nodiscard]] std::uint32_t count() const { return count_; }  // members
  [[nodiscard]] bool empty() const { return count_ == 0; }

  // Requires member < size().
  [[nodiscard]] bool contains(std::uint32_t member) const {
    return count_ != 0 && (words_[member / 64] >> (member % 64) & 1U) != 0;
  }

  // False if it was a member already. Requires member < size().
  bool add(std::uint32_t member) {
    if (words_.empty()) words_.assign(total_words_, 0);
    std::uint64_t& word = words_[member / 64];
    const std::uint64_t bit = std::uint64_t{1} << (member % 64);
    const std::uint64_t before = word;
    if ((before & bit) != 0) return false;
    word = before | bit;
    ++count_;
    if (before == 0) mark_above(member / 64);
    return true;
  }

  // False if it was not a member. Requires member < size().
  bool remove(std::uint32_t member) {
    if (count_ == 0) return false;
    std::uint64_t& word = words_[member / 64];
    const std::uint64_t bit = std::uint64_t{1} << (member % 64);
    if ((word & bit) == 0) return false;
    word ^= bit;
    --count_;
    if (word == 0) clear_above(member / 64);
    return true;
  }

  // The lowest member, or kNone.
  [[nodiscard]] std::uint32_t first() const { return count_ == 0 ? kNone : descend(levels_, 0); }

  // The highest member, or kNone.
  [[nodiscard]] std::uint32_t last() const {
    if (count_ == 0) return kNone;
    std::uint32_t at = 0;
    for (std::uint32_t level = levels_; level-- > 0;) {
      at = at * 64 + 63U - static_cast<std::uint32_t>(std::countl_zero(words_[start_[level] + at]));
    }
    return at;
  }

  // The lowest member that is not below `from`, or kNone; `from` may be any number.
  [[nodiscard]] std::uint32_t next(std::uint32_t from) const {
    if (count_ == 0 || from >= size_) return kNone;
    for (std::uint32_t level = 0; level < levels_; ++level) {
      const std::uint64_t word = words_[start_[level] + from / 64] >> (from % 64);
      if (word != 0) return descend(level, from + static_cast<std::uint32_t>(std::countr_zero(word)));
      from = from / 64 + 1;
      if (from >= word_count_[level]) return kNone;
    }
    return kNone;
  }

 private:
  // A word of level 0 is no longer empty, or has become empty.
  void mark_above(std::uint32_t member) {
    for (std::uint32_t level = 1; level < levels_; ++level) {
      std::uint64_t& word = words_[start_[level] + member / 64];
      const bool was_empty = word == 0;
      word |= std::uint64_t{1} << (member % 64);
      if (!was_empty) return;
      member /= 64;
    }
  }
  void clear_above(std::uint32_t member) {
    for (std::uint32_t level = 1; level < levels_; ++level) {
      std::uint64_t& word = words_[start_[level] + member / 64];
      word &= ~(std::uint64_t{1} << (member % 64));
      if (word != 0) return;
      member /= 64;
    }
  }

  // The lowest member below bit `at` of a level.
  [[nodiscard]] std::uint32_t descend(std::uint32_t level, std::uint32_t at) const {
    while (level > 0) {
      --level;
      at = at * 64 + static_cast<std::uint32_t>(std::countr_zero(words_[start_[level] + at]));
    }
    return at;
  }

  static constexpr std::size_t kMaxLevels = 6;  // 64^6 > 2^32
  std::uint32_t size_;
  std::uint32_t count_ = 0;
  std::uint32_t levels_ = 0;
  std::array<std::size_t, kMaxLevels> start_{};         // of each level in words_
  std::array<std::uint32_t, kMaxLevels> word_count_{};  // of each level; the top has one (none if size is 0)
  std::size_t total_words_ = 0;
  std::vector<std::uint64_t> words_;  // empty until the first add()
};

}  // namespace seatrial
