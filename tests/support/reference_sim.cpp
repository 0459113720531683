// See reference_sim.h.
#include "tests/support/reference_sim.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <stdexcept>
#include <tuple>

namespace seatrial {
namespace {

constexpr std::int64_t kNoTime = std::numeric_limits<std::int64_t>::max();

struct Share {
  std::uint32_t node;
  std::uint32_t gpus;
};
using Shares = std::vector<Share>;
using FreeGpus = std::vector<std::uint32_t>;  // by node

struct Node {
  std::uint32_t pool;
  std::uint32_t gpus;
};

// Nodes are numbered through the pools.
std::vector<Node> nodes_of(const TestWorld& world) {
  std::vector<Node> nodes;
  for (std::uint32_t pool = 0; pool < world.pools.size(); ++pool) {
    nodes.insert(nodes.end(), world.pools[pool].nodes, Node{pool, world.pools[pool].gpus});
  }
  return nodes;
}

// Which node gets `gpus`, of those allowed and not taken yet.
std::optional<std::uint32_t> one_node(const FreeGpus& free, const std::vector<std::uint32_t>& allowed,
                                      std::uint32_t gpus, const std::string& rule) {
  std::optional<std::uint32_t> best;
  for (const std::uint32_t node : allowed) {
    if (free[node] < gpus) continue;
    if (!best) {
      best = node;
    } else if (rule == "worst-fit" ? free[node] > free[*best] : rule != "first-fit" && free[node] < free[*best]) {
      best = node;
    }
  }
  return best;
}

// A gang on the allowed nodes of one pool, or on one node of any.
std::optional<Shares> choose(const FreeGpus& free, const std::vector<std::uint32_t>& allowed, std::uint32_t node_gpus,
                             std::uint32_t gpus, const std::string& placement) {
  if (gpus <= node_gpus) {
    const auto node = one_node(free, allowed, gpus, placement);
    return node ? std::optional<Shares>({{*node, gpus}}) : std::nullopt;
  }
  Shares shares;
  std::vector<std::uint32_t> others;
  for (const std::uint32_t node : allowed) {
    if (free[node] == node_gpus && shares.size() < gpus / node_gpus) {
      shares.push_back({node, node_gpus});
    } else {
      others.push_back(node);
    }
  }
  if (shares.size() < gpus / node_gpus) return std::nullopt;
  const std::uint32_t rest = gpus % node_gpus;
  if (rest == 0) return shares;
  const auto node = one_node(free, others, rest, placement == "consolidate" ? "worst-fit" : placement);
  if (!node) return std::nullopt;
  shares.push_back({*node, rest});
  return shares;
}

struct Running {
  std::size_t row;
  std::int64_t end_ns;
  std::int64_t expected_end_ns;
  Shares shares;
};

// A stretch of the conservative profile.
struct Slot {
  std::int64_t begin_ns;
  std::int64_t end_ns;
  std::uint32_t gpus;
};

class Reference {
 public:
  explicit Reference(const TestWorld& world) : world_(world), nodes_(nodes_of(world)) {
    for (const Node& node : nodes_) free_.push_back(node.gpus);
    result_.jobs.resize(world.jobs.size());
    for (std::size_t row = 0; row < world.jobs.size(); ++row) future_.push_back(row);
    std::stable_sort(future_.begin(), future_.end(),
                     [&](std::size_t a, std::size_t b) { return job(a).submit_ns < job(b).submit_ns; });
  }

  WorldResult run() {
    while (!future_.empty() || !running_.empty()) {
      now_ = future_.empty() ? kNoTime : job(future_.front()).submit_ns;
      for (const Running& r : running_) now_ = std::min(now_, r.end_ns);
      release_ended();
      admit_arrivals();
      pass();
    }
    for (const std::size_t row : queue_) result_.jobs[row].state = "pending";
    return result_;
  }

