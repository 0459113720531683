// Jobs of a finished run, aggregated for the report: how waits and completion times are distributed, and who waits.
// Built from a JobTable after a run, or from jobs.csv by `seatrial report`: both give the same groups.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/summary.h"
#include "sim/time.h"

namespace seatrial {

class JobTable;
class Workload;

// What the report needs of one job.
struct JobOutcome {
  std::uint32_t tenant = 0;  // row of JobOutcomes::tenants
  std::int64_t gpus = 0;
  std::int64_t submit_ns = 0;
  std::optional<std::int64_t> wait_ns;  // of jobs that started
  std::optional<std::int64_t> jct_ns;   // of completed jobs
};

struct JobOutcomes {
  std::vector<std::string> tenants;
  std::vector<JobOutcome> jobs;
};

[[nodiscard]] JobOutcomes job_outcomes(const Workload& workload, const JobTable& table);
// Reads jobs.csv; throws InputError, naming `file`, where it is damaged.
[[nodiscard]] JobOutcomes read_job_outcomes(std::string_view jobs_csv, const std::string& file);

// Counts by size on a logarithmic axis, with a bin of its own for zero. Ten bins a decade, from 1 ms to 3,000 years.
struct LogHistogram {
  static constexpr int kPerDecade = 10;
  static constexpr int kDecades = 14;
  static constexpr double kLowest_s = 1e-3;

  std::uint64_t count = 0;
  std::uint64_t zeros = 0;                                  // up to 0
  std::array<std::uint64_t, kPerDecade * kDecades> bins{};  // bin i ends at upper_s(i)

  void add(std::int64_t ns);
  [[nodiscard]] static double upper_s(std::size_t bin);
};

inline constexpr std::size_t kSizeClasses = 6;
[[nodiscard]] std::size_t size_class(std::int64_t gpus);            // of a gang: 0 to kSizeClasses - 1
[[nodiscard]] const char* size_class_name(std::size_t size_class);  // "CPU only", "1 GPU", "2 to 4", ...

struct GroupCell {
  std::uint64_t jobs = 0;  // that started
  std::optional<double> wait_p50_s, wait_p95_s;
};

struct TenantRow {
  std::string name;
  bool others = false;  // all tenants beyond the largest
  GroupCell all;
  std::array<GroupCell, kSizeClasses> classes{};
};

struct JobGroups {
  LogHistogram wait, jct;
  GroupCell everyone;
  std::array<GroupCell, kSizeClasses> classes{};
  std::vector<TenantRow> tenants;  // the largest by jobs, then "others"; empty where the trace has no tenants
  std::size_t tenant_count = 0;
};

// warmup: jobs submitted before first submit + warmup are left out, as in the summary.
[[nodiscard]] JobGroups group_jobs(const JobOutcomes& outcomes, Duration warmup);

}  // namespace seatrial
