// openb pod lists (Alibaba cluster-trace-gpu-v2023): name, cpu_milli, memory_mib, num_gpu, gpu_milli; optional gpu_spec
// (allowed models joined by `|`), pod_phase, creation_time, deletion_time, scheduled_time. A pod is a job of one pod.
// It is submitted at creation_time, runs for deletion - creation, and really started at scheduled_time; files without
// times give 0 for all of them. An explicit submission order is applied by openb_order.h.
#include "traces/csv.h"
#include "traces/formats.h"

namespace seatrial {
namespace {

constexpr std::int64_t kMaxAmount = 1'000'000'000'000;

class OpenbReader final : public TraceReader {
 public:
  OpenbReader(std::unique_ptr<RowSource> rows, Problems& problems) : TraceReader(std::move(rows), problems) {
    cells_.require("an openb pod list", {"name", "cpu_milli", "memory_mib", "num_gpu", "gpu_milli"});
  }

 private:
  RowResult map(JobRecord& record) override {
    record.name = cells_.text(name_);
    record.pods = 1;
    record.cpu_milli = cells_.integer(cpu_, 0, kMaxAmount);
    record.memory_mib = cells_.integer(memory_, 0, kMaxAmount);
    record.gpus = cells_.gpus(gpus_);
    const auto milli = static_cast<std::uint32_t>(cells_.integer(milli_, 0, kGpuMilli));
    if (record.gpus == 1 && milli == 0) cells_.problem(milli_, "a pod with one GPU needs a share of 1 to 1000");
    if (record.gpus > 1 && milli != kGpuMilli)
      cells_.problem(milli_, "a pod with several GPUs needs whole ones (1000)");
    record.gpu_milli = record.gpus == 0 ? 0 : milli;
    if (record.gpus != 0) record.gpu_model = cells_.text(spec_);
    record.trace_state = cells_.text(phase_);
    map_times(record);
    return RowResult::Job;
  }

  void map_times(JobRecord& record) {
    record.submit_ns = cells_.optional_instant_ns(creation_).value_or(0);
    const auto deletion = cells_.optional_instant_ns(deletion_);
    if (deletion &&
        (__builtin_sub_overflow(*deletion, record.submit_ns, &record.duration_ns) || record.duration_ns < 0)) {
      cells_.problem(deletion_, "the pod is deleted before it is created");
    }
    record.observed_start_ns = cells_.optional_instant_ns(scheduled_);
  }

  const ColumnIndex name_ = cells_.column("name");
  const ColumnIndex cpu_ = cells_.column("cpu_milli");
  const ColumnIndex memory_ = cells_.column("memory_mib");
  const ColumnIndex gpus_ = cells_.column("num_gpu");
  const ColumnIndex milli_ = cells_.column("gpu_milli");
  const ColumnIndex spec_ = cells_.column("gpu_spec");
  const ColumnIndex phase_ = cells_.column("pod_phase");
  const ColumnIndex creation_ = cells_.column("creation_time");
  const ColumnIndex deletion_ = cells_.column("deletion_time");
  const ColumnIndex scheduled_ = cells_.column("scheduled_time");
};

}  // namespace

std::unique_ptr<TraceReader> open_openb(InputFile input, Problems& problems) {
  return std::make_unique<OpenbReader>(std::make_unique<CsvFile>(std::move(input), problems), problems);
}

}  // namespace seatrial
