// The waiting jobs of one queue in service order, the first of them with reservations. A plan that still holds is
// continued, not made again, and it ends where no later job could start now; queue order is all it knows of jobs.
// Used by conservative backfilling (scheduler_conservative.h), which decides when a plan holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <queue>
#include <vector>

#include "models/ids.h"
#include "policies/wait_lane.h"
#include "sim/time.h"

namespace seatrial {

class QueuePlan {
 public:
  struct Row {
    WaitItem item;
    std::uint32_t gpus = 0;
    PoolId pool;        // of the reservation
    Time at = kNever;   // when it begins; kNever: it waits for capacity that is still to come, or has none yet
    bool gone = false;  // started
  };
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};

  // A job joins at its place in the order. False if that is among jobs with reservations: the plan holds no more.
  [[nodiscard]] bool add(const WaitItem& item, std::uint32_t gpus);
  // Drops all reservations.
  void restart();

  // The first row without a reservation; kNone if there is none. Rows keep their numbers until add() or restart().
  [[nodiscard]] std::uint64_t next();
  [[nodiscard]] const Row& row(std::uint64_t number) const { return rows_[number - base_]; }
  // The next() row has this reservation.
  void reserve(Time at, PoolId pool);
  // The first waiting row with a reservation; kNone if there is none.
  [[nodiscard]] std::uint64_t head();
  // The earliest reservation; kNever if there is none.
  [[nodiscard]] Time first_due() const { return due_.empty() ? kNever : due_.top().at; }
  // Takes the rows whose reservation begins at this instant, in order.
  [[nodiscard]] std::vector<std::uint64_t> take_due(Time now);
  // The row's job has started.
  void start(std::uint64_t number);

  // The least among rows not before that one: no such job is smaller or shorter. Rows that started may still count.
  struct Least {
    std::uint32_t gpus = UINT32_MAX;
    std::int64_t estimate_ns = INT64_MAX;
    void take(const Least& other);
  };
  [[nodiscard]] Least least_of_all() const { return all_; }  // O(1), may be lower than need be
  [[nodiscard]] Least least_from(std::uint64_t number);

 private:
  static constexpr std::size_t kBlock = 64;
  struct Due {
    Time at;
    std::uint64_t row = 0;
    bool operator<(const Due& other) const { return at != other.at ? other.at < at : other.row < row; }
  };
  std::vector<Row> rows_;
  std::uint64_t base_ = 0;   // number of rows_[0]
  std::size_t planned_ = 0;  // rows with a reservation, or that can have none
  std::size_t head_ = 0;
  std::size_t gone_ = 0;
  std::size_t gone_since_suffix_ = 0;
  std::priority_queue<Due> due_;
  Least all_;
  std::vector<Least> suffix_;  // by block of rows: from its first row on
  bool suffix_known_ = false;
};

}  // namespace seatrial
