// What quotas did: GPU time that queues used, borrowed and lent, and how long it took to get quota back. An observer of
// facts, attached where a scenario has quotas; the summary is made of it. Cost: per instant at which quota changes
// hands the queues of that tree times the GPU resources.
//
// A queue borrows what it uses beyond its nominal quota. What is borrowed in a tree is lent by those, queues and
// cohorts, whose quota is not in use and may be lent, each in proportion to it: Kueue does not say whose quota it is.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "models/fact.h"
#include "models/quota_tree.h"
#include "sim/time.h"

namespace seatrial {

struct QuotaMetricsOptions {
  QuotaTreeSpec tree;
  std::vector<bool> counts_gpus;       // by FlavorResourceId; others are left out
  std::uint32_t own_queue_reason = 0;  // of an Evicted fact: within one queue, nothing is reclaimed
  std::uint64_t jobs = 0;
};

// Integrals of one cluster queue or cohort over the run.
struct QueueUse {
  std::string name;
  bool is_cohort = false;
  double nominal_gpus = 0;
  double used_gpu_s = 0;
  double borrowed_gpu_s = 0;
  double lent_gpu_s = 0;
  std::uint64_t admitted = 0;
  std::uint64_t evicted = 0;
};

class QuotaMetrics final : public Observer {
 public:
  explicit QuotaMetrics(QuotaMetricsOptions options);

  void observe(std::span<const Fact> facts) override;
  void finish(Time end) override;

  // After finish(). By QuotaNodeId.
  [[nodiscard]] const std::vector<QueueUse>& queues() const { return queues_; }
  // From the first eviction for a job of another queue's quota until that job was admitted, in seconds.
  [[nodiscard]] const std::vector<double>& reclaims_s() const { return reclaims_s_; }
  [[nodiscard]] std::uint64_t evictions() const { return evictions_; }

 private:
  struct Rates {
    std::int64_t used_milli = 0;
    double borrowed_milli = 0;
    double lent_milli = 0;
  };
  struct Tree {
    std::vector<std::uint32_t> nodes;
    Time since;  // rates hold from here on
    bool changed = false;
  };
  [[nodiscard]] std::size_t cell(std::uint32_t node, std::uint32_t of) const {
    return std::size_t{node} * options_.tree.flavor_resources.size() + of;
  }
  void change(const Fact& fact, std::int64_t by);
  void advance(Time now);
  void accumulate(Tree& tree, Time now);
  void set_rates(const Tree& tree);
  void lend(const Tree& tree, std::uint32_t of);

  QuotaMetricsOptions options_;
  std::vector<QueueUse> queues_;
  std::vector<Rates> rates_;               // by node
  std::vector<std::int64_t> usage_milli_;  // by node and flavor resource
  std::vector<std::int64_t> nominal_;      // the same
  std::vector<std::int64_t> lendable_;     // the same: of the nominal quota, what may be lent at most
  std::vector<std::uint32_t> tree_of_;     // by node
  std::vector<Tree> trees_;
  std::vector<std::uint32_t> changed_;  // trees whose rates are to be worked out again
  std::vector<std::uint32_t> queue_of_job_;
  std::map<std::uint32_t, Time> reclaiming_;  // by preemptor: since when
  std::vector<double> reclaims_s_;
  std::uint64_t evictions_ = 0;
  Time now_;
};

}  // namespace seatrial
