// Topology-aware assignment; see topology_assignment.h.
#include "policies/topology_assignment.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

namespace seatrial {
namespace {

// What fits into a domain, alone and beside the leaders.
struct Room {
  std::int64_t pods = 0;
  std::int64_t pods_with_leaders = 0;
  std::int64_t slices = 0;  // 0 below the level of the slices
  std::int64_t slices_with_leaders = 0;
  bool hosts_leaders = false;
};

// A domain and what it gets.
struct Share {
  std::uint32_t domain = 0;
  std::int64_t units = 0;
  bool leaders = false;
};

struct Need {
  std::int64_t units = 0;
  bool leaders = false;
};

std::int64_t room_for(const std::vector<std::int64_t>& free, const std::vector<std::int64_t>& per_pod) {
  std::int64_t most = std::numeric_limits<std::int32_t>::max();
  for (std::size_t i = 0; i < per_pod.size(); ++i) {
    if (per_pod[i] <= 0) continue;
    const std::int64_t here = i < free.size() ? std::max<std::int64_t>(0, free[i]) : 0;
    most = std::min(most, here / per_pod[i]);
  }
  return most;
}

class Search {
 public:
  using Taken = std::vector<std::vector<std::int64_t>>;

  Search(const TopologyTree& tree, const TopologyRequest& request, const std::optional<TopologyRequest>& leaders,
         const Taken& taken, bool best_fit)
      : tree_(tree), request_(request), leaders_(leaders), best_fit_(best_fit), rooms_(tree.levels()) {
    slices_ = request.slices;
    if (slices_.empty()) slices_.push_back({tree.levels() - 1, 1});
    count_leaves(taken);
    for (std::size_t at = tree.levels() - 1; at-- > 0;) count_parents(at);
  }

  TopologyAssignment run() {
    TopologyAssignment assignment;
    assignment.of = request_.count / slices_.front().size;
    std::vector<Share> shares;
    std::size_t at = 0;
    if (!find_level({assignment.of, leaders_.has_value()}, at, shares, assignment)) return assignment;
    for (; at + 1 < tree_.levels(); ++at) shares = descend(shares, at, {assignment.of, leaders_.has_value()});
    std::sort(shares.begin(), shares.end(), [](const Share& a, const Share& b) { return a.domain < b.domain; });
    for (const Share& share : shares) {
      const std::int64_t pods = share.units * unit(at);
      if (pods > 0) assignment.pods.push_back({share.domain, static_cast<std::uint32_t>(pods)});
      if (share.leaders) assignment.leaders.push_back({share.domain, leaders_->count});
    }
    assignment.found = true;
    return assignment;
  }

 private:
  [[nodiscard]] std::size_t slice_level() const { return slices_.front().level; }

  // Pods that are handed out together at a level: a slice down to its level, then the inner slices, then single pods.
  [[nodiscard]] std::int64_t unit(std::size_t level) const {
    for (const TopologySlice& slice : slices_) {
      if (level <= slice.level) return slice.size;
    }
    return 1;
  }

  [[nodiscard]] std::int64_t inner_size(std::size_t level) const {
    for (std::size_t i = 1; i < slices_.size(); ++i) {
      if (slices_[i].level == level) return slices_[i].size;
    }
    return 1;
  }

  [[nodiscard]] bool usable(const TopologyNodeSpec& node, const TopologyRequest& request) const {
    return !tree_.leaves_are_hosts() ||
           (tolerates_all(request.tolerations, node.taints) && has_labels(node.labels, request.node_selector));
  }

  [[nodiscard]] std::vector<std::int64_t> free_for(const TopologyRequest& request, std::uint32_t leaf,
                                                   const Taken& taken) const {
    std::vector<std::int64_t> free;
    for (const std::uint32_t row : tree_.leaves()[leaf].nodes) {
      const TopologyNodeSpec& node = tree_.nodes()[row];
      if (!usable(node, request)) continue;
      free.resize(std::max(free.size(), node.free.size()));
      for (std::size_t i = 0; i < node.free.size(); ++i) free[i] += node.free[i];
    }
    for (std::size_t i = 0; i < free.size() && i < taken[leaf].size(); ++i) free[i] -= taken[leaf][i];
    return free;
  }