 private:
  [[nodiscard]] const TestJob& job(std::size_t row) const { return world_.jobs[row]; }
  [[nodiscard]] std::int64_t known_ns(std::size_t row) const {
    return world_.estimate == "requested" ? job(row).stated_ns() : job(row).duration_ns;
  }
  [[nodiscard]] std::tuple<std::int64_t, std::int64_t, std::size_t> key(std::size_t row) const {
    if (world_.order == "fifo") return {0, job(row).submit_ns, row};
    if (world_.order == "sjf") return {known_ns(row), job(row).submit_ns, row};
    if (world_.order == "smallest-first") return {job(row).gpus, job(row).submit_ns, row};
    throw std::invalid_argument("the reference does not know order " + world_.order);
  }

  [[nodiscard]] std::optional<Shares> place(std::size_t row, const FreeGpus& free) const {
    std::vector<std::uint32_t> all;
    std::uint32_t node_gpus = 0;
    for (std::uint32_t pool = 0; pool < world_.pools.size(); ++pool) {
      const std::vector<std::string>& tenants = world_.pools[pool].tenants;
      if (world_.pools[pool].gpus == 0) continue;
      if (!tenants.empty() && std::find(tenants.begin(), tenants.end(), job(row).tenant) == tenants.end()) continue;
      node_gpus = world_.pools[pool].gpus;
      std::vector<std::uint32_t> mine;
      for (std::uint32_t node = 0; node < nodes_.size(); ++node) {
        if (nodes_[node].pool == pool) mine.push_back(node);
      }
      if (job(row).gpus > node_gpus) {
        if (auto shares = choose(free, mine, node_gpus, job(row).gpus, world_.placement)) return shares;
      }
      all.insert(all.end(), mine.begin(), mine.end());
    }
    if (all.empty() || job(row).gpus > node_gpus) return std::nullopt;
    return choose(free, all, node_gpus, job(row).gpus, world_.placement);
  }

  [[nodiscard]] FreeGpus empty_cluster() const {
    FreeGpus free;
    for (const Node& node : nodes_) free.push_back(node.gpus);
    return free;
  }

  void release_ended() {
    for (std::size_t k = 0; k < running_.size();) {
      if (running_[k].end_ns > now_) {
        ++k;
        continue;
      }
      for (const Share& share : running_[k].shares) free_[share.node] += share.gpus;
      result_.jobs[running_[k].row].state = "completed";
      running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(k));
    }
  }

