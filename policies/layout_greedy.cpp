// The greedy method of the optimizing partitioner and the bound that tells how far it may be from the best.
#include <algorithm>
#include <cmath>
#include <queue>
#include <tuple>
#include <utility>

#include "policies/layout_choices.h"

namespace seatrial {
namespace {

// Demand that is not met yet, and what one more GPU with a choice is worth against it.
class OpenDemand {
 public:
  OpenDemand(std::span<const MigDemand> demand, const OptimizeRule& rule)
      : left_(demand.begin(), demand.end()), rule_(rule) {}

  [[nodiscard]] std::int64_t gain(const LayoutChoice& choice) const {
    std::int64_t value = -choice.cost;
    for (std::size_t profile = 0; profile < left_.size(); ++profile) {
      if (choice.free[profile] > 0) value += served_value(left_[profile], choice.free[profile], rule_);
    }
    return value;
  }

  // How many GPUs in a row gain the same: until some queue or forecast runs short.
  [[nodiscard]] std::uint32_t equal_gains(const LayoutChoice& choice) const {
    std::uint32_t times = 0xffffffffU;
    for (std::size_t profile = 0; profile < left_.size(); ++profile) {
      const std::uint32_t free = choice.free[profile];
      const std::uint32_t open = left_[profile].queued > 0 ? left_[profile].queued : left_[profile].forecast;
      if (free > 0 && open > 0) times = std::min(times, std::max(1U, open / free));
    }
    return times;
  }

  void take(const LayoutChoice& choice, std::uint32_t times) {
    for (std::size_t profile = 0; profile < left_.size(); ++profile) {
      std::uint64_t supply = std::uint64_t{choice.free[profile]} * times;
      MigDemand& open = left_[profile];
      const auto queued = static_cast<std::uint32_t>(std::min<std::uint64_t>(supply, open.queued));
      open.queued -= queued;
      supply -= queued;
      open.forecast -= static_cast<std::uint32_t>(std::min<std::uint64_t>(supply, open.forecast));
    }
  }

 private:
  std::vector<MigDemand> left_;
  OptimizeRule rule_;
};

struct Best {
  std::int64_t gain = 0;
  std::uint32_t group = 0;
  std::uint32_t choice = 0;

  bool operator<(const Best& other) const {  // for a heap with the largest gain, then the lowest group, on top
    return std::tie(gain, other.group) < std::tie(other.gain, group);
  }
};

Best best_choice(const LayoutGroup& group, std::uint32_t index, const OpenDemand& open) {
  Best best{open.gain(group.choices[0]), index, 0};
  for (std::uint32_t i = 1; i < group.choices.size(); ++i) {
    const std::int64_t gain = open.gain(group.choices[i]);
    if (gain > best.gain) best = {gain, index, i};
  }
  return best;
}

// Supply by profile, kept while single GPUs move between choices.
class Supply {
 public:
  Supply(const LayoutChoices& choices, const LayoutPlan& plan, std::span<const MigDemand> demand,
         const OptimizeRule& rule)
      : demand_(demand), rule_(rule), supply_(demand.size(), 0) {
    for (std::size_t group = 0; group < plan.size(); ++group) {
      for (std::size_t i = 0; i < plan[group].size(); ++i) {
        for (std::size_t profile = 0; profile < demand.size(); ++profile) {
          supply_[profile] += std::int64_t{choices.groups[group].choices[i].free[profile]} * plan[group][i];
        }
      }
    }
  }

  [[nodiscard]] std::int64_t gain(const LayoutChoice& from, const LayoutChoice& to) const {
    std::int64_t value = from.cost - to.cost;
    for (std::size_t profile = 0; profile < supply_.size(); ++profile) {
      const int change = int{to.free[profile]} - int{from.free[profile]};
      if (change == 0) continue;
      const auto before = static_cast<std::uint64_t>(supply_[profile]);
      const auto after = static_cast<std::uint64_t>(supply_[profile] + change);
      value += served_value(demand_[profile], after, rule_) - served_value(demand_[profile], before, rule_);
    }
    return value;
  }

  void move(const LayoutChoice& from, const LayoutChoice& to) {
    for (std::size_t profile = 0; profile < supply_.size(); ++profile) {
      supply_[profile] += int{to.free[profile]} - int{from.free[profile]};
    }
  }