  void count_leaves(const Taken& taken) {
    const std::size_t lowest = tree_.levels() - 1;
    for (std::uint32_t leaf = 0; leaf < tree_.leaves().size(); ++leaf) {
      Room room;
      std::vector<std::int64_t> free = free_for(request_, leaf, taken);
      room.pods = room_for(free, request_.per_pod);
      if (leaders_) {
        room.hosts_leaders = room_for(free_for(*leaders_, leaf, taken), leaders_->per_pod) >= leaders_->count;
        for (std::size_t i = 0; room.hosts_leaders && i < std::min(free.size(), leaders_->per_pod.size()); ++i) {
          free[i] -= leaders_->per_pod[i] * leaders_->count;
        }
        room.pods_with_leaders = room.hosts_leaders ? room_for(free, request_.per_pod) : 0;
      }
      cut_slices(room, lowest);
      rooms_[lowest].push_back(room);
    }
  }

  void cut_slices(Room& room, std::size_t level) const {
    if (level != slice_level()) return;
    room.slices = room.pods / slices_.front().size;
    room.slices_with_leaders = room.pods_with_leaders / slices_.front().size;
  }

  // Children add up; leaders cost what the child loses that bears them best.
  void count_parents(std::size_t level) {
    const std::int64_t inner = inner_size(level + 1);
    for (const TopologyDomain& domain : tree_.level(level)) {
      Room room;
      std::int64_t pods_lost = std::numeric_limits<std::int64_t>::max();
      std::int64_t slices_lost = pods_lost;
      for (const std::uint32_t child : domain.children) {
        const Room& below = rooms_[level + 1][child];
        const std::int64_t pods = below.pods / inner * inner;
        room.pods += pods;
        room.slices += below.slices;
        if (!below.hosts_leaders) continue;
        room.hosts_leaders = true;
        pods_lost = std::min(pods_lost, pods - below.pods_with_leaders / inner * inner);
        slices_lost = std::min(slices_lost, below.slices - below.slices_with_leaders);
      }
      if (room.hosts_leaders) {
        room.pods_with_leaders = room.pods - pods_lost;
        room.slices_with_leaders = room.slices - slices_lost;
      }
      cut_slices(room, level);
      rooms_[level].push_back(room);
    }
  }

  [[nodiscard]] std::int64_t units(std::size_t level, std::uint32_t domain, bool beside_leaders) const {
    const Room& room = rooms_[level][domain];
    if (level <= slice_level()) return beside_leaders ? room.slices_with_leaders : room.slices;
    return (beside_leaders ? room.pods_with_leaders : room.pods) / unit(level);
  }

