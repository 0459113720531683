// The GPU catalogue out of the rows that the build makes of models/data/gpus.json. A file that lacks or misspells
// something fails the build, so nothing is parsed or checked here.
#include "models/gpu_catalog.h"

#include <algorithm>
#include <cmath>

#include "models/gpu_catalog_rows.h"

namespace seatrial {
namespace {

std::optional<double> known(double figure) {
  if (std::isnan(figure)) return std::nullopt;
  return figure;
}

GpuModel model_of(const GpuRow& row) {
  GpuModel model;
  model.id = row.id;
  model.name = row.name;
  model.vendor = row.vendor;
  model.arch = row.arch;
  model.year = row.year;
  model.memory_gb = known(row.memory_gb);
  model.memory_bw_gbs = known(row.memory_bw_gbs);
  model.bf16_tflops = known(row.bf16_tflops);
  model.tdp_w = known(row.tdp_w);
  model.idle_w = known(row.idle_w);
  model.usable_memory_mib = known(row.usable_memory_mib);
  model.sm_count = known(row.sm_count);
  model.price_usd_per_gpu_hour = known(row.price_usd_per_gpu_hour);
  model.price_source = row.price_source;
  model.sources = row.sources;
  return model;
}

std::vector<GpuModel> make_catalog() {
  std::vector<GpuModel> models;
  models.reserve(kGpuRows.size());
  for (const GpuRow& row : kGpuRows) models.push_back(model_of(row));
  return models;
}

}  // namespace

const std::vector<GpuModel>& gpu_catalog() {
  static const std::vector<GpuModel> catalog = make_catalog();
  return catalog;
}

const GpuModel* find_gpu_model(std::string_view id) {
  const std::vector<GpuModel>& models = gpu_catalog();
  const auto found = std::find_if(models.begin(), models.end(), [id](const GpuModel& model) { return model.id == id; });
  return found == models.end() ? nullptr : &*found;
}

}  // namespace seatrial
