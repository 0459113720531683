// sim/id.h: typed indexes and the columns that only they may index.
#include "sim/id.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <type_traits>

#include "sim/column.h"

namespace seatrial {
namespace {

using Apple = Id<struct AppleTag>;
using Pear = Id<struct PearTag>;

template <class Container, class Index>
concept Indexable = requires(Container container, Index index) {
  container[index];
};

static_assert(Indexable<Column<Apple, int>, Apple>);
static_assert(!Indexable<Column<Apple, int>, Pear>);
static_assert(!std::is_convertible_v<Pear, Apple>);
static_assert(sizeof(Apple) == 4 && std::is_trivially_copyable_v<Apple>);

TEST(Id, IsInvalidUntilGivenAnIndex) {
  EXPECT_FALSE(Apple{}.valid());
  EXPECT_TRUE(Apple{0}.valid());
  EXPECT_LT(Apple{3}, Apple{4});
  EXPECT_EQ(Apple{3}, (Apple{3}));
}

TEST(Column, HoldsOneValuePerId) {
  Column<Apple, int> column(2, 7);
  column.push_back(9);
  column[Apple{0}] = 1;
  EXPECT_EQ(column.size(), 3U);
  EXPECT_THAT(column.raw(), testing::ElementsAre(1, 7, 9));
  column.assign(1, 5);
  EXPECT_EQ(column[Apple{0}], 5);
  int sum = 0;
  for (const int value : column) sum += value;
  EXPECT_EQ(sum, 5);
  EXPECT_TRUE((Column<Apple, int>().empty()));
}

}  // namespace
}  // namespace seatrial
