// Keys of the orders: who of two jobs is first, and when a running job's key changes by itself.
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "policies/keys.h"
#include "policies/registry.h"

namespace seatrial {
namespace {

constexpr std::int64_t kSecond = kNsPerSecond;

class Order {
 public:
  explicit Order(const char* name, std::vector<std::pair<std::string, std::vector<double>>> values = {},
                 Workload workload = {})
      : workload_(std::move(workload)) {
    Parameters parameters;
    for (auto& [key, numbers] : values) parameters.set(key, numbers);
    order_ = find_order(name)->make({workload_, cluster_, nullptr, random_}, parameters);
  }
  [[nodiscard]] OrderKey key(const JobView& view) const { return order_->key(view); }
  [[nodiscard]] double crossing_s(const JobView& view) const {
    const auto crossing = order_->next_crossing(view);
    return crossing ? crossing->seconds() : -1;
  }
  void learn(const JobView& view, Duration real) { order_->learn(view, real); }

 private:
  Workload workload_;
  Cluster cluster_{ClusterSpec{}, false};
  Random random_{1, "orders"};
  std::unique_ptr<QueueOrder> order_;
};

JobView view_of(std::uint32_t gpus, std::int64_t executed_s, bool running = false) {
  JobView view;
  view.job = JobId{0};
  view.gpus = gpus;
  view.executed = {executed_s * kSecond};
  view.known_total = {1000 * kSecond};
  view.known_remaining = view.known_total - view.executed;
  view.running = running;
  return view;
}

TEST(OrderKeys, ProductsAreExactBeyond64Bits) {
  EXPECT_LT(product_key(INT64_MAX, 3), product_key(INT64_MAX, 4));
  EXPECT_LT(product_key(INT64_MAX - 1, 4), product_key(INT64_MAX, 4));
  EXPECT_EQ(product_key(6, 2), product_key(4, 3));
  EXPECT_EQ(product_key(INT64_MAX, 2), (OrderKey{1, INT64_MAX - 1}));
}

TEST(OrderKeys, AttainedServiceSaturates) {
  JobView view = view_of(4, 10);
  EXPECT_EQ(attained_gpu_ns(view), 40 * kSecond);
  view.executed = {INT64_MAX / 2};
  EXPECT_EQ(attained_gpu_ns(view), INT64_MAX);
  view.gpus = 0;
  EXPECT_EQ(attained_gpu_ns(view), INT64_MAX / 2) << "a cpu job counts as one";
}

TEST(OrderKeys, TimeToServiceRoundsUp) {
  const JobView view = view_of(3, 0);
  EXPECT_EQ(time_to_service(view, 10).ns, 4);
  EXPECT_EQ(time_to_service(view, 9).ns, 3);
  EXPECT_EQ(time_to_service(view, 0).ns, 1) << "never now";
}

TEST(OrderKeys, PlainOrders) {
  JobView small = view_of(1, 0);
  JobView large = view_of(8, 0);
  EXPECT_EQ(Order("fifo").key(small), Order("fifo").key(large));
  EXPECT_LT(Order("smallest-first").key(small), Order("smallest-first").key(large));
  large.known_total = {10 * kSecond};
  EXPECT_LT(Order("sjf").key(large), Order("sjf").key(small));
}

TEST(OrderKeys, RemainingTimeAndService) {
  const Order srtf("srtf");
  const Order srsf("srsf");
  EXPECT_LT(srtf.key(view_of(8, 20)), srtf.key(view_of(1, 10)));
  EXPECT_LT(srsf.key(view_of(1, 10)), srsf.key(view_of(8, 20)));
  EXPECT_LT(srtf.key(view_of(1, 10, true)), srtf.key(view_of(1, 10))) << "a running job stays on a tie";
  EXPECT_EQ(srtf.crossing_s(view_of(1, 10, true)), -1);
}

TEST(OrderKeys, LasCountsQuanta) {
  const Order las("las", {{"quantum_gpu_s", {100}}});
  EXPECT_LT(las.key(view_of(1, 99)), las.key(view_of(1, 100)));
  EXPECT_EQ(las.key(view_of(1, 0)), las.key(view_of(1, 99)));
  EXPECT_LT(las.key(view_of(1, 99, true)), las.key(view_of(1, 0)));
  EXPECT_LT(las.key(view_of(1, 150)), las.key(view_of(4, 50)));
  EXPECT_EQ(las.crossing_s(view_of(1, 30, true)), 70);
  EXPECT_EQ(las.crossing_s(view_of(4, 30, true)), 20) << "from 120 to 200 GPU-s on four GPUs";
  EXPECT_EQ(las.crossing_s(view_of(1, 100, true)), 100);
}

TEST(OrderKeys, TiresiasServesQueuesInOrder) {
  const Order tiresias("tiresias", {{"thresholds_gpu_s", {7200, 3250}}});
  JobView fresh = view_of(1, 0);
  fresh.submit = {50};
  EXPECT_LT(tiresias.key(view_of(1, 3249)), tiresias.key(view_of(1, 3250)));
  EXPECT_LT(tiresias.key(view_of(1, 7199)), tiresias.key(view_of(1, 7200)));
  EXPECT_EQ(tiresias.key(view_of(1, 100)), tiresias.key(view_of(1, 200)));
  EXPECT_LT(tiresias.key(view_of(1, 100)), tiresias.key(fresh)) << "first come, first served inside a queue";
  JobView running = view_of(1, 100, true);
  running.last_start = {90};
  EXPECT_LT(tiresias.key(running), tiresias.key(view_of(1, 100)));
  EXPECT_EQ(tiresias.crossing_s(view_of(2, 0, true)), 1625);
  EXPECT_EQ(tiresias.crossing_s(view_of(1, 3250, true)), 3950);
  EXPECT_EQ(tiresias.crossing_s(view_of(1, 9000, true)), -1);
}

Workload workload_of_services(const std::vector<std::int64_t>& durations_s, const char* user = "") {
  WorkloadBuilder builder;
  for (const std::int64_t duration : durations_s) {
    JobRecord record;
    record.row = builder.size();
    record.gpus = 1;
    record.duration_ns = duration * kSecond;
    record.user = user;
    builder.add(record);
  }
  return builder.build();
}

// Half the jobs end within the first 10 GPU-s; the others need 100: after 10 s the chance to end soon is nil, just
// before 100 s it is certain.
TEST(OrderKeys, GittinsPrefersWhoIsLikelyToEndSoon) {
  const Order gittins("gittins", {{"quantum_gpu_s", {10}}, {"thresholds_gpu_s", {1000}}},
                      workload_of_services({5, 5, 5, 100, 100, 100}));
  EXPECT_LT(gittins.key(view_of(1, 0)), gittins.key(view_of(1, 10)));
  EXPECT_LT(gittins.key(view_of(1, 90)), gittins.key(view_of(1, 0))) << "certain to end within the quantum";
  EXPECT_EQ(gittins.key(view_of(1, 20)), gittins.key(view_of(1, 30))) << "equal chances";
  EXPECT_EQ(gittins.crossing_s(view_of(1, 3, true)), 7);
  EXPECT_EQ(gittins.crossing_s(view_of(1, 995, true)), 5);
  EXPECT_EQ(gittins.crossing_s(view_of(1, 1000, true)), -1) << "the last queue is first come, first served";
}

TEST(OrderKeys, QssfPredictsFromTheUsersPast) {
  Order qssf("qssf", {}, workload_of_services({100, 100, 100}, "u"));
  JobView view = view_of(2, 0);
  view.known_total = {50 * kSecond};
  EXPECT_EQ(qssf.key(view), product_key(50 * kSecond, 2)) << "nobody's past: the known run time";
  qssf.learn(view_of(2, 0), {10 * kSecond});
  qssf.learn(view_of(2, 0), {30 * kSecond});
  EXPECT_EQ(qssf.key(view), product_key(20 * kSecond, 2));
  qssf.learn(view_of(1, 0), {80 * kSecond});
  view.gpus = 4;
  EXPECT_EQ(qssf.key(view), product_key(40 * kSecond, 4)) << "no job as wide: all of the user's";
  Order mixed("qssf", {{"model_weight", {0.5}}}, workload_of_services({100}, "u"));
  mixed.learn(view_of(4, 0), {10 * kSecond});
  EXPECT_EQ(mixed.key(view), product_key(30 * kSecond, 4));
}

}  // namespace
}  // namespace seatrial
