// Alibaba PAI (cluster-trace-gpu-v2020). Three layouts:
// * the sample of terminated tasks: job, submit_s (really the start), gpu_num, duration_s;
// * the job list of the release's simulator: job_id, submit_time, duration, num_gpu (per instance, may be a fraction),
//   num_inst, wait_time, user; submit_time + wait_time is the recorded start;
// * pai_task_table, with or without its header: a task is a job; start_time stands for the submit time (the table has
//   none), plan_gpu and plan_cpu are per cent per instance, plan_mem is GB per instance. Tasks without both times did
//   not run: they are skipped and counted.
// A fraction of a GPU is kept where there is one instance; several instances take whole GPUs, rounded up.
#include <algorithm>
#include <cmath>

#include "traces/csv.h"
#include "traces/formats.h"

namespace seatrial {
namespace {

constexpr double kMaxPlan = 1e6;  // per cent of an instance
constexpr double kMaxMemoryGb = 1e6;

// Sets GPUs, share and pods of `instances` instances with `milli` thousandths of a GPU each; false if that is too many.
bool set_instances(JobRecord& record, std::int64_t instances, double milli) {
  const auto gpus = instances * static_cast<std::int64_t>(std::ceil(milli / kGpuMilli));
  if (gpus > kMaxJobGpus) return false;
  record.pods = static_cast<std::uint32_t>(instances);
  record.gpus = static_cast<std::uint32_t>(gpus);
  if (record.gpus == 1) record.gpu_milli = static_cast<std::uint32_t>(std::max(1.0, std::ceil(milli)));
  if (record.gpus == 0) record.gpu_milli = 0;
  return true;
}

class SampleReader final : public TraceReader {
 public:
  SampleReader(std::unique_ptr<RowSource> rows, Problems& problems) : TraceReader(std::move(rows), problems) {
    cells_.require("the pai sample", {"job", "submit_s", "gpu_num", "duration_s"});
  }

 private:
  RowResult map(JobRecord& record) override {
    record.name = cells_.text(job_);
    record.submit_ns = cells_.instant_ns(submit_);
    record.gpus = cells_.gpus(gpus_);
    record.duration_ns = cells_.duration_ns(duration_);
    return RowResult::Job;
  }

  const ColumnIndex job_ = cells_.column("job");
  const ColumnIndex submit_ = cells_.column("submit_s");
  const ColumnIndex gpus_ = cells_.column("gpu_num");
  const ColumnIndex duration_ = cells_.column("duration_s");
};

class SimulatorReader final : public TraceReader {
 public:
  SimulatorReader(std::unique_ptr<RowSource> rows, Problems& problems) : TraceReader(std::move(rows), problems) {
    cells_.require("the pai job list", {"job_id", "submit_time", "duration", "num_gpu"});
  }

 private:
  RowResult map(JobRecord& record) override {
    record.name = cells_.text(job_);
    record.user = cells_.text(user_);
    record.submit_ns = cells_.instant_ns(submit_);
    record.duration_ns = cells_.duration_ns(duration_);
    const std::int64_t instances = cells_.optional_integer(instances_, 1, kMaxJobGpus).value_or(1);
    if (!set_instances(record, instances, cells_.number(gpus_, 0, kMaxPlan) * kGpuMilli)) {
      cells_.problem(gpus_, "the instances have more than 10000000 GPUs together");
    }
    const auto wait = cells_.optional_duration_ns(wait_);
    std::int64_t start = 0;
    if (wait && !__builtin_add_overflow(record.submit_ns, *wait, &start)) record.observed_start_ns = start;
    return RowResult::Job;
  }

  const ColumnIndex job_ = cells_.column("job_id");
  const ColumnIndex user_ = cells_.column("user");
  const ColumnIndex submit_ = cells_.column("submit_time");
  const ColumnIndex duration_ = cells_.column("duration");
  const ColumnIndex gpus_ = cells_.column("num_gpu");
  const ColumnIndex instances_ = cells_.column("num_inst");
  const ColumnIndex wait_ = cells_.column("wait_time");
};

class TaskReader final : public TraceReader {
 public:
  TaskReader(std::unique_ptr<RowSource> rows, Problems& problems) : TraceReader(std::move(rows), problems) {
    cells_.require("pai_task_table", {"job_name", "task_name", "inst_num", "status", "start_time", "end_time"});
  }

 private:
  RowResult map(JobRecord& record) override {
    if (!cells_.has(start_) || !cells_.has(end_)) return RowResult::Skipped;
    name_ = cells_.text(job_);
    name_ += '/';
    name_ += cells_.text(task_);
    record.name = name_;
    record.trace_state = cells_.text(status_);
    record.submit_ns = cells_.instant_ns(start_);
    const std::int64_t end_ns = cells_.instant_ns(end_);
    if (__builtin_sub_overflow(end_ns, record.submit_ns, &record.duration_ns) || record.duration_ns < 0) {
      cells_.problem(end_, "the task ends before it starts");
    }
    const auto instances = static_cast<std::int64_t>(cells_.number(instances_, 1, 1e7));
    const double gpu_percent = cells_.has(plan_gpu_) ? cells_.number(plan_gpu_, 0, kMaxPlan) : 0;
    if (!set_instances(record, instances, gpu_percent * 10)) {
      cells_.problem(plan_gpu_, "the instances have more than 10000000 GPUs together");
    }
    const auto count = static_cast<double>(instances);
    if (cells_.has(plan_cpu_)) record.cpu_milli = std::llround(cells_.number(plan_cpu_, 0, kMaxPlan) * 10 * count);
    if (cells_.has(plan_mem_))
      record.memory_mib = std::llround(cells_.number(plan_mem_, 0, kMaxMemoryGb) * 1024 * count);
    return RowResult::Job;
  }

  const ColumnIndex job_ = cells_.column("job_name");
  const ColumnIndex task_ = cells_.column("task_name");
  const ColumnIndex instances_ = cells_.column("inst_num");
  const ColumnIndex status_ = cells_.column("status");
  const ColumnIndex start_ = cells_.column("start_time");
  const ColumnIndex end_ = cells_.column("end_time");
  const ColumnIndex plan_cpu_ = cells_.column("plan_cpu");
  const ColumnIndex plan_mem_ = cells_.column("plan_mem");
  const ColumnIndex plan_gpu_ = cells_.column("plan_gpu");
  std::string name_;
};

}  // namespace

std::unique_ptr<TraceReader> open_pai(InputFile input, Problems& problems) {
  const std::vector<std::string> task_table{"job_name", "task_name", "inst_num", "status",   "start_time",
                                            "end_time", "plan_cpu",  "plan_mem", "plan_gpu", "gpu_type"};
  auto rows = std::make_unique<CsvFile>(std::move(input), problems, task_table);
  const Cells header(*rows, problems);
  if (header.column("task_name").present()) return std::make_unique<TaskReader>(std::move(rows), problems);
  if (header.column("submit_time").present()) return std::make_unique<SimulatorReader>(std::move(rows), problems);
  return std::make_unique<SampleReader>(std::move(rows), problems);
}

}  // namespace seatrial
