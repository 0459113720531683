// The key `devices` of report.json: cut and shared GPUs; see report_devices.h.
#include <nlohmann/json.hpp>

#include "models/sharing_mode.h"
#include "models/workload.h"
#include "reports/report_data.h"
#include "reports/report_parts_json.h"

namespace seatrial {
namespace {

Json rows_json(const std::vector<std::vector<double>>& rows) {
  Json out = Json::array();
  for (const auto& row : rows) out.push_back(sparse(row, rounded));
  return out;
}

Json pool_json(const ReportInput& input, const MigPoolShown& pool) {
  Json profiles = Json::array();
  for (std::size_t i = 0; i < pool.profiles.size(); ++i) {
    profiles.push_back({{"name", pool.profiles[i]}, {"compute", pool.compute[i]}});
  }
  Json places = Json::array();
  for (const MigPlaceShown& place : pool.places) places.push_back({place.profile, place.start, place.compute});
  return {{"name", clipped(input.metrics.pools()[pool.pool].name)},
          {"gpus", pool.gpus},
          {"compute_slices", pool.compute_slices},
          {"profiles", std::move(profiles)},
          {"places", std::move(places)},
          {"exist", rows_json(pool.exist)},
          {"busy", rows_json(pool.busy)},
          {"recuts", pool.recuts},
          {"recut_s", rounded(pool.recut_s)},
          {"recuts_in", sparse(pool.recuts_in, [](std::uint32_t count) { return count; })},
          {"recut_s_in", sparse(pool.recut_s_in, rounded)}};
}

// [place, begin, end], then where needed the share, then the job's name.
Json bars_json(const ReportInput& input, const std::vector<SliceBar>& bars) {
  Json out = Json::array();
  for (const SliceBar& bar : bars) {
    Json row = Json::array({bar.place, seconds(bar.begin_s), seconds(bar.end_s)});
    if (bar.share < 1 || bar.job != SliceBar::kNobody) row.push_back(rounded(bar.share));
    if (bar.job != SliceBar::kNobody) row.push_back(clipped(input.workload.name({bar.job}), 40));
    out.push_back(std::move(row));
  }
  return out;
}

Json sampled_json(const ReportInput& input, const DeviceReport& devices) {
  Json out = Json::array();
  for (const SampledGpu& gpu : devices.sampled) {
    std::string node;
    input.names.append({gpu.node}, node);
    out.push_back({{"pool", gpu.pool},
                   {"node", clipped(node)},
                   {"gpu", gpu.gpu},
                   {"exist", bars_json(input, gpu.exist)},
                   {"busy", bars_json(input, gpu.busy)}});
  }
  return out;
}

Json sharing_json(const DeviceReport& devices) {
  Json rows = Json::array();
  for (const SharingCell& cell : devices.sharing) {
    rows.push_back({sharing_mode_name(static_cast<SharingMode>(cell.mode)), cell.of,
                    cell.beside ? Json(*cell.beside) : Json(nullptr), rounded(cell.gpu_s), rounded(cell.lost_s)});
  }
  Json kinds = Json::array();
  for (const std::string& kind : devices.kinds) kinds.push_back(clipped(kind));
  return {{"kinds", std::move(kinds)}, {"modelled", devices.speed_modelled}, {"rows", std::move(rows)}};
}

}  // namespace

Json devices_json(const ReportInput& input, const DeviceReport& devices) {
  if (!devices.divided) return nullptr;
  Json pools = Json::array();
  for (const MigPoolShown& pool : devices.mig) pools.push_back(pool_json(input, pool));
  Json memory = nullptr;
  if (devices.memory) {
    memory = {{"asked_gib", sparse(devices.memory->asked_gib, rounded)},
              {"allocated_gib", sparse(devices.memory->allocated_gib, rounded)},
              {"known", !devices.memory->allocated_gib.empty()}};
  }
  return {{"buckets", DeviceReport::kBuckets},
          {"mig_gpus", devices.mig_gpus},
          {"mig", std::move(pools)},
          {"merged", devices.merged},
          {"sampled", sampled_json(input, devices)},
          {"sharing", sharing_json(devices)},
          {"memory", std::move(memory)}};
}

}  // namespace seatrial
