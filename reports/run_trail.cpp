// See run_trail.h.
#include "reports/run_trail.h"

#include <algorithm>

#include "models/cluster.h"

namespace seatrial {

void RunTrail::observe(std::span<const Fact> facts) {
  for (const Fact& fact : facts) {
    if (fact.kind == FactKind::Preempted) {
      leaves_.push_back({fact.job, fact.at.ns});
    } else if (fact.kind == FactKind::Capacity) {
      capacity_.push_back({fact.at, fact.pool, fact.milli});
    }
  }
}

void RunTrail::add_start(JobId job, Time at, std::span<const Piece> pieces) {
  starts_.push_back({job.index, static_cast<std::uint32_t>(pieces.size()), at.ns, pieces_.size()});
  pieces_.insert(pieces_.end(), pieces.begin(), pieces.end());
}

void RunTrail::sort() {
  sorted_ = true;
  const auto earlier = [](const auto& a, const auto& b) { return a.job != b.job ? a.job < b.job : a.at_ns < b.at_ns; };
  std::stable_sort(starts_.begin(), starts_.end(), earlier);
  std::stable_sort(leaves_.begin(), leaves_.end(), earlier);
}

std::span<const Stay> RunTrail::stays(JobId job, const JobTable& table) {
  found_.clear();
  if (table.start[job] == kNever) return found_;
  const std::int64_t last = table.end[job] == kNever ? end_.ns : table.end[job].ns;
  if (table.preemptions[job] == 0) {
    found_.push_back({table.start[job].ns, last, table.pieces(job)});
    return found_;
  }
  if (!sorted_) sort();
  const auto before = [](const auto& row, std::uint32_t index) { return row.job < index; };
  auto start = std::lower_bound(starts_.begin(), starts_.end(), job.index, before);
  auto leave = std::lower_bound(leaves_.begin(), leaves_.end(), job.index, before);
  for (; start != starts_.end() && start->job == job.index; ++start) {
    // A start and a preemption within one instant left no trace: a stay ends after it begins.
    while (leave != leaves_.end() && leave->job == job.index && leave->at_ns <= start->at_ns) ++leave;
    const bool left = leave != leaves_.end() && leave->job == job.index;
    if (!found_.empty() && found_.back().begin_ns == start->at_ns) found_.pop_back();
    found_.push_back({start->at_ns, left ? leave->at_ns : last, {pieces_.data() + start->first_piece, start->count}});
  }
  return found_;
}

std::vector<ReportNode> report_nodes(const Cluster& cluster) {
  std::vector<ReportNode> nodes;
  nodes.reserve(cluster.nodes());
  for (std::uint32_t i = 0; i < cluster.nodes(); ++i) {
    nodes.push_back(
        {cluster.pool_of(NodeId{i}).index, cluster.gpus(NodeId{i}), cluster.state(NodeId{i}) != NodeState::Absent});
  }
  return nodes;
}

}  // namespace seatrial
