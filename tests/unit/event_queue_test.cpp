// The event queue against std::priority_queue, with many ties, and its order at one instant.
#include "sim/event_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <queue>
#include <tuple>
#include <vector>

#include "sim/random.h"

namespace seatrial {
namespace {

Event event_for(std::uint32_t target) {
  Event event;
  event.target = target;
  return event;
}

TEST(EventQueue, OrdersByTimeThenRankThenPush) {
  EventQueue queue;
  queue.push(Time{5}, 1, event_for(0));
  queue.push(Time{5}, 0, event_for(1));
  queue.push(Time{4}, 9, event_for(2));
  queue.push(Time{5}, 1, event_for(3));
  queue.push(Time{-1}, 15, event_for(4));
  queue.push(Time{5}, 0, event_for(5));
  std::vector<std::uint32_t> order;
  while (!queue.empty()) order.push_back(queue.pop().target);
  EXPECT_EQ(order, (std::vector<std::uint32_t>{4, 2, 1, 5, 0, 3}));
}

TEST(EventQueue, KeepsWhatTheEventCarries) {
  EventQueue queue;
  Event pushed = event_for(17);
  pushed.kind = 4;
  pushed.spare = 65535;
  queue.push(kNever, 3, pushed);
  EXPECT_EQ(queue.next_at(), kNever);
  const Event event = queue.pop();
  EXPECT_EQ(std::tuple(event.target, event.kind, event.spare), std::tuple(17U, 4, 65535));
  EXPECT_TRUE(queue.empty());
}

TEST(EventQueue, TheWholeRangeOfTimesIsInOrder) {
  EventQueue queue;
  const std::vector<Time> times{kNever, {-1}, {0}, kBeforeAll, {1}, {kNever.ns - 1}, {kBeforeAll.ns + 1}, {-2}};
  for (const Time at : times) queue.push(at, 0, {});
  std::vector<Time> sorted = times;
  std::sort(sorted.begin(), sorted.end());
  for (const Time at : sorted) {
    EXPECT_EQ(queue.next_at(), at);
    EXPECT_EQ(queue.pop().at, at);
  }
}

// What an arrival between two events does: the next event is known, but an earlier one may still be pushed.
TEST(EventQueue, LookingAtTheNextEventDoesNotBarEarlierOnes) {
  EventQueue queue;
  queue.push(Time{100}, 0, event_for(0));
  EXPECT_EQ(queue.next_at(), Time{100});
  queue.push(Time{60}, 0, event_for(1));
  EXPECT_EQ(queue.next_at(), Time{60});
  EXPECT_EQ(queue.pop().target, 1U);
  queue.push(Time{60}, 0, event_for(2));
  EXPECT_EQ(queue.pop().target, 2U);
  EXPECT_EQ(queue.pop().target, 0U);
}

TEST(EventQueueDeathTest, ThePastIsClosed) {
  EventQueue queue;
  queue.push(Time{5}, 0, {});
  queue.pop();
  EXPECT_EXIT(queue.push(Time{4}, 0, {}), testing::ExitedWithCode(3), "CHECK");
}

TEST(EventQueueDeathTest, RanksAreFew) {
  EventQueue queue;
  EXPECT_EXIT(queue.push(Time{5}, EventQueue::kRanks, {}), testing::ExitedWithCode(3), "CHECK");
}

struct Later {
  bool operator()(const Event& a, const Event& b) const { return earlier(b, a); }
};

// Steps from one instant to later ones: often none, small ones, and any number of bits.
Duration random_step(Random& random, std::uint64_t most) {
  const std::uint64_t step = random.below(most);
  return {static_cast<std::int64_t>(random.bernoulli(0.3) ? step << random.below(40) : step)};
}

TEST(EventQueue, EqualsAPriorityQueueUnderRandomPushesAndPops) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Random random(seed, "event queue");
    const std::uint64_t distinct_times = 1 + random.below(40);
    const double push_share = 0.4 + 0.3 * random.uniform();
    Time now{-1000};  // of the event popped last: pushes go on from here
    EventQueue queue;
    std::priority_queue<Event, std::vector<Event>, Later> truth;
    std::uint64_t sequence = 0;
    for (int step = 0; step < 1500; ++step) {
      if (truth.empty() || random.bernoulli(push_share)) {
        const Time at = now + random_step(random, distinct_times);
        const auto rank = static_cast<std::uint8_t>(random.below(4));
        Event event = event_for(static_cast<std::uint32_t>(step));
        queue.push(at, rank, event);
        event.at = at;
        event.order = (std::uint64_t{rank} << 56U) | sequence++;
        truth.push(event);
      } else {
        ASSERT_EQ(queue.next_at(), truth.top().at) << "seed " << seed;
        ASSERT_EQ(queue.pop().target, truth.top().target) << "seed " << seed;
        now = truth.top().at;
        truth.pop();
      }
      ASSERT_EQ(queue.size(), truth.size());
      ASSERT_EQ(queue.empty(), truth.empty());
    }
  }
}

}  // namespace
}  // namespace seatrial
