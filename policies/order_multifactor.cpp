// multifactor: Slurm's priority/multifactor with Fair Tree. The priority is the sum of weights times factors in 0..1,
// of age, fair share, size and the job's own priority, cut to a whole number as there; larger first, then submit. It is
// worked out at the submit and again every calc_period, when what was used since is added to the decayed usage.
//
// A tenant is an account with its weight as shares; its users have equal shares. Usage is GPU-seconds of useful run
// time. Size is the job's part of the cluster's GPUs at the start of the run (Slurm with PriorityFavorSmall=NO, of GPUs
// alone); the job's priority over the largest of the workload stands for QOS. Partition, site and TRES factors have no
// counterpart. Weights default to those of the example in Slurm's documentation (from memory); Slurm's own are 0, which
// is fifo.
#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "policies/fair_tree.h"
#include "policies/registry.h"

namespace seatrial {
namespace {

struct Weights {
  double age = 1000;
  double fair_share = 10000;
  double size = 1000;
  double priority = 0;
  Duration longest_age;
  Duration half_life;
  Duration period;
};

class Multifactor final : public QueueOrder {
 public:
  Multifactor(const PolicyContext& context, const Weights& weights)
      : workload_(context.workload), weights_(weights), total_milli_(context.cluster.total_milli()) {
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> users;
    std::map<std::uint32_t, std::uint32_t> accounts;
    for (std::uint32_t row = 0; row < workload_.size(); ++row) {
      const JobId job{row};
      most_priority_ = std::max(most_priority_, workload_.priority(job));
      const std::uint32_t tenant = workload_.tenant(job).index;
      const bool weighed = tenant < context.tenant_weights.size();
      const auto [account, new_account] = accounts.try_emplace(tenant, static_cast<std::uint32_t>(tree_.size()));
      if (new_account) {
        tree_.push_back({FairTreeNode::kRoot, weighed ? context.tenant_weights[tenant] : 1, 0, false});
      }
      const auto [user, new_user] =
          users.try_emplace({tenant, workload_.user(job).index}, static_cast<std::uint32_t>(tree_.size()));
      if (new_user) tree_.push_back({account->second, 1, 0, true});
      user_of_.push_back(user->second);
    }
    charged_s_.resize(workload_.size(), 0);
    if (workload_.size() > 0) now_ = workload_.submit({0});
    factors_ = fair_tree_factors(tree_);
  }

  [[nodiscard]] OrderKey key(const JobView& view) const override {
    const double age_s = std::max(0.0, (std::max(now_, view.submit) - view.submit).seconds());
    const auto milli = static_cast<double>(workload_.request(view.job).total_milli());
    const double size = total_milli_ > 0 ? std::min(1.0, milli / static_cast<double>(total_milli_)) : 0;
    const double own = most_priority_ > 0 ? std::max(0.0, static_cast<double>(workload_.priority(view.job))) /
                                                static_cast<double>(most_priority_)
                                          : 0;
    const double priority = weights_.age * std::min(1.0, age_s / weights_.longest_age.seconds()) +
                            weights_.fair_share * factors_[user_of_[view.job.index]] + weights_.size * size +
                            weights_.priority * own;
    return {-static_cast<std::int64_t>(priority), view.submit.ns};
  }

  [[nodiscard]] Duration recalculates_every() const override { return weights_.period; }

  void recalculate(Time now, std::span<const JobView> running) override {
    // As in Slurm: d = 1 - 0.693 / half-life, to the power of the seconds that passed.
    const double decay = std::max(0.0, 1 - 0.693 / weights_.half_life.seconds());
    const double kept = std::pow(decay, std::max(0.0, (now - now_).seconds()));
    for (FairTreeNode& node : tree_) node.usage *= kept;
    for (const JobView& view : running) charge(view.job, view.executed);
    for (const auto& [user, usage] : ended_) tree_[user].usage += usage;
    ended_.clear();
    now_ = now;
    factors_ = fair_tree_factors(tree_);
  }

  [[nodiscard]] bool learns() const override { return true; }
  void learn(const JobView& view, Duration real_total) override {
    ended_.emplace_back(user_of_[view.job.index], uncharged_s(view.job, real_total));
  }

 private:
  [[nodiscard]] double uncharged_s(JobId job, Duration executed) const {
    const auto milli = static_cast<double>(workload_.request(job).total_milli());
    return std::max(0.0, executed.seconds() * milli / 1000 - charged_s_[job.index]);
  }

  void charge(JobId job, Duration executed) {
    const double more_s = uncharged_s(job, executed);
    charged_s_[job.index] += more_s;
    tree_[user_of_[job.index]].usage += more_s;
  }

  const Workload& workload_;
  Weights weights_;
  std::int64_t total_milli_;
  std::int32_t most_priority_ = 0;
  Time now_;                                             // of the last calculation
  std::vector<FairTreeNode> tree_;                       // a tenant, then its users as they come; usage in GPU-s
  std::vector<std::uint32_t> user_of_;                   // by job
  std::vector<double> charged_s_;                        // by job: GPU-s of it that are in the usage
  std::vector<std::pair<std::uint32_t, double>> ended_;  // since the last calculation: user, GPU-s
  std::vector<double> factors_;                          // by node of the tree
};

ParameterDoc weight_doc(const char* name, const char* meaning, const char* fallback) {
  return {name, meaning, "1", ParameterDoc::Kind::Number, 0, 1e9, fallback};
}

ParameterDoc time_doc(const char* name, const char* meaning, const char* fallback) {
  return {name, meaning, "s", ParameterDoc::Kind::Duration, 1, 1e9, fallback};
}

Weights weights_of(const Parameters& parameters) {
  constexpr double kWeek_s = 7.0 * 86400;
  Weights weights;
  weights.age = parameters.number("age", weights.age);
  weights.fair_share = parameters.number("fair_share", weights.fair_share);
  weights.size = parameters.number("size", weights.size);
  weights.priority = parameters.number("priority", weights.priority);
  weights.longest_age = duration_from_seconds(parameters.number("longest_age", kWeek_s));
  weights.half_life = duration_from_seconds(parameters.number("half_life", kWeek_s));
  weights.period = duration_from_seconds(parameters.number("calc_period", 300));
  return weights;
}

}  // namespace

OrderRegistration order_multifactor() {
  OrderRegistration entry;
  entry.doc = {
      "order",
      "multifactor",
      "Largest priority by age, fair share, size and the job's own first (Slurm multifactor, Fair Tree).",
      {weight_doc("age", "weight of the wait over longest_age", "1000"),
       weight_doc("fair_share", "weight of the user's rank in the Fair Tree", "10000"),
       weight_doc("size", "weight of the part of the cluster's GPUs", "1000"),
       weight_doc("priority", "weight of the job's priority over the largest", "0"),
       time_doc("longest_age", "wait from which on age counts no more", "7d"),
       time_doc("half_life", "of past usage", "7d"), time_doc("calc_period", "between two calculations", "5m")}};
  entry.changes_keys = true;
  entry.make = [](const PolicyContext& context, const Parameters& parameters) -> std::unique_ptr<QueueOrder> {
    return std::make_unique<Multifactor>(context, weights_of(parameters));
  };
  return entry;
}

}  // namespace seatrial
