// The GPU models that seatrial knows: memory, speed, power, price, each figure with its source in
// models/data/gpus.json, which the build compiles in (tools/embed_gpus.py). Nothing is parsed when a program runs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace seatrial {

struct GpuModel {
  std::string id;    // as in `gpu.model`, for instance "h100-sxm"
  std::string name;  // marketing name
  std::string vendor;
  std::string arch;
  int year = 0;
  std::optional<double> memory_gb;
  std::optional<double> memory_bw_gbs;  // 1e9 byte/s
  std::optional<double> bf16_tflops;    // dense
  std::optional<double> tdp_w;          // taken as the power of a busy GPU
  std::optional<double> idle_w;
  std::optional<double> usable_memory_mib;  // total that nvidia-smi shows; known of few
  std::optional<double> sm_count;
  std::optional<double> price_usd_per_gpu_hour;  // the first price of the data file: on-demand, host included
  std::string price_source;                      // "aws p4d.24xlarge us-east-1, 2026, verified"
  std::string sources;                           // keys of the data file's source list
};

[[nodiscard]] const std::vector<GpuModel>& gpu_catalog();
// nullptr where the id is unknown.
[[nodiscard]] const GpuModel* find_gpu_model(std::string_view id);

}  // namespace seatrial
