// The native format: seatrial's own CSV, the strictest of all: unknown columns and repeated job ids are mistakes.
// Columns in any order: job_id, submit_s, duration_s, gpus; optional gpu_milli (per GPU, only with gpus 1), pods,
// cpu_milli and memory_mib (of the whole job), gpu_model, tenant, user, priority, estimate_s, trace_state,
// observed_start_s, gpu_resource (what gpus counts: mig-1g.5gb, gpu.shared, any), gpu_memory_mib (of each GPU or
// slice), work (kind of work, for its speed). An empty optional field means "not stated".
#include <algorithm>
#include <array>
#include <limits>

#include "models/gpu_resource.h"
#include "sim/text.h"
#include "traces/csv.h"
#include "traces/formats.h"
#include "traces/name_set.h"

namespace seatrial {
namespace {

constexpr std::array<std::string_view, 18> kColumns{
    "job_id",     "submit_s",    "duration_s",       "gpus",         "gpu_milli",      "pods",
    "cpu_milli",  "memory_mib",  "gpu_model",        "tenant",       "user",           "priority",
    "estimate_s", "trace_state", "observed_start_s", "gpu_resource", "gpu_memory_mib", "work"};
constexpr std::int64_t kMaxGpuMemory = 1'000'000'000;   // MiB
constexpr std::int64_t kMaxAmount = 1'000'000'000'000;  // milli-CPU or MiB of one job

void refuse_unknown_columns(const RowSource& rows, Problems& problems) {
  const std::vector<std::string> known(kColumns.begin(), kColumns.end());
  for (std::size_t i = 0; i < rows.columns().size(); ++i) {
    const std::string& name = rows.columns()[i];
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string near = nearest_name(name, known);
    problems.add(
        rows.place(i), "", "unknown column \"" + quoted(name) + "\"",
        near.empty() ? "the known ones are listed by `seatrial list formats`" : "did you mean \"" + near + "\"?");
  }
}

class NativeReader final : public TraceReader {
 public:
  NativeReader(std::unique_ptr<RowSource> rows, Problems& problems) : TraceReader(std::move(rows), problems) {
    refuse_unknown_columns(*rows_, problems);
    cells_.require("a native trace", {"job_id", "submit_s", "duration_s", "gpus"});
  }

 private:
  RowResult map(JobRecord& record) override {
    record.name = cells_.text(job_id_);
    if (record.name.empty()) cells_.problem(job_id_, "a job needs a name");
    record.submit_ns = cells_.instant_ns(submit_);
    record.duration_ns = cells_.duration_ns(duration_);
    record.gpus = cells_.gpus(gpus_);
    map_shape(record);
    record.cpu_milli = cells_.optional_integer(cpu_, 0, kMaxAmount);
    record.memory_mib = cells_.optional_integer(memory_, 0, kMaxAmount);
    record.gpu_model = cells_.text(model_);
    record.work = cells_.text(work_);
    map_slice(record);
    record.tenant = cells_.text(tenant_);
    record.user = cells_.text(user_);
    record.trace_state = cells_.text(state_);
    constexpr std::int64_t kHighest = std::numeric_limits<std::int32_t>::max();
    record.priority = static_cast<std::int32_t>(cells_.optional_integer(priority_, -kHighest, kHighest).value_or(0));
    record.estimate_ns = cells_.optional_duration_ns(estimate_);
    record.observed_start_ns = cells_.optional_instant_ns(observed_);
    if (cells_.row_is_good() && !names_.insert(cells_.raw(job_id_))) {
      cells_.problem(job_id_, "the job id appears twice");
    }
    return RowResult::Job;
  }

  void map_shape(JobRecord& record) {
    record.gpu_milli = record.gpus == 0 ? 0 : kGpuMilli;
    if (cells_.has(milli_)) {
      const std::int64_t milli = cells_.integer(milli_, 0, kGpuMilli);
      if (record.gpus == 1 && milli == 0) cells_.problem(milli_, "a share must be 1 to 1000");
      if (record.gpus > 1 && milli != kGpuMilli) cells_.problem(milli_, "a share of a GPU needs gpus = 1");
      if (record.gpus == 1) record.gpu_milli = static_cast<std::uint32_t>(milli);
    }
    if (!cells_.has(pods_)) return;
    record.pods = static_cast<std::uint32_t>(cells_.integer(pods_, 1, kMaxJobGpus));
    if (record.gpus != 0 && record.pods > record.gpus) cells_.problem(pods_, "there are more pods than GPUs");
  }

  void map_slice(JobRecord& record) {
    record.gpu_memory_mib =
        static_cast<std::uint32_t>(cells_.optional_integer(gpu_memory_, 0, kMaxGpuMemory).value_or(0));
    record.resource = {};
    if (!cells_.has(resource_)) return;
    const std::string_view written = cells_.text(resource_);
    if (!is_gpu_resource(written)) cells_.problem(resource_, "not the name of a GPU resource");
    resource_key_ = gpu_resource_key(written);
    record.resource = resource_key_;
    if (!resource_key_.empty() && record.gpu_milli != kGpuMilli && record.gpus > 0) {
      cells_.problem(resource_, "a share of a GPU has no gpu_resource");
    }
  }

  const ColumnIndex job_id_ = cells_.column("job_id");
  const ColumnIndex submit_ = cells_.column("submit_s");
  const ColumnIndex duration_ = cells_.column("duration_s");
  const ColumnIndex gpus_ = cells_.column("gpus");
  const ColumnIndex milli_ = cells_.column("gpu_milli");
  const ColumnIndex pods_ = cells_.column("pods");
  const ColumnIndex cpu_ = cells_.column("cpu_milli");
  const ColumnIndex memory_ = cells_.column("memory_mib");
  const ColumnIndex model_ = cells_.column("gpu_model");
  const ColumnIndex tenant_ = cells_.column("tenant");
  const ColumnIndex user_ = cells_.column("user");
  const ColumnIndex priority_ = cells_.column("priority");
  const ColumnIndex estimate_ = cells_.column("estimate_s");
  const ColumnIndex state_ = cells_.column("trace_state");
  const ColumnIndex observed_ = cells_.column("observed_start_s");
  const ColumnIndex resource_ = cells_.column("gpu_resource");
  const ColumnIndex gpu_memory_ = cells_.column("gpu_memory_mib");
  const ColumnIndex work_ = cells_.column("work");
  std::string resource_key_;
  NameSet names_;
};

}  // namespace

std::unique_ptr<TraceReader> open_native(InputFile input, Problems& problems) {
  return std::make_unique<NativeReader>(std::make_unique<CsvFile>(std::move(input), problems), problems);
}

}  // namespace seatrial
