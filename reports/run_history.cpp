// See run_history.h.
#include "reports/run_history.h"

#include <algorithm>
#include <numeric>

#include "models/cluster.h"
#include "sim/check.h"

namespace seatrial {

RunHistory::RunHistory(const JobTable& table, const Cluster& cluster, HistoryOptions options)
    : table_(table),
      cluster_(cluster),
      options_(options),
      present_(cluster.nodes(), false),
      nodes_of_pool_(cluster.pools().size(), 0),
      open_(options.stints ? table.state.size() : 0, Stint::kNone),
      queued_at_(options.levels ? table.state.size() : 0, kNever) {
  for (const Pool& pool : cluster.pools()) {
    pool_changes_.push_back(
        {kBeforeAll, static_cast<std::uint32_t>(pool_milli_.size()), pool.present, pool.total_milli});
    pool_milli_.push_back(pool.total_milli);
  }
  note_nodes(kBeforeAll);
}

void RunHistory::note_nodes(Time now) {
  bool changed = false;
  for (std::size_t i = 0; i < nodes_of_pool_.size(); ++i) {
    changed |= nodes_of_pool_[i] != cluster_.pools()[i].present;
    nodes_of_pool_[i] = cluster_.pools()[i].present;
  }
  if (!changed) return;
  for (std::uint32_t node = 0; node < cluster_.nodes(); ++node) {
    const bool present = cluster_.state({node}) != NodeState::Absent;
    if (present == present_[node]) continue;
    present_[node] = present;
    node_changes_.push_back({now, {node}, present});
  }
}

ClusterLevel& RunHistory::level_at(Time at) {
  if (levels_.empty()) {
    ClusterLevel first;
    first.total_milli = std::accumulate(pool_milli_.begin(), pool_milli_.end(), std::int64_t{0});
    levels_.push_back(first);
    levels_.back().at = at;
  } else if (levels_.back().at != at) {
    levels_.push_back(levels_.back());
    levels_.back().at = at;
  }
  return levels_.back();
}

void RunHistory::start(const Fact& fact) {
  const JobId job{fact.job};
  Stint stint;
  stint.job = job;
  stint.previous = open_[job];
  stint.begin = fact.at;
  stint.end = fact.at;
  open_[job] = static_cast<std::uint32_t>(stints_.size());
  stints_.push_back(stint);
}

void RunHistory::leave(const Fact& fact, Stint::Exit exit) {
  const JobId job{fact.job};
  if (open_[job] == Stint::kNone) return;  // sequential arrivals: failed without a start
  Stint& stint = stints_[open_[job]];
  stint.exit = exit;
  stint.end = fact.at;
}

void RunHistory::handle(const Fact& fact) {
  switch (fact.kind) {
    case FactKind::Started:
    case FactKind::Resumed:
      return start(fact);
    case FactKind::Preempted:
      return leave(fact, Stint::Exit::Preempted);
    case FactKind::Completed:
      return leave(fact, Stint::Exit::Completed);
    case FactKind::Failed:
      return leave(fact, Stint::Exit::Failed);
    case FactKind::Submitted:
    case FactKind::Bound:
    case FactKind::Released:
    case FactKind::Held:
    case FactKind::HoldOver:
    case FactKind::Lost:
    case FactKind::Capacity:
    case FactKind::Rejected:
    case FactKind::Progress:
    case FactKind::Stalled:
    case FactKind::Slowed:
    case FactKind::OutOfMemory:
    case FactKind::Admitted:
    case FactKind::QuotaReleased:
    case FactKind::Evicted:
    case FactKind::Recut:
      return;
  }
}

// Waits, and the level in force from the fact on; before handle() and before pool_milli_ knows of it.
void RunHistory::count(const Fact& fact) {
  switch (fact.kind) {
    case FactKind::Submitted:
      ++level_at(fact.at).queue_jobs;
      queued_at_[JobId{fact.job}] = fact.at;
      return;
    case FactKind::Started:
    case FactKind::Resumed: {
      waited_.push_back(fact.at - queued_at_[JobId{fact.job}]);
      queued_at_[JobId{fact.job}] = kNever;
      ClusterLevel& level = level_at(fact.at);
      --level.queue_jobs;
      ++level.running_jobs;
      return;
    }
    case FactKind::Bound:
    case FactKind::Held:
      level_at(fact.at).allocated_milli += fact.milli;
      return;
    case FactKind::Released:
    case FactKind::HoldOver:
      level_at(fact.at).allocated_milli -= fact.milli;
      return;
    case FactKind::Preempted:
    case FactKind::Completed:
    case FactKind::Failed: {
      ClusterLevel& level = level_at(fact.at);
      const bool started = open_[JobId{fact.job}] != Stint::kNone;  // sequential arrivals may fail without
      --(started ? level.running_jobs : level.queue_jobs);
      if (fact.kind == FactKind::Preempted) ++level.queue_jobs;
      queued_at_[JobId{fact.job}] = fact.kind == FactKind::Preempted ? fact.at : kNever;
      return;
    }
    case FactKind::Capacity:
      level_at(fact.at).total_milli += fact.milli - pool_milli_[fact.pool];
      return;
    case FactKind::Rejected:
    case FactKind::Progress:
    case FactKind::Stalled:
    case FactKind::Slowed:
    case FactKind::Lost:
    case FactKind::OutOfMemory:
    case FactKind::Admitted:
    case FactKind::QuotaReleased:
    case FactKind::Evicted:
    case FactKind::Recut:
      return;
  }
}

void RunHistory::observe(std::span<const Fact> facts) {
  if (!begun_ && !facts.empty()) begin_ = facts.front().at;
  begun_ |= !facts.empty();
  for (const Fact& fact : facts) {
    if (options_.levels) count(fact);
    if (options_.stints) handle(fact);
    if (fact.kind != FactKind::Capacity) continue;
    pool_milli_[fact.pool] = fact.milli;
    pool_changes_.push_back({fact.at, fact.pool, fact.node, fact.milli});
  }
  match_placements();
}

// Each placement belongs to the last stint that began at its instant: earlier ones ended within it.
void RunHistory::match_placements() {
  for (const Placed& placed : placed_) {
    std::uint32_t at = open_[placed.job];
    while (at != Stint::kNone && stints_[at].begin > placed.at) at = stints_[at].previous;
    CHECK(at != Stint::kNone && stints_[at].begin == placed.at);
    if (stints_[at].pieces != 0) continue;
    stints_[at].first_piece = placed.first_piece;
    stints_[at].pieces = placed.pieces & 0x3fffffffU;
  }
  placed_.clear();
}

void RunHistory::finish(Time end) {
  end_ = end;
  match_placements();
  for (std::uint32_t job = 0; job < queued_at_.size(); ++job) {
    if (queued_at_[{job}] != kNever) open_waits_.push_back({{job}, queued_at_[{job}]});
  }
  for (Stint& stint : stints_) {
    if (stint.exit == Stint::Exit::Running) stint.end = end;
  }
}

void RunHistory::placed(JobId job, Time now) {
  if (!options_.stints) return;
  const auto pieces = table_.pieces(job);
  placed_.push_back({job, static_cast<std::uint32_t>(pieces_.size()), static_cast<std::uint32_t>(pieces.size()), now});
  pieces_.insert(pieces_.end(), pieces.begin(), pieces.end());
}

void RunHistory::stays(JobId job, std::vector<Stay>& out) const {
  out.clear();
  if (table_.start[job] == kNever) return;
  if (table_.preemptions[job] == 0) {  // the table knows its only stay
    const Time last = table_.end[job] == kNever ? end_ : table_.end[job];
    out.push_back({table_.start[job].ns, last.ns, table_.pieces(job)});
    return;
  }
  CHECK(options_.stints);
  for (std::uint32_t at = open_[job]; at != Stint::kNone; at = stints_[at].previous) {
    const Stint& stint = stints_[at];
    if (stint.exit == Stint::Exit::Preempted && stint.begin == stint.end) continue;
    out.push_back({stint.begin.ns, stint.end.ns, pieces(stint)});
  }
  std::reverse(out.begin(), out.end());
}

ClusterLevel level_in_force(std::span<const ClusterLevel> levels, Time at) {
  const auto after = std::upper_bound(levels.begin(), levels.end(), at,
                                      [](Time instant, const ClusterLevel& level) { return instant < level.at; });
  return after == levels.begin() ? ClusterLevel{} : *(after - 1);
}

const char* stint_exit_name(Stint::Exit exit) {
  switch (exit) {
    case Stint::Exit::Running:
      return "running";
    case Stint::Exit::Completed:
      return "completed";
    case Stint::Exit::Failed:
      return "failed";
    case Stint::Exit::Preempted:
      return "preempted";
  }
  CHECK(false);
}

}  // namespace seatrial
