// Helios (SenseTime, 2020). Told apart by the header: the official log (wall-clock times without a zone,
// counted from 2020-04-01 00:00:00 as the published copies do), and the copies with job_id, submit_s, gpu_num,
// duration_s and any of vc, user, state, node_num, clamped, lucid_sept. vc is the tenant; node_num does not bind the
// gang (the scheduler places it); 0 GPUs is a CPU job. The series files of the release are no job lists.
#include "traces/cluster_log.h"
#include "traces/csv.h"
#include "traces/formats.h"
#include "traces/wall_clock.h"

namespace seatrial {
namespace {

class HeliosReader final : public TraceReader {
 public:
  HeliosReader(std::unique_ptr<RowSource> rows, Problems& problems) : TraceReader(std::move(rows), problems) {
    cells_.require("a helios job list", {"job_id", "submit_s", "gpu_num", "duration_s"});
  }

 private:
  RowResult map(JobRecord& record) override {
    record.name = cells_.text(job_id_);
    record.submit_ns = cells_.instant_ns(submit_);
    record.gpus = cells_.gpus(gpus_);
    record.duration_ns = cells_.duration_ns(duration_);
    record.tenant = cells_.text(vc_);
    record.user = cells_.text(user_);
    record.trace_state = cells_.text(state_);
    return RowResult::Job;
  }

  const ColumnIndex job_id_ = cells_.column("job_id");
  const ColumnIndex submit_ = cells_.column("submit_s");
  const ColumnIndex gpus_ = cells_.column("gpu_num");
  const ColumnIndex duration_ = cells_.column("duration_s");
  const ColumnIndex vc_ = cells_.column("vc");
  const ColumnIndex user_ = cells_.column("user");
  const ColumnIndex state_ = cells_.column("state");
};

}  // namespace

std::unique_ptr<TraceReader> open_helios(InputFile input, Problems& problems) {
  auto rows = std::make_unique<CsvFile>(std::move(input), problems);
  const bool official = Cells(*rows, problems).column("submit_time").present();
  if (official) return read_cluster_log(std::move(rows), {"a helios log", kHeliosEpochS, "vc"}, problems);
  return std::make_unique<HeliosReader>(std::move(rows), problems);
}

}  // namespace seatrial
