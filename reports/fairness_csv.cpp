// See fairness_csv.h.
#include "reports/fairness_csv.h"

#include <cmath>

#include "models/workload.h"
#include "reports/csv.h"
#include "reports/fairness.h"
#include "sim/text.h"

namespace seatrial {

void write_fairness_csv(const Workload& workload, const Fairness& fairness, ByteSink& sink) {
  Buffered buffer(sink);
  std::string& out = buffer.text;
  out += "job_id,tenant,isolated_s,rho\n";
  for (const JobId job : workload.file_order()) {
    if (std::isnan(fairness.rho(job))) continue;
    const std::size_t start = out.size();
    workload.append_name(job, out);
    quote_csv_field(out, start);
    out += ',';
    append_csv_field(out, workload.texts().text(workload.tenant(job)));
    out += ',';
    append_number(out, fairness.isolated_s(job));
    out += ',';
    append_number(out, fairness.rho(job));
    out += '\n';
    buffer.flush_if_full();
  }
  buffer.flush();
}

void write_shares_csv(const Workload& workload, const Fairness& fairness, ByteSink& sink) {
  Buffered buffer(sink);
  std::string& out = buffer.text;
  out += "t_s,interval_s";
  for (const TenantShare& share : fairness.shares()) {
    for (const char* what : {".entitled_gpus", ".received_gpus"}) {
      out += ',';
      append_csv_field(out, workload.texts().text(share.tenant) + what);
    }
  }
  out += '\n';
  const ShareSeries& series = fairness.series();
  const std::size_t columns = 2 * fairness.shares().size();
  Time at = series.start;
  for (std::size_t cell = 0; cell < series.cells.size(); cell += columns) {
    const bool last = cell + columns == series.cells.size();
    const Duration length = last ? series.last_interval : series.interval;
    append_seconds(out, at.ns);
    out += ',';
    append_seconds(out, length.ns);
    for (std::size_t i = 0; i < columns; ++i) {
      out += ',';
      append_number(out, series.cells[cell + i]);
    }
    out += '\n';
    at = at + length;
    buffer.flush_if_full();
  }
  buffer.flush();
}

}  // namespace seatrial
