// Costs and rules of joining a device; see sharing_scores.h.
#include "models/sharing_scores.h"

#include <algorithm>
#include <numeric>

#include "sim/wide.h"

namespace seatrial {
namespace {

// By how much a rate falls, as a share of another one; nothing where the job could not run anyway.
Rate shortfall(Rate from, Rate to, Rate alone) {
  if (from.units <= to.units || alone == kStalled) return kStalled;
  return {static_cast<std::uint64_t>(UInt128{from.units - to.units} * kFullRate.units / alone.units)};
}

bool can_run_beside(const SpeedModel& model, const JoinQuestion& question) {
  const auto& [kind, sharers, newcomer] = question;
  if (model.exclusive(kind.gpu, newcomer.workload) == kStalled) return false;
  if (kind.mode == SharingMode::Mig) return true;  // memory of its own: pairs that failed together do not matter
  const std::uint16_t gpu = kind.gpu;
  const std::uint16_t mine = newcomer.workload;
  return std::all_of(sharers.begin(), sharers.end(), [&](const Sharer& sharer) {
    return model.tables().can_pair(gpu, mine, sharer.workload) && model.tables().can_pair(gpu, sharer.workload, mine);
  });
}

}  // namespace

JoinCost JoinCosts::of(const JoinQuestion& question) {
  const auto& [kind, sharers, newcomer] = question;
  JoinCost cost;
  cost.can_run = can_run_beside(model_, question);
  together_.assign(sharers.begin(), sharers.end());
  together_.push_back(newcomer);
  before_.resize(together_.size());
  after_.resize(together_.size());
  model_.rates(kind, sharers, before_);
  model_.rates(kind, together_, after_);
  for (std::size_t i = 0; i < sharers.size(); ++i) {
    const Rate alone = model_.exclusive(kind.gpu, sharers[i].workload);
    cost.others_lost.units += shortfall(before_[i], after_[i], alone).units;
  }
  const Rate alone = model_.exclusive(kind.gpu, newcomer.workload);
  cost.own = after_.back();
  cost.own_lost = shortfall(alone, cost.own, alone);
  return cost;
}

std::int32_t interference_score(const JoinCost& cost) {
  const std::uint64_t lost = cost.lost().units;
  if (!cost.can_run || lost >= kFullRate.units) return 0;
  return static_cast<std::int32_t>(UInt128{100} * (kFullRate.units - lost) / kFullRate.units);
}

LucidClass lucid_class(double sm_utilisation, double memory_utilisation, const LucidThresholds& at) {
  const double use = std::max(sm_utilisation, memory_utilisation);
  if (use < at.tiny_utilisation) return LucidClass::Tiny;
  return use < at.medium_utilisation ? LucidClass::Medium : LucidClass::Jumbo;
}

bool lucid_may_join(const LucidJob& queued, const LucidJob& running, const LucidLimits& limits) {
  const auto score = static_cast<std::int32_t>(queued.sharing_class) + static_cast<std::int32_t>(running.sharing_class);
  return queued.gpus == running.gpus && queued.gpus <= limits.gpus &&
         queued.memory_mib + running.memory_mib <= limits.memory_mib && score <= limits.score_sum &&
         queued.priority <= limits.priority_ratio * running.priority;
}

bool lucid_sharing_is_on(std::span<const double> predicted_arrivals, double quiet) {
  if (predicted_arrivals.empty()) return true;
  const double sum = std::accumulate(predicted_arrivals.begin(), predicted_arrivals.end(), 0.0);
  return sum / static_cast<double>(predicted_arrivals.size()) > quiet;
}

}  // namespace seatrial
