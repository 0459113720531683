// The event queue against std::priority_queue, with many ties, and its order at one instant.
#include "sim/event_queue.h"

#include <gtest/gtest.h>

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
  queue.push(Time{-1}, 255, event_for(4));
  queue.push(Time{5}, 0, event_for(5));
  std::vector<std::uint32_t> order;
  while (!queue.empty()) order.push_back(queue.pop().target);
  EXPECT_EQ(order, (std::vector<std::uint32_t>{4, 2, 1, 5, 0, 3}));
}

TEST(EventQueue, KeepsWhatTheEventCarries) {
  EventQueue queue;
  Event pushed = event_for(17);
  pushed.kind = 4;
  pushed.version = 65535;
  queue.push(kNever, 3, pushed);
  EXPECT_EQ(queue.top().at, kNever);
  const Event event = queue.pop();
  EXPECT_EQ(std::tuple(event.target, event.kind, event.version), std::tuple(17U, 4, 65535));
  EXPECT_TRUE(queue.empty());
}

struct Later {
  bool operator()(const Event& a, const Event& b) const { return earlier(b, a); }
};

TEST(EventQueue, EqualsAPriorityQueueUnderRandomPushesAndPops) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Random random(seed, "event queue");
    const std::uint64_t distinct_times = 1 + random.below(40);
    const double push_share = 0.4 + 0.3 * random.uniform();
    EventQueue queue;
    std::priority_queue<Event, std::vector<Event>, Later> truth;
    std::uint64_t sequence = 0;
    for (int step = 0; step < 1500; ++step) {
      if (truth.empty() || random.bernoulli(push_share)) {
        const Time at{static_cast<std::int64_t>(random.below(distinct_times)) - 10};
        const auto rank = static_cast<std::uint8_t>(random.below(4));
        Event event = event_for(static_cast<std::uint32_t>(step));
        queue.push(at, rank, event);
        event.at = at;
        event.order = (std::uint64_t{rank} << 56U) | sequence++;
        truth.push(event);
      } else {
        ASSERT_EQ(queue.top().target, truth.top().target) << "seed " << seed;
        ASSERT_EQ(queue.pop().target, truth.top().target) << "seed " << seed;
        truth.pop();
      }
      ASSERT_EQ(queue.size(), truth.size());
      ASSERT_EQ(queue.empty(), truth.empty());
    }
  }
}

}  // namespace
}  // namespace seatrial