 private:
  std::span<const MigDemand> demand_;
  OptimizeRule rule_;
  std::vector<std::int64_t> supply_;
};

// The choice that a GPU would best move to from `from`; `from` itself if no move helps.
std::size_t best_move(const std::vector<LayoutChoice>& list, std::size_t from, const Supply& supply) {
  std::size_t best = from;
  std::int64_t best_gain = 0;
  for (std::size_t to = 0; to < list.size(); ++to) {
    const std::int64_t gain = supply.gain(list[from], list[to]);
    if (gain > best_gain) {
      best = to;
      best_gain = gain;
    }
  }
  return best;
}

// One pass over all groups: moves GPUs one by one from a choice to a better one. False if nothing moved.
bool improve(const LayoutChoices& choices, LayoutPlan& plan, Supply& supply) {
  bool moved = false;
  for (std::size_t group = 0; group < plan.size(); ++group) {
    const std::vector<LayoutChoice>& list = choices.groups[group].choices;
    for (std::size_t from = 0; from < list.size(); ++from) {
      while (plan[group][from] > 0) {
        const std::size_t to = best_move(list, from, supply);
        if (to == from) break;
        supply.move(list[from], list[to]);
        --plan[group][from];
        ++plan[group][to];
        moved = true;
      }
    }
  }
  return moved;
}

// The Lagrangian bound at some prices of instances, and by how much more would be served than supplied.
struct Relaxed {
  double bound = 0;
  std::vector<double> excess;  // by profile
};

// The most valuable choice at these prices.
std::pair<const LayoutChoice*, double> dearest(const LayoutGroup& group, const std::vector<double>& price) {
  const LayoutChoice* chosen = nullptr;
  double most = 0;
  for (const LayoutChoice& choice : group.choices) {
    double worth = -static_cast<double>(choice.cost);
    for (std::size_t profile = 0; profile < price.size(); ++profile) worth += price[profile] * choice.free[profile];
    if (chosen != nullptr && worth <= most) continue;
    most = worth;
    chosen = &choice;
  }
  return {chosen, most};
}

Relaxed relax(const LayoutChoices& choices, std::span<const MigDemand> demand, const OptimizeRule& rule,
              const std::vector<double>& price) {
  Relaxed relaxed{0, std::vector<double>(demand.size(), 0)};
  for (std::size_t profile = 0; profile < demand.size(); ++profile) {
    const MigDemand& open = demand[profile];
    const double queued = 100.0 * open.value - price[profile];
    const double forecast = static_cast<double>(rule.forecast_percent) * open.value - price[profile];
    if (queued > 0) relaxed.bound += queued * open.queued;
    if (forecast > 0) relaxed.bound += forecast * open.forecast;
    relaxed.excess[profile] = (queued > 0 ? open.queued : 0.0) + (forecast > 0 ? open.forecast : 0.0);
  }
  for (const LayoutGroup& group : choices.groups) {
    const auto [chosen, most] = dearest(group, price);
    const auto gpus = static_cast<double>(group.members.size());
    relaxed.bound += most * gpus;
    for (std::size_t profile = 0; profile < demand.size(); ++profile) {
      relaxed.excess[profile] -= chosen->free[profile] * gpus;
    }
  }
  return relaxed;
}

}  // namespace

LayoutPlan greedy_plan(const LayoutChoices& choices, std::span<const MigDemand> demand, const OptimizeRule& rule) {
  OpenDemand open(demand, rule);
  LayoutPlan plan;
  std::vector<std::uint32_t> left;
  std::priority_queue<Best> queue;
  for (std::uint32_t group = 0; group < choices.groups.size(); ++group) {
    plan.emplace_back(choices.groups[group].choices.size(), 0);
    left.push_back(static_cast<std::uint32_t>(choices.groups[group].members.size()));
    queue.push(best_choice(choices.groups[group], group, open));
  }
  while (!queue.empty()) {
    const Best top = queue.top();
    queue.pop();
    const LayoutGroup& group = choices.groups[top.group];
    const Best now = best_choice(group, top.group, open);
    if (!queue.empty() && now < queue.top()) {
      queue.push(now);
      continue;
    }
    const LayoutChoice& choice = group.choices[now.choice];
    const std::uint32_t times = std::min(left[now.group], open.equal_gains(choice));
    plan[now.group][now.choice] += times;
    open.take(choice, times);
    left[now.group] -= times;
    if (left[now.group] > 0) queue.push(best_choice(group, now.group, open));
  }
  Supply supply(choices, plan, demand, rule);
  constexpr int kPasses = 20;
  for (int pass = 0; pass < kPasses && improve(choices, plan, supply); ++pass) {
  }
  return plan;
}

std::int64_t plan_bound(const LayoutChoices& choices, std::span<const MigDemand> demand, const OptimizeRule& rule,
                        std::int64_t known) {
  constexpr int kSteps = 300;
  std::vector<double> price(demand.size());
  for (std::size_t profile = 0; profile < demand.size(); ++profile) price[profile] = 50.0 * demand[profile].value;
  std::vector<double> direction(demand.size(), 0);
  double best = std::numeric_limits<double>::infinity();
  double stride = 1;
  int since_better = 0;
  for (int step = 0; step < kSteps; ++step) {
    const auto [bound, excess] = relax(choices, demand, rule, price);
    // Steps that lead nowhere for a while were too long.
    since_better = bound < best ? 0 : since_better + 1;
    best = std::min(best, bound);
    if (since_better == 8) {
      stride *= 0.6;
      since_better = 0;
    }
    // Prices move in parts of their profile's value, in a direction that remembers earlier steps: less zigzag.
    double norm = 0;
    for (std::size_t profile = 0; profile < demand.size(); ++profile) {
      direction[profile] = 0.7 * direction[profile] + 0.3 * excess[profile] * demand[profile].value;
      norm += direction[profile] * direction[profile];
    }
    if (norm == 0 || best <= static_cast<double>(known)) break;
    const double length = stride * (bound - static_cast<double>(known)) / norm;
    for (std::size_t profile = 0; profile < demand.size(); ++profile) {
      const double value = demand[profile].value;
      price[profile] = std::clamp(price[profile] + length * direction[profile] * value, 0.0, 100.0 * value);
    }
  }
  // Values are integers; the tolerance is that of the sums above.
  const double slack = 1e-9 * (1 + std::abs(best));
  return std::max(known, static_cast<std::int64_t>(std::floor(best + slack)));
}

}  // namespace seatrial
