// Reads measured speeds and profiles of workloads from tables into a SpeedTablesBuilder. Every mistake of a file is
// reported with its place, all at once, as an InputError.
#pragma once

#include "models/speed_tables.h"
#include "traces/input_file.h"

namespace seatrial {

// Columns gpu_type, model, scale_factor, steps_per_s: speed of a gang of scale_factor GPUs with its GPUs to itself. 0:
// it could not run (out of memory); empty: not measured. Each (gpu_type, model, scale_factor) once. The form of Gavel's
// isolated throughputs (stanford-futuredata/gavel).
void read_isolated_speeds(InputFile input, SpeedTablesBuilder& builder);

// Columns gpu_type, model_a, scale_a, model_b, scale_b, steps_per_s_a, steps_per_s_b: speed of two gangs on the same
// GPUs; both 0: they could not run together. A pair may stand there again the other way round, with the same figures.
// The form of Gavel's co-located throughputs.
void read_colocated_speeds(InputFile input, SpeedTablesBuilder& builder);

// Columns model, optionally scale_factor (default 1), and any of the members of WorkloadProfile by name; an empty field
// or an absent column leaves the default.
void read_workload_profiles(InputFile input, SpeedTablesBuilder& builder);

}  // namespace seatrial
