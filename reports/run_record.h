// What is kept of one run among many: its metrics, means by group of jobs, and each job's completion time, so that runs
// of the same jobs can be compared pair by pair. Small enough to keep thousands, and written to disk so that a killed
// comparison goes on from what was finished.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/decision_log.h"
#include "reports/summary.h"

namespace seatrial {

// Jobs of one tenant, size class or user that started.
struct GroupMeans {
  std::string kind;  // "tenant", "size", "user"
  std::string name;
  std::uint64_t jobs = 0;
  double wait_s = 0;  // mean
  double jct_s = 0;   // mean of completed jobs; NaN if none
};

struct RunRecord {
  std::vector<std::pair<std::string, double>> metrics;  // dotted path of summary.json; NaN where not known
  std::vector<GroupMeans> groups;                       // at most kGroupsKept of each kind, the largest by jobs
  std::vector<float> jct_s;                             // by job in submit order; NaN: not completed. May be left out
  std::vector<Decision> decisions;                      // the first ones; may be left out
  std::string fact_hash;
  double wall_s = 0;

  [[nodiscard]] std::optional<double> metric(std::string_view name) const;
};

inline constexpr std::size_t kGroupsKept = 50;

// metrics: those of `wanted` and every one that does not belong to a single tenant. jobs: keep completion times.
[[nodiscard]] RunRecord make_record(const Summary& summary, const Workload& workload, const JobTable& table, bool jobs,
                                    const std::vector<std::string>& wanted);

// Bytes of a record and back; nothing if they are damaged. Not portable between machines of different byte order.
[[nodiscard]] std::string record_bytes(const RunRecord& record);
[[nodiscard]] std::optional<RunRecord> record_from_bytes(std::string_view bytes);

}  // namespace seatrial
