// The official Philly cluster_job_log: a JSON array with one object per job (status, vc, jobid, attempts,
// submitted_time, user). For `where` the columns are status, vc, jobid, submitted_time and user.
// Run time: the sum over attempts that have a start and an end; GPUs: those of the last attempt that lists any.
// Jobs without such an attempt did not run: skipped and counted. Recorded start: the first attempt's. Times are US
// Pacific local times, made continuous over the changes of daylight saving, counted from 2017-09-01 00:00:00.
#pragma once

#include <memory>

#include "traces/input_file.h"
#include "traces/reader.h"

namespace seatrial {

std::unique_ptr<TraceReader> read_philly_log(InputFile input, Problems& problems);

}  // namespace seatrial
