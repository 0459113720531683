// report.html of one run: one file, no request to the network, equal bytes for equal runs (it does not show how long
// the simulation took). Everything is aggregated first, so that its size does not grow with the number of jobs.
#pragma once

#include <string>

#include "reports/job_groups.h"
#include "reports/metrics.h"
#include "reports/summary.h"

namespace seatrial {

[[nodiscard]] std::string html_report(const Summary& summary, const Series& series, const JobGroups& groups);

}  // namespace seatrial
