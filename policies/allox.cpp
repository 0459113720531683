// The matching by shortest augmenting paths; see allox.h.
#include "policies/allox.h"

#include <algorithm>
#include <limits>

#include "sim/check.h"

namespace seatrial {
namespace {

constexpr std::uint32_t kNone = 0xffffffffU;
constexpr double kNever_s = std::numeric_limits<double>::infinity();

// A turn of all GPUs of a group. Later turns (smaller from_end) of a group cost every job less, so a path to a free
// place never passes a column that has room to one behind it: only one column of a group with room is ever looked at.
struct Column {
  std::uint32_t group = 0;
  std::uint32_t from_end = 1;
  double potential = 0;             // <= 0; 0 while it has room
  std::vector<std::uint32_t> jobs;  // matched; at most as many as the group has GPUs
  double distance = kNever_s;       // during a search
  std::uint32_t reached_by = kNone;
  bool settled = false;
};

class Matching {
 public:
  Matching(std::span<const AlloxJob> jobs, std::span<const AlloxGpus> gpus)
      : jobs_(jobs), gpus_(gpus), potential_(jobs.size(), 0), column_(jobs.size(), kNone) {
    for (std::uint32_t group = 0; group < gpus.size(); ++group) columns_.push_back({group, 1, 0, {}, kNever_s, kNone});
    for (const AlloxJob& job : jobs) {
      for (const AlloxGpus& group : gpus) earliest_.push_back(earliest(job, group));
    }
  }

  AlloxMatching solve() {
    for (std::uint32_t job = 0; job < jobs_.size(); ++job) augment(job);
    AlloxMatching found;
    for (std::uint32_t job = 0; job < jobs_.size(); ++job) {
      const Column& column = columns_[column_[job]];
      found.turn.push_back({column.group, column.from_end});
      found.cost_s += cost(job, column);
    }
    return found;
  }

 private:
  [[nodiscard]] double earliest(const AlloxJob& job, const AlloxGpus& group) const {
    if (job.run_s[group.pool] < 0) return kNever_s;
    const double enough_s = job.gpus > 1 ? allox_free_at_s(gpus_, group.pool, job.gpus) : 0;
    return std::max(group.free_at_s, enough_s);
  }

  [[nodiscard]] double cost(std::uint32_t job, const Column& column) const {
    const double start_s = earliest_[job * gpus_.size() + column.group];
    if (start_s == kNever_s) return kNever_s;
    const double delayed = 1 + static_cast<double>(jobs_[job].gpus) * (column.from_end - 1);
    return start_s + jobs_[job].run_s[gpus_[column.group].pool] * delayed;
  }

  void reach_from(std::uint32_t job, double at) {
    for (Column& column : columns_) {
      if (column.settled) continue;
      const double through = at + cost(job, column) - potential_[job] - column.potential;
      if (through >= column.distance) continue;
      column.distance = through;
      column.reached_by = job;
    }
  }

  // The nearest column that is not settled.
  [[nodiscard]] std::uint32_t nearest() const {
    std::uint32_t best = kNone;
    for (std::uint32_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].settled || columns_[i].distance == kNever_s) continue;
      if (best == kNone || columns_[i].distance < columns_[best].distance) best = i;
    }
    return best;
  }

  void augment(std::uint32_t job) {
    for (Column& column : columns_) {
      column.distance = kNever_s;
      column.reached_by = kNone;
      column.settled = false;
    }
    reach_from(job, 0);
    std::uint32_t end = nearest();
    CHECK(end != kNone);
    while (columns_[end].jobs.size() == gpus_[columns_[end].group].gpus) {
      columns_[end].settled = true;
      for (const std::uint32_t held : columns_[end].jobs) reach_from(held, columns_[end].distance);
      end = nearest();
      CHECK(end != kNone);
    }
    const double length = columns_[end].distance;
    potential_[job] += length;
    for (Column& column : columns_) {
      if (!column.settled) continue;
      for (const std::uint32_t held : column.jobs) potential_[held] += length - column.distance;
      column.potential -= length - column.distance;
    }
    move_along(end, job);
    if (columns_[end].jobs.size() == gpus_[columns_[end].group].gpus) open_next(columns_[end].group);
  }

  // Every job on the path moves one column on.
  void move_along(std::uint32_t end, std::uint32_t first) {
    std::uint32_t to = end;
    while (true) {
      const std::uint32_t mover = columns_[to].reached_by;
      const std::uint32_t from = column_[mover];
      columns_[to].jobs.push_back(mover);
      column_[mover] = to;
      if (mover == first) return;
      std::erase(columns_[from].jobs, mover);
      to = from;
    }
  }

  void open_next(std::uint32_t group) {
    std::uint32_t turns = 0;
    for (const Column& column : columns_) turns += column.group == group ? 1 : 0;
    columns_.push_back({group, turns + 1, 0, {}, kNever_s, kNone});
  }

  std::span<const AlloxJob> jobs_;
  std::span<const AlloxGpus> gpus_;
  std::vector<Column> columns_;
  std::vector<double> potential_;  // by job
  std::vector<std::uint32_t> column_;
  std::vector<double> earliest_;  // by job and group: when it could start there as the first
};

}  // namespace

double allox_free_at_s(std::span<const AlloxGpus> gpus, std::uint32_t pool, std::uint32_t needed) {
  std::vector<std::pair<double, std::uint32_t>> releases;
  for (const AlloxGpus& group : gpus) {
    if (group.pool == pool) releases.emplace_back(group.free_at_s, group.gpus);
  }
  std::sort(releases.begin(), releases.end());
  std::uint64_t free = 0;
  for (const auto& [at_s, count] : releases) {
    free += count;
    if (free >= needed) return at_s;
  }
  return kNever_s;
}

AlloxMatching allox_match(std::span<const AlloxJob> jobs, std::span<const AlloxGpus> gpus) {
  return Matching(jobs, gpus).solve();
}

}  // namespace seatrial
