// What the report of a run needs and the job table does not keep: earlier places of preempted jobs, and how capacity
// changed. Attached to a run only where a report is wanted; cost per fact: one comparison.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/fact.h"
#include "models/job_table.h"
#include "sim/time.h"

namespace seatrial {

class Cluster;

// One stay of a job on its GPUs.
struct Stay {
  std::int64_t begin_ns = 0;
  std::int64_t end_ns = 0;
  std::span<const Piece> pieces;
};

struct CapacityStep {
  Time at;
  std::uint32_t pool = 0;
  std::int64_t milli = 0;  // GPUs of the pool from now on
};

struct PresenceStep {
  Time at;
  NodeId node;
  bool present = false;
};

class RunTrail final : public Observer {
 public:
  void observe(std::span<const Fact> facts) override;
  void finish(Time end) override { end_ = end; }
  // The job has held these GPUs since `at`, at the end of that instant. Needed only where jobs are preempted.
  void add_start(JobId job, Time at, std::span<const Piece> pieces);

  // The node comes or goes at this instant. Needed only where capacity changes; nodes of the start are present.
  void add_presence(NodeId node, Time at, bool present) { presence_.push_back({at, node, present}); }

  // All that follows: after finish().
  // In order of time; the last one of a job that still runs ends with the run. Valid until the next call.
  [[nodiscard]] std::span<const Stay> stays(JobId job, const JobTable& table);
  [[nodiscard]] std::span<const CapacityStep> capacity() const { return capacity_; }
  [[nodiscard]] std::span<const PresenceStep> presence() const { return presence_; }
  [[nodiscard]] Time end() const { return end_; }

 private:
  struct Start {
    std::uint32_t job = 0;
    std::uint32_t count = 0;
    std::int64_t at_ns = 0;
    std::size_t first_piece = 0;
  };
  struct Leave {
    std::uint32_t job = 0;
    std::int64_t at_ns = 0;
  };
  void sort();

  std::vector<Start> starts_;
  std::vector<Leave> leaves_;
  std::vector<Piece> pieces_;
  std::vector<CapacityStep> capacity_;
  std::vector<PresenceStep> presence_;
  std::vector<Stay> found_;
  Time end_;
  bool sorted_ = false;
};

// A node as the report shows it.
struct ReportNode {
  std::uint32_t pool = 0;
  std::uint32_t gpus = 0;
  bool present = true;  // when the run ended
};
// Of all nodes, those that capacity changes add included.
[[nodiscard]] std::vector<ReportNode> report_nodes(const Cluster& cluster);

}  // namespace seatrial
