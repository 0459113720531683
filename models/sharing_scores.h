// What a placement score needs to know about sharing, as pure functions: the work that is lost if a job joins a device
// (`interference-aware`), and the rules of Lucid's packing. A registry entry of policies/ calls them per candidate.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/speed_model.h"

namespace seatrial {

// What joining a device costs. Losses are shares of what each job would do alone on a whole GPU of that type, in units
// of 2^-48, summed over jobs: a job that is fast there weighs no more than a slow one.
struct JoinCost {
  Rate own;             // the newcomer's rate there, relative to the reference GPU
  Rate own_lost;        // by how much that is below its rate alone on a whole GPU of that type
  Rate others_lost;     // by how much the jobs that are there would slow down together
  bool can_run = true;  // false: with one of them it was measured not to run, or not on this GPU type at all

  [[nodiscard]] Rate lost() const { return {own_lost.units + others_lost.units}; }
};

// A device that a newcomer may join.
struct JoinQuestion {
  DeviceKind kind;
  std::span<const Sharer> sharers;  // fewer than SpeedModel::kMaxSharers
  Sharer newcomer;
};

// Answers questions one after another; keeps its working memory, so that an answer does not allocate.
class JoinCosts {
 public:
  // The model outlives this.
  explicit JoinCosts(const SpeedModel& model) : model_(model) {}
  // The expected total loss of rate of placing the newcomer there. Two questions to the model.
  [[nodiscard]] JoinCost of(const JoinQuestion& question);

 private:
  const SpeedModel& model_;
  std::vector<Sharer> together_;
  std::vector<Rate> before_;
  std::vector<Rate> after_;
};

// The loss as a score, 0..100 as NodeScore wants it: 100 = nobody loses anything, 0 = as much is lost as one job at
// full speed does, or it cannot run there. Rounded down, in integers.
[[nodiscard]] std::int32_t interference_score(const JoinCost& cost);

// Lucid (ASPLOS 2023; its simulator's policy/lucid.py), as recorded in policies.md section 6.
enum class LucidClass : std::uint8_t { Tiny, Medium, Jumbo };  // sharing scores 0, 1, 2

// Where the classes end. The simulator's figures are not in our references: these two are assumed, give your own.
struct LucidThresholds {
  double tiny_utilisation = 0.25;    // below: tiny
  double medium_utilisation = 0.75;  // below: medium, else jumbo
};
// By SM use, or memory use if that is higher; both shares of the GPU.
[[nodiscard]] LucidClass lucid_class(double sm_utilisation, double memory_utilisation, const LucidThresholds& at);

struct LucidJob {
  std::uint32_t gpus = 1;
  std::int64_t memory_mib = 0;  // per GPU
  LucidClass sharing_class = LucidClass::Medium;
  double priority = 0;  // estimated run time x GPUs, in GPU-s: lower goes first
};

struct LucidLimits {
  std::int64_t memory_mib = 24'576;  // of a GPU, for both jobs
  std::uint32_t gpus = 8;            // larger gangs never share
  std::int32_t score_sum = 2;        // of the two sharing classes
  double priority_ratio = 2;         // the queued job's priority over the running one's
};

// Whether a queued job may join a running one that has its GPUs to itself; at most two share.
[[nodiscard]] bool lucid_may_join(const LucidJob& queued, const LucidJob& running, const LucidLimits& limits);

// Sharing is on unless few jobs are coming: off when the mean of the predicted numbers of GPU jobs of the next
// intervals (Lucid: five of 10 minutes) is at most `quiet` (Lucid: 2). On without a prediction.
[[nodiscard]] bool lucid_sharing_is_on(std::span<const double> predicted_arrivals, double quiet);

}  // namespace seatrial
