// Wall-clock job logs; see cluster_log.h.
#include "traces/cluster_log.h"

namespace seatrial {
namespace {

class ClusterLogReader final : public TraceReader {
 public:
  ClusterLogReader(std::unique_ptr<RowSource> rows, const ClusterLogRules& rules, Problems& problems)
      : TraceReader(std::move(rows), problems), rules_(rules), tenant_(cells_.column(rules.tenant_column)) {
    cells_.require(rules.format, {"job_id", "gpu_num", "submit_time", "start_time", "end_time"});
  }

 private:
  RowResult map(JobRecord& record) override {
    const auto submit = cells_.wall_clock_ns(submit_, rules_.epoch_s);
    const auto start = cells_.wall_clock_ns(start_, rules_.epoch_s);
    const auto end = cells_.wall_clock_ns(end_, rules_.epoch_s);
    record.gpus = cells_.gpus(gpus_);
    const auto cpus = cells_.optional_integer(cpus_, 0, kMaxJobGpus);
    if (cpus) record.cpu_milli = *cpus * 1000;
    const bool ran = start && end;
    if (ran && *end < *start) cells_.problem(end_, "the job ends before it starts");
    if (submit && start && *start < *submit) cells_.problem(start_, "the job starts before it is submitted");
    if (!ran && !cells_.has(duration_)) return RowResult::Skipped;
    record.duration_ns = ran ? *end - *start : cells_.duration_ns(duration_);
    if (!submit && cells_.row_is_good()) cells_.problem(submit_, "a job needs a submit time");
    record.submit_ns = submit.value_or(0);
    record.observed_start_ns = start;
    record.name = cells_.text(job_id_);
    record.user = cells_.text(user_);
    record.tenant = cells_.text(tenant_);
    record.trace_state = cells_.text(state_);
    return RowResult::Job;
  }

  const ClusterLogRules rules_;
  const ColumnIndex tenant_;
  const ColumnIndex job_id_ = cells_.column("job_id");
  const ColumnIndex user_ = cells_.column("user");
  const ColumnIndex gpus_ = cells_.column("gpu_num");
  const ColumnIndex cpus_ = cells_.column("cpu_num");
  const ColumnIndex state_ = cells_.column("state");
  const ColumnIndex submit_ = cells_.column("submit_time");
  const ColumnIndex start_ = cells_.column("start_time");
  const ColumnIndex end_ = cells_.column("end_time");
  const ColumnIndex duration_ = cells_.column("duration");
};

}  // namespace

std::unique_ptr<TraceReader> read_cluster_log(std::unique_ptr<RowSource> rows, const ClusterLogRules& rules,
                                              Problems& problems) {
  return std::make_unique<ClusterLogReader>(std::move(rows), rules, problems);
}

}  // namespace seatrial
