// See model_use.h. GPU time of a job: all the time that it held its GPUs, times their number, where it was placed last.
#include "scenarios/model_use.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "policies/speed_keeper.h"
#include "scenarios/build_speed.h"
#include "scenarios/calibrated_speed.h"
#include "scenarios/run.h"

namespace seatrial {
namespace {

struct Share {
  std::array<double, 3> gpu_h{};  // by Basis
  void add(Basis basis, double hours) { gpu_h[static_cast<std::size_t>(basis)] += hours; }
};

double gpu_hours(const SimulatedRun& run, JobId job) {
  const JobTable& table = run.table;
  if (table.start[job] == kNever || table.pieces(job).empty()) return 0;
  const Time end = table.end[job] == kNever ? run.end : table.end[job];
  const Duration held = end - run.parts.workload.submit(job) - table.waited[job];
  const double gpus = static_cast<double>(gang_milli(run.parts.workload, table, job)) / 1000;
  return std::max(0.0, static_cast<double>(held.ns)) / 3.6e12 * gpus;
}

Basis sharing_basis(const ScenarioSpec& spec, const PoolSpec& pool, std::optional<Basis> pair) {
  const std::string& model = spec.models.sharing[static_cast<std::size_t>(pool.gpu_mode.mode)].name;
  if (model == "pair-table") return pair.value_or(Basis::Assumed);
  // The coupling of slices was fitted on public measurements of this GPU, and is assumed for others.
  if (model == "mig" && pool.gpu_model == "a30") return Basis::Published;
  return Basis::Assumed;
}

ModelUse use_of(const char* name, const Share& share, std::string source) {
  ModelUse use;
  use.model = name;
  use.source = std::move(source);
  for (const double hours : share.gpu_h) use.gpu_hours += hours;
  if (use.gpu_hours > 0) {
    use.measured = share.gpu_h[0] / use.gpu_hours;
    use.published = share.gpu_h[1] / use.gpu_hours;
    use.assumed = share.gpu_h[2] / use.gpu_hours;
  }
  return use;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : "; ") + text;
  return all;
}

}  // namespace

std::vector<ModelUse> model_uses(const ScenarioSpec& spec, const SimulatedRun& run) {
  const CalibratedSpeed* calibrated = run.parts.calibrated.get();
  if (calibrated == nullptr || calibrated->empty()) return {};
  const Workload& workload = run.parts.workload;
  Share alone;
  Share sharing;
  Share power;
  for (std::uint32_t i = 0; i < workload.size(); ++i) {
    const JobId job{i};
    const double hours = gpu_hours(run, job);
    if (hours <= 0) continue;
    const NodeId node = run.table.pieces(job).front().node;
    const PoolSpec& pool = run.parts.cluster_spec.pools[run.parts.cluster.pool_of(node).index];
    const Request& request = workload.request(job);
    const std::string& work = workload.texts().text(request.work);
    const std::optional<Basis> basis =
        calibrated->basis(speed_type_of(spec.models, pool.gpu_model), {work, std::max(1U, request.gpus)});
    if (!spec.models.reference_gpu.empty()) alone.add(basis.value_or(Basis::Assumed), hours);
    if (spec.models.sharing[static_cast<std::size_t>(pool.gpu_mode.mode)].name != "none")
      sharing.add(sharing_basis(spec, pool, basis), hours);
    const std::optional<GpuPower> watts = calibrated->power(pool.gpu_model);
    power.add(watts ? watts->basis : Basis::Published, hours);  // without one: the data sheet's
  }
  const std::string source = joined(calibrated->sources());
  std::vector<ModelUse> uses;
  if (!spec.models.reference_gpu.empty()) uses.push_back(use_of("speed alone", alone, source));
  const ModelUse shared = use_of("sharing", sharing, source);
  if (shared.gpu_hours > 0) uses.push_back(shared);
  uses.push_back(use_of("power", power, source));
  return uses;
}

}  // namespace seatrial
