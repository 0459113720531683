// Measurements in the forms in which other tools write them, to raw samples that `seatrial fit` reads (raw_samples.h)
// and to workload profiles (run_profile.h). What is wrong with a file is an InputError with its place; what a form does
// not hold (device, model) the caller says.
#pragma once

#include <cstddef>
#include <string>

#include "traces/input_file.h"

namespace seatrial {

inline constexpr std::size_t kMaxImportBytes = std::size_t{512} << 20U;  // of files that are read whole

// aiconfigurator's collector output as CSV: gemm_dtype,m,n,k,latency or
// nccl_dtype,num_gpus,message_size,op_name,latency (milliseconds; message sizes in elements), optionally
// framework,version. `name`: the stack or the system; empty: what the file says, else "aiconfigurator" or "unknown". To
// samples `gemm` or `collectives`.
[[nodiscard]] std::string import_aiconfigurator(InputFile input, const std::string& name);

// Vidur's profiling CSV: time_stats.<operator>.median (milliseconds), num_tokens, num_tensor_parallel_workers of one
// device and model, to samples `operators`; or time_stats.<collective>.median, size (bytes), num_workers of one system,
// to samples `collectives` (the model is not looked at).
struct VidurRun {
  std::string device;
  std::string model;
};
[[nodiscard]] std::string import_vidur(InputFile input, const VidurRun& run);

// Gavel's throughput JSON: {gpu: {"('model', scale)": {"null": x, "('other', scale)": [x1, x2]}}} in steps a second, to
// samples `pairs`.
[[nodiscard]] std::string import_gavel(const std::string& text, const std::string& file);

// A Chrome or Kineto trace: what the GPU did, by kernel, and the iterations found in it, to a profile.
[[nodiscard]] std::string import_chrome_trace(const std::string& text, const std::string& file,
                                              const std::string& name);

// False where the program was built without SQLite; then the next must not be called.
[[nodiscard]] bool has_nsight_import();
// The SQLite export of Nsight Systems, to a profile. Columns differ by version: what is not there is done without.
[[nodiscard]] std::string import_nsight(const std::string& path, const std::string& name);

// A range query of DCGM exporter's metrics in Prometheus' JSON form, to a profile per pod (per GPU where no pod is
// named) and the XID errors seen; or, as samples `power`, watts by utilisation of each GPU model.
enum class DcgmResult : unsigned char { Profiles, Samples };
[[nodiscard]] std::string import_dcgm(const std::string& text, const std::string& file, DcgmResult result);

}  // namespace seatrial
