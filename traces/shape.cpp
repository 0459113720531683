// Truncation, scaling and defaults; see shape.h.
#include "traces/shape.h"

#include <algorithm>
#include <cmath>

#include "traces/workload_record.h"

namespace seatrial {

std::int64_t floor_to(std::int64_t ns, std::int64_t step) {
  const std::int64_t rest = ns % step;
  return ns - rest - (rest < 0 ? step : 0);
}

bool JobShaper::truncate(JobRecord& record) const {
  const std::int64_t step = options_.truncate.ns;
  if (step <= 0) return true;
  constexpr std::int64_t kLowest = INT64_MIN;
  if (record.submit_ns < kLowest + step || record.observed_start_ns.value_or(0) < kLowest + step) return false;
  record.submit_ns = floor_to(record.submit_ns, step);
  record.duration_ns = floor_to(record.duration_ns, step);
  if (record.observed_start_ns) record.observed_start_ns = floor_to(*record.observed_start_ns, step);
  return true;
}

// What users state is not what a program does that sleeps in whole steps: an estimate that the trace lacks is kept.
bool JobShaper::round_up(JobRecord& record) const {
  const std::int64_t step = options_.round_up.ns;
  if (step <= 0) return true;
  if (record.duration_ns > INT64_MAX - step) return false;
  if (!record.estimate_ns) record.estimate_ns = record.duration_ns;
  record.duration_ns = floor_to(record.duration_ns + step - 1, step);
  return true;
}

// Every difference of two times of the trace must fit 63 bits.
bool JobShaper::times_fit(const JobRecord& record) {
  std::int64_t end_ns = 0;
  std::int64_t span_ns = 0;
  if (__builtin_add_overflow(record.submit_ns, record.duration_ns, &end_ns)) return false;
  const std::int64_t earliest_ns = std::min(earliest_ns_, record.submit_ns);
  const std::int64_t latest_ns = std::max({latest_ns_, end_ns, record.observed_start_ns.value_or(end_ns)});
  if (__builtin_sub_overflow(latest_ns, earliest_ns, &span_ns)) return false;
  earliest_ns_ = earliest_ns;
  latest_ns_ = latest_ns;
  return true;
}

// The draw of a row depends on nothing but the seed and the row: filters leave the others' draws alone.
std::string_view JobShaper::work_of(std::uint64_t row) const {
  if (options_.work_mix.empty()) return options_.default_work;
  Random random(seed_, "work of trace rows", row);
  return options_.work_mix[works_.draw(random)].first;
}

bool JobShaper::shape(JobRecord& record) {
  if (!truncate(record) || !round_up(record) || !times_fit(record)) return false;
  if (record.gpus != 0) {
    if (options_.gpus_per_pod != 0) record.pods = (record.gpus - 1) / options_.gpus_per_pod + 1;
    const auto gpus = static_cast<std::int64_t>(record.gpus);
    if (!record.cpu_milli) record.cpu_milli = options_.default_cpu_milli_per_gpu * gpus;
    if (!record.memory_mib) record.memory_mib = options_.default_memory_mib_per_gpu * gpus;
    if (record.gpu_memory_mib == 0) record.gpu_memory_mib = options_.default_gpu_memory_mib;
    if (record.resource.empty() && record.gpu_milli == kGpuMilli) record.resource = options_.default_resource;
    if (record.work.empty()) record.work = work_of(record.row);
  }
  record.constraint = options_.constraint;
  return true;
}

void JobShaper::add_scaled(const Workload& kept, WorkloadBuilder& builder) {
  std::string name;
  const auto load = static_cast<long double>(options_.load);
  const std::int64_t earliest_ns = earliest_ns_;
  for (const JobId job : kept.file_order()) {
    JobRecord record = record_of(kept, job, name);
    const long double distance_ns = std::rint(static_cast<long double>(record.submit_ns - earliest_ns) / load);
    const std::int64_t old_submit_ns = record.submit_ns;
    bool fits = distance_ns < 9.2e18L;
    if (fits) {
      fits = !__builtin_add_overflow(earliest_ns, static_cast<std::int64_t>(distance_ns), &record.submit_ns);
    }
    if (fits && record.observed_start_ns) {
      const std::int64_t wait_ns = *record.observed_start_ns - old_submit_ns;
      fits = !__builtin_add_overflow(record.submit_ns, wait_ns, &*record.observed_start_ns);
    }
    if (!fits || !times_fit(record)) {
      throw InputError(options_.place, options_.key("load"), "the scaled submit times do not fit 2^63 ns");
    }
    builder.add(record);
  }
}

}  // namespace seatrial
