// How costs grow: a decision with the number of nodes, an event with the backlog, a push and pop with the events that
// are pending, a fragmentation score. Figures mean something only on a quiet machine.
#include <benchmark/benchmark.h>

#include <memory>
#include <queue>
#include <string>
#include <vector>

#include "models/cluster.h"
#include "models/fragmentation.h"
#include "models/job_table.h"
#include "models/workload.h"
#include "policies/control_plane.h"
#include "policies/registry.h"
#include "policies/run_state.h"
#include "sim/event_queue.h"
#include "sim/random.h"

namespace seatrial {
namespace {

ClusterSpec nodes_of_eight(std::uint32_t nodes) {
  PoolSpec pool;
  pool.name = "p";
  pool.count = nodes;
  pool.gpu_model = "v100-32";
  pool.gpus = 8;
  ClusterSpec spec;
  spec.pools.push_back(pool);
  return spec;
}

// `jobs` jobs of 1, 2, 4 and 8 GPUs that all come at time 0 and run about 1,000 s.
Workload backlog_of(std::uint64_t jobs) {
  WorkloadBuilder builder;
  Random random(1, "bench");
  for (std::uint64_t i = 0; i < jobs; ++i) {
    JobRecord record;
    record.row = i;
    record.gpus = 1U << random.below(4);
    record.duration_ns = (1 + static_cast<std::int64_t>(random.exponential(1000.0))) * kNsPerSecond;
    builder.add(record);
  }
  return builder.build();
}

// Events a second while `backlog` jobs wait, under one order.
void event_with_backlog(benchmark::State& bench, const char* order, Preemption preemption) {
  const Workload workload = backlog_of(static_cast<std::uint64_t>(bench.range(0)));
  const ClusterSpec spec = nodes_of_eight(64);
  std::uint64_t events = 0;
  for (auto _ : bench) {
    Cluster cluster(spec, false);
    JobTable table(workload.size());
    SchedulerOptions options;
    options.admission = Admission::BestEffort;
    options.preemption = preemption;
    Random random(1, "run");
    const PolicyContext context{workload, cluster, nullptr, random};
    FactBuffer facts({});
    RunState state(spec, workload, cluster, table, options, find_placement("best-fit")->make(context, {}), facts, 1);
    ControlPlane control(state, make_scheduler(state, find_order(order)->make(context, {})), nullptr, nullptr);
    control.run(Time{2000 * kNsPerSecond});
    events += control.events();
  }
  bench.SetItemsProcessed(static_cast<std::int64_t>(events));
}
BENCHMARK_CAPTURE(event_with_backlog, fifo, "fifo", Preemption::None)->Arg(10'000)->Arg(50'000)->Arg(200'000);
BENCHMARK_CAPTURE(event_with_backlog, sjf, "sjf", Preemption::None)->Arg(10'000)->Arg(50'000)->Arg(200'000);
BENCHMARK_CAPTURE(event_with_backlog, las, "las", Preemption::OnEvent)->Arg(10'000)->Arg(50'000)->Arg(200'000);

// One placement and one release on a cluster that is three quarters full.
void decision(benchmark::State& bench, const char* placement_name) {
  const auto nodes = static_cast<std::uint32_t>(bench.range(0));
  const ClusterSpec spec = nodes_of_eight(nodes);
  Cluster cluster(spec, false);
  const Workload workload = backlog_of(1);
  Random random(2, "bench");
  std::vector<std::uint16_t> devices;
  for (std::uint32_t node = 0; node < nodes; ++node) {
    const auto held = static_cast<std::uint32_t>(random.below(9) * 3 / 4 + 2);
    cluster.bind({node}, {0, 0, std::min(8U, held), kGpuMilli}, 1, devices);
  }
  const std::vector<std::uint32_t> reachable{nodes};
  const RequestClass job_class = resolve_class(workload, {0}, cluster, {spec, false, reachable});
  const PolicyContext context{workload, cluster, nullptr, random};
  const auto placement = find_placement(placement_name)->make(context, {});
  const GangShape& shape = job_class.shapes.front();
  for (auto _ : bench) {
    const NodeChoice choice = placement->choose({shape.main, job_class, shape.pools}, cluster);
    if (!choice.node.valid()) continue;
    const Piece piece = cluster.bind(choice.node, shape.main, 1, devices);
    cluster.release(piece, shape.main, {});
  }
}
BENCHMARK_CAPTURE(decision, best_fit, "best-fit")->Arg(1'000)->Arg(10'000)->Arg(100'000);
BENCHMARK_CAPTURE(decision, first_fit, "first-fit")->Arg(1'000)->Arg(10'000)->Arg(100'000);
BENCHMARK_CAPTURE(decision, worst_fit, "worst-fit")->Arg(1'000)->Arg(10'000)->Arg(100'000);

// What EventQueue is measured against.
class BinaryHeap {
 public:
  void push(Time at, std::uint8_t rank, Event event) {
    event.at = at;
    event.order = (std::uint64_t{rank} << 56U) | next_sequence_++;
    heap_.push(event);
  }
  Event pop() {
    const Event event = heap_.top();
    heap_.pop();
    return event;
  }

 private:
  struct Later {
    bool operator()(const Event& a, const Event& b) const { return earlier(b, a); }
  };
  std::priority_queue<Event, std::vector<Event>, Later> heap_;
  std::uint64_t next_sequence_ = 0;
};

// The hold model: pop the earliest event, push one later.
template <class Queue>
void hold(benchmark::State& bench) {
  Queue queue;
  Random random(3, "bench");
  const auto later = [&](Time now) { return now + Duration{static_cast<std::int64_t>(random.exponential(1e9))}; };
  for (std::int64_t i = 0; i < bench.range(0); ++i) queue.push(later({0}), 0, {});
  for (auto _ : bench) {
    const Event event = queue.pop();
    queue.push(later(event.at), 0, event);
  }
}
BENCHMARK_TEMPLATE(hold, EventQueue)->Arg(1'000)->Arg(10'000)->Arg(100'000);
BENCHMARK_TEMPLATE(hold, BinaryHeap)->Arg(1'000)->Arg(10'000)->Arg(100'000);

void fragmentation_of_node(benchmark::State& bench) {
  const Workload workload = backlog_of(1'000);
  const Cluster cluster(nodes_of_eight(4), true);
  const FragmentationModel model(workload, cluster, 0.95);
  const std::vector<std::uint16_t> devices{190, 1000, 530, 0, 1000, 1000, 20, 810};
  for (auto _ : bench) benchmark::DoNotOptimize(model.amount(30'000, devices, 1));
}
BENCHMARK(fragmentation_of_node);

}  // namespace
}  // namespace seatrial
