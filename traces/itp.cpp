// Microsoft ITP clusters as the ElasticFlow traces publish them: submit_s, gpu_num, duration_s; a job is a row, named
// by its number.
#include "traces/csv.h"
#include "traces/formats.h"

namespace seatrial {
namespace {

class ItpReader final : public TraceReader {
 public:
  ItpReader(std::unique_ptr<RowSource> rows, Problems& problems) : TraceReader(std::move(rows), problems) {
    cells_.require("an itp trace", {"submit_s", "gpu_num", "duration_s"});
  }

 private:
  RowResult map(JobRecord& record) override {
    record.submit_ns = cells_.instant_ns(submit_);
    record.gpus = cells_.gpus(gpus_);
    record.duration_ns = cells_.duration_ns(duration_);
    return RowResult::Job;
  }

  const ColumnIndex submit_ = cells_.column("submit_s");
  const ColumnIndex gpus_ = cells_.column("gpu_num");
  const ColumnIndex duration_ = cells_.column("duration_s");
};

}  // namespace

std::unique_ptr<TraceReader> open_itp(InputFile input, Problems& problems) {
  return std::make_unique<ItpReader>(std::make_unique<CsvFile>(std::move(input), problems), problems);
}

}  // namespace seatrial
