// The CSV files of a result folder: jobs.csv, waits.csv, series.csv, placements.csv. Rows of jobs come in the order of
// the trace file. Times are seconds as exact decimals. A million rows of jobs.csv take about 0.3 s.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/ids.h"
#include "reports/byte_sink.h"
#include "reports/metrics.h"

namespace seatrial {

class Cluster;
class JobTable;
class Workload;

// Appends a node's name to a text; a Cluster does it, tests may do without one.
class NodeNames {
 public:
  virtual ~NodeNames() = default;
  virtual void append(NodeId node, std::string& out) const = 0;
};

class ClusterNodeNames final : public NodeNames {
 public:
  explicit ClusterNodeNames(const Cluster& cluster) : cluster_(cluster) {}
  void append(NodeId node, std::string& out) const override;

 private:
  const Cluster& cluster_;
};

// job_id,tenant,submit_s,start_s,end_s,wait_s,jct_s,gpus,state,trace_state,preemptions,nodes
// wait_s and start_s are empty for jobs that never started, end_s and jct_s for jobs that have not ended.
void write_jobs_csv(const Workload& workload, const JobTable& table, const NodeNames& nodes, ByteSink& sink);

// job_id and the seconds waited by reason, one column each; only jobs that waited.
void write_waits_csv(const Workload& workload, const JobTable& table, ByteSink& sink);

// job_id,reason of the jobs that could never run.
void write_rejected_csv(const Workload& workload, const JobTable& table, ByteSink& sink);

// t_s (begin of the row), interval_s (its length), then one column per series: means over the row.
void write_series_csv(const Series& series, ByteSink& sink);
// Reads what write_series_csv wrote; throws InputError, naming `file`, if it is something else.
[[nodiscard]] Series read_series_csv(std::string_view text, const std::string& file);

// One decision.
struct PlacementRow {
  JobId job;
  NodeId node;  // invalid: not bound
  std::vector<std::uint16_t> devices;
  std::int64_t arrived_milli = 0;  // asked for so far, by all jobs
  std::int64_t used_milli = 0;     // held after the decision
  double fragmented_milli = 0;     // written only if `fragmented`
};

struct PlacementLog {
  std::vector<PlacementRow> rows;
  bool fragmented = false;
};

// idx,pod,node,gpus,arrived_milli,used_milli,frag_milli
void write_placements_csv(const Workload& workload, const PlacementLog& log, const NodeNames& nodes, ByteSink& sink);

}  // namespace seatrial
