// See product.h.
#include "tests/support/product.h"

#include <memory>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "models/cluster.h"
#include "models/fact.h"
#include "models/fragmentation.h"
#include "models/job_table.h"
#include "models/workload.h"
#include "policies/control_plane.h"
#include "policies/registry.h"
#include "policies/run_state.h"
#include "policies/score_placement.h"
#include "sim/random.h"
#include "sim/stats.h"

namespace seatrial {
namespace {

class Integrals final : public Observer {
 public:
  void observe(std::span<const Fact> facts) override {
    for (const Fact& fact : facts) {
      switch (fact.kind) {
        case FactKind::Submitted:
        case FactKind::Preempted:
          waiting_.add(fact.at, 1);
          break;
        case FactKind::Started:
        case FactKind::Resumed:
          waiting_.add(fact.at, -1);
          break;
        case FactKind::Bound:
          held_milli_.add(fact.at, fact.milli);
          break;
        case FactKind::Released:
          held_milli_.add(fact.at, -fact.milli);
          break;
        case FactKind::Rejected:
        case FactKind::Failed:
        case FactKind::Progress:
        case FactKind::Stalled:
        case FactKind::Completed:
        case FactKind::Capacity:
        case FactKind::Slowed:
        case FactKind::Held:  // these worlds start gangs at once
        case FactKind::HoldOver:
        case FactKind::Lost:
        case FactKind::OutOfMemory:
        case FactKind::Admitted:
        case FactKind::QuotaReleased:
        case FactKind::Evicted:
        case FactKind::Recut:
          break;
      }
    }
  }
  void finish(Time end) override { end_ = end; }
  [[nodiscard]] Int128 held_milli_ns() const { return held_milli_.integral(end_); }
  [[nodiscard]] Int128 waiting_job_ns() const { return waiting_.integral(end_); }

 private:
  TimeWeighted held_milli_;
  TimeWeighted waiting_;
  Time end_;
};

Workload workload_of(const TestWorld& world) {
  WorkloadBuilder builder;
  for (std::size_t row = 0; row < world.jobs.size(); ++row) {
    const TestJob& job = world.jobs[row];
    JobRecord record;
    record.row = row;
    record.submit_ns = job.submit_ns;
    record.duration_ns = job.duration_ns;
    record.gpus = job.gpus;
    record.tenant = job.tenant;
    if (job.estimate_ns >= 0) record.estimate_ns = job.estimate_ns;
    builder.add(record);
  }
  return builder.build();
}

ClusterSpec cluster_of(const TestWorld& world) {
  ClusterSpec spec;
  for (const TestPool& pool : world.pools) {
    PoolSpec& entry = spec.pools.emplace_back();
    entry.name = "pool" + std::to_string(spec.pools.size());
    entry.count = pool.nodes;
    entry.gpus = pool.gpus;
    entry.gpu_model = pool.gpus == 0 ? "" : "v100-32";
    entry.tenants = pool.tenants;
  }
  for (const TestChange& change : world.changes) spec.changes.push_back({{change.at_ns}, change.pool, change.nodes});
  return spec;
}

template <class Value>
Value named(const std::string& name, std::initializer_list<std::pair<const char*, Value>> values) {
  for (const auto& [known, value] : values) {
    if (name == known) return value;
  }
  throw std::invalid_argument("test world: unknown name " + name);
}

SchedulerOptions options_of(const TestWorld& world) {
  SchedulerOptions options;
  options.admission = named<Admission>(world.admission, {{"strict", Admission::Strict},
                                                         {"best-effort", Admission::BestEffort},
                                                         {"easy", Admission::Easy},
                                                         {"conservative", Admission::Conservative}});
  options.preemption =
      named<Preemption>(world.preemption, {{"none", Preemption::None}, {"on-event", Preemption::OnEvent}});
  options.estimate = named<Estimate>(
      world.estimate,
      {{"oracle", Estimate::Oracle}, {"requested", Estimate::Requested}, {"history", Estimate::History}});
  options.queues_per_tenant = world.queues_per_tenant;
  options.max_waiting = world.max_waiting;
  return options;
}

std::unique_ptr<QueueOrder> order_of(const TestWorld& world, const PolicyContext& context) {
  Parameters parameters;
  for (const auto& [name, values] : world.order_parameters) parameters.set(name, values);
  const OrderRegistration* entry = find_order(world.order);
  if (entry == nullptr) throw std::invalid_argument("test world: unknown order " + world.order);
  return entry->make(context, parameters);
}

std::unique_ptr<Placement> placement_of(const TestWorld& world, const PolicyContext& context) {
  const PlacementRegistration* entry = find_placement(world.placement);
  if (entry == nullptr) throw std::invalid_argument("test world: unknown placement " + world.placement);
  if (entry->make != nullptr) return entry->make(context, {});
  std::vector<WeightedScore> scores;
  scores.push_back({entry->make_score(context, {}), 1});
  return std::make_unique<ScorePlacement>(std::move(scores));
}

const char* state_name(JobState state) {
  switch (state) {
    case JobState::Future:
    case JobState::Pending:
      return "pending";
    case JobState::Running:
      return "running";
    case JobState::Completed:
      return "completed";
    case JobState::Failed:
      return "failed";
    case JobState::Rejected:
      return "rejected";
  }
  return "";
}

TestOutcome outcome_of(const JobTable& table, JobId job) {
  TestOutcome out;
  out.state = state_name(table.state[job]);
  if (table.start[job] != kNever) out.start_ns = table.start[job].ns;
  if (table.end[job] != kNever) out.end_ns = table.end[job].ns;
  out.waited_ns = table.waited[job].ns;
  out.preemptions = table.preemptions[job];
  for (const Piece& piece : table.pieces(job)) out.nodes.push_back(piece.node.index);
  return out;
}

}  // namespace

ProductResult run_product(const TestWorld& world, const SchedulerMaker& make) {
  const Workload workload = workload_of(world);
  const ClusterSpec spec = cluster_of(world);
  const SchedulerOptions options = options_of(world);
  const bool scored = find_placement(world.placement) != nullptr && find_placement(world.placement)->make == nullptr;
  Cluster cluster(spec, scored);
  if (scored) cluster.enable_change_log();
  const FragmentationModel fragmentation(workload, cluster, 0.95);
  JobTable table(workload.size());
  Integrals integrals;
  FactBuffer facts({&integrals});
  Random random(1, "policies");
  const PolicyContext context{workload, cluster, &fragmentation, random};
  RunState state(spec, workload, cluster, table, options, placement_of(world, context), facts, 1);
  ControlPlane(state, make(state, order_of(world, context)), nullptr, nullptr).run(std::nullopt);

  ProductResult result;
  result.held_milli_ns = integrals.held_milli_ns();
  result.waiting_job_ns = integrals.waiting_job_ns();
  for (const JobId job : workload.file_order()) {  // the rows of the world
    result.jobs.push_back(outcome_of(table, job));
    const WaitSplit split = table.wait_split(job);
    result.splits.push_back(split);
    result.split_ns.push_back(
        std::accumulate(split.begin(), split.end(), Duration{0}, [](Duration a, Duration b) { return a + b; }).ns);
  }
  return result;
}

}  // namespace seatrial
