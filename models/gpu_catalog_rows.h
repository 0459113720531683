// The rows that tools/embed_gpus.py makes of models/data/gpus.json at build time; only gpu_catalog.cpp reads them.
#pragma once

#include <span>

namespace seatrial {

// Texts are never null; a figure that is not known is a quiet NaN.
struct GpuRow {
  const char* id;
  const char* name;
  const char* vendor;
  const char* arch;
  int year;
  double memory_gb;
  double memory_bw_gbs;
  double bf16_tflops;
  double tdp_w;
  double idle_w;
  double usable_memory_mib;
  double sm_count;
  double price_usd_per_gpu_hour;
  const char* price_source;
  const char* sources;
};

extern const std::span<const GpuRow> kGpuRows;

}  // namespace seatrial
