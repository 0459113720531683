// See run_history.h.
#include "reports/run_history.h"

#include <algorithm>
#include <numeric>

#include "models/cluster.h"
#include "sim/check.h"

namespace seatrial {

RunHistory::RunHistory(const JobTable& table, const Cluster& cluster)
    : table_(table),
      cluster_(cluster),
      present_(cluster.nodes(), false),
      open_(table.state.size(), kNoStint),
      queued_at_(table.state.size(), kNever) {
  for (const Pool& pool : cluster.pools()) {
    pool_changes_.push_back(
        {kBeforeAll, static_cast<std::uint32_t>(pool_milli_.size()), pool.present, pool.total_milli});
    pool_milli_.push_back(pool.total_milli);
  }
  note_nodes(kBeforeAll);
}

void RunHistory::note_nodes(Time now) {
  if (pool_changes_seen_ == pool_changes_.size()) return;
  pool_changes_seen_ = pool_changes_.size();
  for (std::uint32_t node = 0; node < cluster_.nodes(); ++node) {
    const bool present = cluster_.state({node}) != NodeState::Absent;
    if (present == present_[node]) continue;
    present_[node] = present;
    node_changes_.push_back({now, {node}, present});
  }
}

ClusterLevel& RunHistory::level_at(Time at) {
  if (levels_.empty()) {
    begin_ = at;
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
  stint.begin = fact.at;
  stint.end = fact.at;
  stint.waited = fact.at - queued_at_[job];
  queued_at_[job] = kNever;
  open_[job] = static_cast<std::uint32_t>(stints_.size());
  stints_.push_back(stint);
  ClusterLevel& level = level_at(fact.at);
  --level.queue_jobs;
  ++level.running_jobs;
}

void RunHistory::leave(const Fact& fact, Stint::Exit exit) {
  const JobId job{fact.job};
  ClusterLevel& level = level_at(fact.at);
  if (open_[job] == kNoStint) {  // sequential arrivals: failed without a start
    --level.queue_jobs;
    queued_at_[job] = kNever;
    return;
  }
  Stint& stint = stints_[open_[job]];
  stint.exit = exit;
  stint.end = fact.at;
  --level.running_jobs;
  if (exit != Stint::Exit::Preempted) return;
  ++level.queue_jobs;
  queued_at_[job] = fact.at;
}

void RunHistory::handle(const Fact& fact) {
  switch (fact.kind) {
    case FactKind::Submitted:
      ++level_at(fact.at).queue_jobs;
      queued_at_[JobId{fact.job}] = fact.at;
      return;
    case FactKind::Started:
    case FactKind::Resumed:
      return start(fact);
    case FactKind::Bound:
      level_at(fact.at).allocated_milli += fact.milli;
      return;
    case FactKind::Released:
      level_at(fact.at).allocated_milli -= fact.milli;
      return;
    case FactKind::Preempted:
      return leave(fact, Stint::Exit::Preempted);
    case FactKind::Completed:
      return leave(fact, Stint::Exit::Completed);
    case FactKind::Failed:
      return leave(fact, Stint::Exit::Failed);
    case FactKind::Capacity:
      level_at(fact.at).total_milli += fact.milli - pool_milli_[fact.pool];
      pool_milli_[fact.pool] = fact.milli;
      pool_changes_.push_back({fact.at, fact.pool, fact.node, fact.milli});
      return;
    case FactKind::Rejected:
    case FactKind::Progress:
    case FactKind::Stalled:
      return;
  }
}

void RunHistory::observe(std::span<const Fact> facts) {
  for (const Fact& fact : facts) handle(fact);
}

void RunHistory::finish(Time end) {
  end_ = end;
  for (std::uint32_t job = 0; job < queued_at_.size(); ++job) {
    if (queued_at_[{job}] != kNever) open_waits_.push_back({{job}, queued_at_[{job}]});
  }
  for (Stint& stint : stints_) {
    if (stint.exit == Stint::Exit::Running) stint.end = end;
  }
}

void RunHistory::placed(JobId job) {
  CHECK(open_[job] != kNoStint);
  Stint& stint = stints_[open_[job]];
  if (stint.pieces != 0) return;
  const auto pieces = table_.pieces(job);
  stint.first_piece = static_cast<std::uint32_t>(pieces_.size());
  stint.pieces = static_cast<std::uint32_t>(pieces.size());
  pieces_.insert(pieces_.end(), pieces.begin(), pieces.end());
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