  // Most slices first (least, if domains are filled from the least free), then fewest pods, then by values.
  void sort(std::vector<std::uint32_t>& domains, std::size_t level, bool beside_leaders) const {
    const auto key = [&](std::uint32_t domain) {
      const Room& room = rooms_[level][domain];
      const std::int64_t slices = beside_leaders ? room.slices_with_leaders : room.slices;
      return std::tuple(beside_leaders && !room.hosts_leaders, best_fit_ ? -slices : slices,
                        beside_leaders ? room.pods_with_leaders : room.pods, domain);
    };
    std::sort(domains.begin(), domains.end(), [&](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
  }

  // The position from `from` of the domain with the fewest units that still fit; the end if there is none.
  [[nodiscard]] std::size_t tightest(const std::vector<std::uint32_t>& domains, std::size_t from, std::size_t level,
                                     Need need) const {
    std::size_t best = domains.size();
    for (std::size_t i = from; i < domains.size(); ++i) {
      if (need.leaders && !rooms_[level][domains[i]].hosts_leaders) continue;
      const std::int64_t here = units(level, domains[i], need.leaders);
      if (here < need.units) continue;
      if (best == domains.size() || here < units(level, domains[best], need.leaders)) best = i;
    }
    return best;
  }

  // One domain of the wanted level or, unless required, of the lowest level above it; else several.
  bool find_level(Need need, std::size_t& level, std::vector<Share>& shares, TopologyAssignment& assignment) const {
    level = request_.level;
    while (true) {
      std::vector<std::uint32_t> domains(tree_.level(level).size());
      for (std::uint32_t i = 0; i < domains.size(); ++i) domains[i] = i;
      sort(domains, level, need.leaders);
      const std::size_t single = tightest(domains, 0, level, need);
      if (single < domains.size()) {
        shares = {{domains[single], need.units, need.leaders}};
        return true;
      }
      if (request_.wish == TopologyWish::Required) {
        assignment.fit = domains.empty() ? 0 : rooms_[level][domains.front()].slices;
        return false;
      }
      if (level == 0 || request_.wish == TopologyWish::Unconstrained) {
        const std::int64_t missing = pack(std::move(domains), level, need, shares);
        assignment.fit = need.units - missing;
        return missing == 0;
      }
      --level;
    }
  }

  // Gives units to domains in order, the last one by best fit; returns how many are left over.
  std::int64_t pack(std::vector<std::uint32_t> domains, std::size_t level, Need need,
                    std::vector<Share>& shares) const {
    std::int64_t remaining = need.units;
    if (need.leaders) {
      sort(domains, level, true);
      const std::size_t host = leaders_host(domains, level, remaining);
      if (host == domains.size()) return std::max<std::int64_t>(1, remaining);
      const std::int64_t here = std::min(remaining, units(level, domains[host], true));
      shares.push_back({domains[host], here, true});
      remaining -= here;
      domains.erase(domains.begin() + static_cast<std::ptrdiff_t>(host));
    }
    sort(domains, level, false);
    for (std::size_t i = 0; i < domains.size() && remaining > 0; ++i) {
      std::size_t at = i;
      if (best_fit_ && units(level, domains[i], false) >= remaining)
        at = tightest(domains, i, level, {remaining, false});
      const std::int64_t here = std::min(remaining, units(level, domains[at], false));
      if (here > 0) shares.push_back({domains[at], here, false});
      remaining -= here;
    }
    return remaining;
  }

  // The first domain that can host the leaders so that the rest still fits beside it and in the others.
  [[nodiscard]] std::size_t leaders_host(const std::vector<std::uint32_t>& domains, std::size_t level,
                                         std::int64_t needed) const {
    if (best_fit_) {
      const std::size_t single = tightest(domains, 0, level, {needed, true});
      if (single < domains.size()) return single;
    }
    std::int64_t all = 0;
    for (const std::uint32_t domain : domains) all += units(level, domain, false);
    std::size_t first = domains.size();
    for (std::size_t i = 0; i < domains.size(); ++i) {
      if (!rooms_[level][domains[i]].hosts_leaders) continue;
      if (first == domains.size()) first = i;
      const std::int64_t lost = units(level, domains[i], false) - units(level, domains[i], true);
      if (all - lost >= needed) return i;
    }
    return first;
  }

  // One level down: across all domains together down to the level of the slices, within each below it.
  [[nodiscard]] std::vector<Share> descend(const std::vector<Share>& shares, std::size_t level, Need need) const {
    std::vector<Share> below;
    if (level < slice_level()) {
      std::vector<std::uint32_t> children;
      for (const Share& share : shares) {
        const auto& more = tree_.level(level)[share.domain].children;
        children.insert(children.end(), more.begin(), more.end());
      }
      pack(std::move(children), level + 1, need, below);
      return below;
    }
    for (const Share& share : shares) {
      const std::int64_t wanted = share.units * unit(level) / unit(level + 1);
      pack(tree_.level(level)[share.domain].children, level + 1, {wanted, share.leaders}, below);
    }
    return below;
  }

  const TopologyTree& tree_;
  const TopologyRequest& request_;
  const std::optional<TopologyRequest>& leaders_;
  bool best_fit_;
  std::vector<TopologySlice> slices_;
  std::vector<std::vector<Room>> rooms_;  // by level and domain
};

}  // namespace

TopologyAssigner::TopologyAssigner(const TopologyTree& tree, bool best_fit_unconstrained)
    : tree_(tree), best_fit_unconstrained_(best_fit_unconstrained), taken_(tree.leaves().size()) {}

TopologyAssignment TopologyAssigner::assign(const TopologyRequest& request,
                                            const std::optional<TopologyRequest>& leaders) {
  const bool best_fit = best_fit_unconstrained_ || request.wish != TopologyWish::Unconstrained;
  TopologyAssignment assignment = Search(tree_, request, leaders, taken_, best_fit).run();
  take(request, assignment.pods);
  if (leaders) take(*leaders, assignment.leaders);
  return assignment;
}

void TopologyAssigner::take(const TopologyRequest& request, const std::vector<LeafCount>& counts) {
  for (const LeafCount& each : counts) {
    std::vector<std::int64_t>& taken = taken_[each.leaf];
    taken.resize(std::max(taken.size(), request.per_pod.size()));
    for (std::size_t i = 0; i < request.per_pod.size(); ++i) taken[i] += request.per_pod[i] * each.count;
  }
}

}  // namespace seatrial