  void admit_arrivals() {
    while (!future_.empty() && job(future_.front()).submit_ns <= now_) {
      const std::size_t row = future_.front();
      future_.erase(future_.begin());
      if (place(row, empty_cluster())) {
        queue_.push_back(row);
      } else {
        result_.jobs[row].state = "rejected";
      }
    }
    std::sort(queue_.begin(), queue_.end(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
  }

  // Starts a waiting job; the caller takes it out of the queue.
  void start(std::size_t row, const Shares& shares) {
    TestOutcome& outcome = result_.jobs[row];
    outcome.start_ns = now_;
    outcome.end_ns = now_ + job(row).duration_ns;
    outcome.waited_ns = now_ - job(row).submit_ns;
    outcome.state = "running";
    for (const Share& share : shares) {
      free_[share.node] -= share.gpus;
      outcome.nodes.push_back(share.node);
    }
    running_.push_back({row, outcome.end_ns, now_ + known_ns(row), shares});
  }

  void pass() {
    if (world_.admission == "best-effort") {
      const std::vector<std::size_t> waiting = queue_;
      for (const std::size_t row : waiting) start_if_it_fits(row);
    } else if (world_.admission == "conservative") {
      conservative();
    } else if (world_.admission == "strict" || world_.admission == "easy") {
      while (!queue_.empty() && start_if_it_fits(queue_.front())) {
      }
      if (world_.admission == "easy" && !queue_.empty()) backfill();
    } else {
      throw std::invalid_argument("the reference does not know admission " + world_.admission);
    }
  }

  bool start_if_it_fits(std::size_t row) {
    const auto shares = place(row, free_);
    if (!shares) return false;
    start(row, *shares);
    queue_.erase(std::find(queue_.begin(), queue_.end(), row));
    return true;
  }

  // EASY behind the blocked head.
  void backfill() {
    const std::size_t head = queue_.front();
    const std::int64_t reserved_ns = first_legal_instant(head);
    FreeGpus then = free_at(reserved_ns);
    const std::vector<std::size_t> later(queue_.begin() + 1, queue_.end());
    for (const std::size_t row : later) {
      const auto shares = place(row, free_);
      if (!shares) continue;
      if (now_ + known_ns(row) > reserved_ns) {
        FreeGpus without = then;
        bool room = true;
        for (const Share& share : *shares) {
          room = room && without[share.node] >= share.gpus;
          if (room) without[share.node] -= share.gpus;
        }
        if (!room || !place(head, without)) continue;
        then = without;
      }
      start_if_it_fits(row);
    }
  }

  [[nodiscard]] std::int64_t first_legal_instant(std::size_t row) const {
    std::int64_t first = kNoTime;
    for (const Running& r : running_) {
      const std::int64_t instant = std::max(r.expected_end_ns, now_);
      if (instant < first && place(row, free_at(instant))) first = instant;
    }
    return first;
  }

  // Free GPUs at a later instant, by expected ends.
  [[nodiscard]] FreeGpus free_at(std::int64_t instant) const {
    FreeGpus free = free_;
    for (const Running& r : running_) {
      if (std::max(r.expected_end_ns, now_) > instant) continue;
      for (const Share& share : r.shares) free[share.node] += share.gpus;
    }
    return free;
  }

  void conservative() {
    std::vector<Slot> taken;
    std::uint32_t total = 0;
    for (const Node& node : nodes_) total += node.gpus;
    for (const Running& r : running_) taken.push_back({now_, std::max(r.expected_end_ns, now_), job(r.row).gpus});
    const std::vector<std::size_t> waiting = queue_;
    for (const std::size_t row : waiting) {
      const Slot slot = earliest_slot(taken, total, row);
      taken.push_back(slot);
      if (slot.begin_ns == now_) start_if_it_fits(row);
    }
  }

  [[nodiscard]] Slot earliest_slot(const std::vector<Slot>& taken, std::uint32_t total, std::size_t row) const {
    std::vector<std::int64_t> begins{now_};
    for (const Slot& slot : taken) begins.push_back(slot.end_ns);
    std::sort(begins.begin(), begins.end());
    for (const std::int64_t begin : begins) {
      const Slot wanted{begin, begin + std::max<std::int64_t>(1, known_ns(row)), job(row).gpus};
      if (fits_profile(taken, total, wanted)) return wanted;
    }
    throw std::logic_error("a job that fits the empty cluster has a slot after everything else");
  }

  // Use changes only where slots begin, so it is enough to look there and at the wanted begin.
  static bool fits_profile(const std::vector<Slot>& taken, std::uint32_t total, const Slot& wanted) {
    const auto used = [&](std::int64_t instant) {
      std::uint32_t sum = 0;
      for (const Slot& slot : taken) sum += slot.begin_ns <= instant && instant < slot.end_ns ? slot.gpus : 0;
      return sum;
    };
    if (used(wanted.begin_ns) + wanted.gpus > total) return false;
    return std::all_of(taken.begin(), taken.end(), [&](const Slot& slot) {
      const bool inside = wanted.begin_ns < slot.begin_ns && slot.begin_ns < wanted.end_ns;
      return !inside || used(slot.begin_ns) + wanted.gpus <= total;
    });
  }

  const TestWorld& world_;
  std::vector<Node> nodes_;
  FreeGpus free_;
  std::vector<std::size_t> future_;  // rows by submit
  std::vector<std::size_t> queue_;   // rows by key
  std::vector<Running> running_;
  WorldResult result_;
  std::int64_t now_ = 0;
};

}  // namespace

WorldResult reference_run(const TestWorld& world) { return Reference(world).run(); }

}  // namespace seatrial
