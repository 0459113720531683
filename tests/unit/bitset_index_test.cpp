// The hierarchical bitset against std::set, at the borders of words and levels, and with all members in turn.
#include "sim/bitset_index.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>

#include "sim/random.h"

namespace seatrial {
namespace {

std::uint32_t next_of(const std::set<std::uint32_t>& members, std::uint32_t from) {
  const auto at = members.lower_bound(from);
  return at == members.end() ? BitsetIndex::kNone : *at;
}

TEST(BitsetIndex, EmptyRangeHasNoMember) {
  const BitsetIndex none;
  EXPECT_EQ(none.size(), 0U);
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none.first(), BitsetIndex::kNone);
  EXPECT_EQ(none.next(7), BitsetIndex::kNone);
}

TEST(BitsetIndex, FindsALoneMemberAtEveryBorder) {
  for (const std::uint32_t size : {1U, 2U, 63U, 64U, 65U, 4095U, 4096U, 4097U, 262144U, 262145U, 10'000'000U}) {
    BitsetIndex index(size);
    EXPECT_EQ(index.first(), BitsetIndex::kNone) << size;
    for (const std::uint32_t member : {0U, 1U, 62U, 63U, 64U, 4095U, 4096U, 262143U, 262144U, size / 2, size - 1}) {
      if (member >= size) continue;
      EXPECT_TRUE(index.add(member));
      EXPECT_EQ(index.count(), 1U);
      EXPECT_EQ(index.first(), member) << size;
      EXPECT_EQ(index.next(member), member) << size;
      EXPECT_EQ(index.last(), member) << size;
      EXPECT_EQ(index.next(member + 1), BitsetIndex::kNone) << size;
      EXPECT_TRUE(index.remove(member));
      EXPECT_EQ(index.first(), BitsetIndex::kNone) << size;
    }
  }
}

TEST(BitsetIndex, AddAndRemoveSayWhetherSomethingChanged) {
  BitsetIndex index(100);
  EXPECT_FALSE(index.remove(5));
  EXPECT_TRUE(index.add(5));
  EXPECT_FALSE(index.add(5));
  EXPECT_EQ(index.count(), 1U);
  EXPECT_TRUE(index.remove(5));
  EXPECT_FALSE(index.remove(5));
  EXPECT_TRUE(index.empty());
}

TEST(BitsetIndex, NextBeyondTheRangeIsNone) {
  BitsetIndex index(65);
  index.add(64);
  EXPECT_EQ(index.next(65), BitsetIndex::kNone);
  EXPECT_EQ(index.next(127), BitsetIndex::kNone);
  EXPECT_EQ(index.next(BitsetIndex::kNone), BitsetIndex::kNone);
}

// Random adds and removes, of dense, sparse and clustered sets; every answer equals that of std::set.
TEST(BitsetIndex, EqualsASetUnderRandomChanges) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Random random(seed, "bitset");
    const std::uint32_t sizes[] = {1, 7, 64, 65, 200, 4096, 5000, 300'000};
    const std::uint32_t size = sizes[random.below(8)];
    const std::uint32_t span = random.bernoulli(0.5) ? size : 1 + static_cast<std::uint32_t>(random.below(size));
    const double add_share = 0.3 + 0.4 * random.uniform();
    BitsetIndex index(size);
    std::set<std::uint32_t> members;
    for (int step = 0; step < 2000; ++step) {
      const std::uint32_t member = static_cast<std::uint32_t>(random.below(span));
      if (random.bernoulli(add_share)) {
        ASSERT_EQ(index.add(member), members.insert(member).second) << "seed " << seed;
      } else {
        ASSERT_EQ(index.remove(member), members.erase(member) == 1) << "seed " << seed;
      }
      const std::uint32_t from = static_cast<std::uint32_t>(random.below(size + 2));
      ASSERT_EQ(index.next(from), next_of(members, from)) << "seed " << seed << " size " << size << " from " << from;
      ASSERT_EQ(index.count(), members.size());
      if (from < size) {
        ASSERT_EQ(index.contains(from), members.count(from) == 1);
      }
    }
    std::uint32_t at = index.first();
    for (const std::uint32_t member : members) {
      ASSERT_EQ(at, member) << "seed " << seed;
      at = index.next(at + 1);
    }
    ASSERT_EQ(at, BitsetIndex::kNone);
  }
}

TEST(BitsetIndex, HoldsAFullRange) {
  BitsetIndex index(70'000);
  for (std::uint32_t k = 70'000; k-- > 0;) index.add(k);
  EXPECT_EQ(index.count(), 70'000U);
  for (std::uint32_t k = 0; k < 70'000; ++k) {
    ASSERT_EQ(index.first(), k);
    index.remove(k);
  }
  EXPECT_TRUE(index.empty());
}

}  // namespace
}  // namespace seatrial
