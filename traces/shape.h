// What a trace entry does to each kept job before it is added: pods of a given size, default CPU and memory, a kind of
// work, whole multiples of `truncate`; and `load`, which needs the earliest submit of all kept jobs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "models/workload.h"
#include "traces/mix.h"
#include "traces/trace.h"

namespace seatrial {

// The largest multiple of step that is not above ns; step > 0.
[[nodiscard]] std::int64_t floor_to(std::int64_t ns, std::int64_t step);

class JobShaper {
 public:
  JobShaper(const TraceOptions& options, std::uint64_t seed)
      : options_(options), seed_(seed), works_(options.work_mix) {}

  // False if the job's times are so far from those of the jobs before that a difference would not fit 63 bits.
  [[nodiscard]] bool shape(JobRecord& record);
  // Adds all jobs, in file order, with the distances of their submits from the earliest divided by the load. The
  // recorded waits stay.
  void add_scaled(const Workload& kept, WorkloadBuilder& builder);

 private:
  [[nodiscard]] bool truncate(JobRecord& record) const;
  bool round_up(JobRecord& record) const;
  [[nodiscard]] bool times_fit(const JobRecord& record);
  [[nodiscard]] std::string_view work_of(std::uint64_t row) const;

  const TraceOptions& options_;
  std::uint64_t seed_;
  Mix works_;
  std::int64_t earliest_ns_ = INT64_MAX;  // over all shaped jobs: submits ...
  std::int64_t latest_ns_ = INT64_MIN;    // ... and ends without waiting
};

}  // namespace seatrial
