// Philly (Microsoft, 2017), in two layouts told apart by the first character: the reduced job list (CSV with submit_s,
// gpu_num, duration_s, vc) and the official cluster_job_log (JSON, see philly_log.h). vc is the tenant.
#include "traces/csv.h"
#include "traces/formats.h"
#include "traces/philly_log.h"

namespace seatrial {
namespace {

class PhillyListReader final : public TraceReader {
 public:
  PhillyListReader(std::unique_ptr<RowSource> rows, Problems& problems) : TraceReader(std::move(rows), problems) {
    cells_.require("a philly job list", {"submit_s", "gpu_num", "duration_s", "vc"});
  }

 private:
  RowResult map(JobRecord& record) override {
    record.submit_ns = cells_.instant_ns(submit_);
    record.gpus = cells_.gpus(gpus_);
    record.duration_ns = cells_.duration_ns(duration_);
    record.tenant = cells_.text(vc_);
    return RowResult::Job;
  }

  const ColumnIndex submit_ = cells_.column("submit_s");
  const ColumnIndex gpus_ = cells_.column("gpu_num");
  const ColumnIndex duration_ = cells_.column("duration_s");
  const ColumnIndex vc_ = cells_.column("vc");
};

}  // namespace

std::unique_ptr<TraceReader> open_philly(InputFile input, Problems& problems) {
  const std::string_view head = input.peek();
  const std::size_t first = head.find_first_not_of("\xef\xbb\xbf \t\r\n");
  if (first != std::string_view::npos && head[first] == '[') return read_philly_log(std::move(input), problems);
  return std::make_unique<PhillyListReader>(std::make_unique<CsvFile>(std::move(input), problems), problems);
}

}  // namespace seatrial
