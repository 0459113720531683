// The queue of kube-scheduler by itself: who is active, who rests, and until when.
#include "policies/back_off_queue.h"

#include <gtest/gtest.h>

namespace seatrial {
namespace {

Time at(double s) { return Time{0} + duration_from_seconds(s); }

TEST(BackOffQueue, PopsByPriorityAndThenByJoining) {
  BackOffQueue queue({}, at(0));
  queue.join(0, 1);
  queue.join(1, 5);
  queue.join(2, 1);
  EXPECT_EQ(queue.pop(), 1U);
  EXPECT_EQ(queue.pop(), 0U);
  EXPECT_EQ(queue.pop(), 2U);
  EXPECT_EQ(queue.pop(), std::nullopt);
}

TEST(BackOffQueue, AFailedUnitWaitsForAWakeAndForItsBackOff) {
  BackOffQueue queue({}, at(0.25));
  queue.join(0, 0);
  queue.failed(*queue.pop(), at(10));
  EXPECT_EQ(queue.next_tick(at(10)), std::nullopt) << "nothing was freed: it rests unseen";
  queue.wake(at(10.5));
  EXPECT_EQ(queue.pop(), std::nullopt);
  EXPECT_EQ(queue.next_tick(at(10.5)), at(11.25)) << "its back-off is over at 11, the timer ticks later";
  queue.tick(at(11.25));
  EXPECT_EQ(queue.pop(), 0U);
}

TEST(BackOffQueue, AWakeAfterTheBackOffActivatesAtOnceInTheOrderOfFailures) {
  BackOffQueue queue({}, at(0));
  queue.join(0, 0);
  queue.join(1, 0);
  (void)queue.pop();
  (void)queue.pop();
  queue.failed(1, at(1));
  queue.failed(0, at(1));
  queue.wake(at(5));
  EXPECT_EQ(queue.pop(), 1U);
  EXPECT_EQ(queue.pop(), 0U);
}

TEST(BackOffQueue, AUnitThatIsCreatedAnewHasNoFailures) {
  BackOffQueue queue({}, at(0));
  queue.join(0, 0);
  for (int i = 0; i < 4; ++i) {
    queue.failed(*queue.pop(), at(100 * i));
    queue.wake(at(100 * i + 50));
  }
  (void)queue.pop();
  queue.join(0, 0);
  queue.failed(*queue.pop(), at(1000));
  queue.wake(at(1000.5));
  EXPECT_EQ(queue.next_tick(at(1000.5)), at(1001));
}

}  // namespace
}  // namespace seatrial
