// A scenario as plain values: what load.cpp makes of a file and build.cpp makes a run of. Names of policies are still
// text here; validate.cpp has checked them against the registries.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/cluster_spec.h"
#include "models/parameters.h"
#include "models/speed_tables.h"
#include "policies/options.h"
#include "scenarios/cases.h"
#include "sim/error.h"
#include "sim/time.h"
#include "traces/generate.h"
#include "traces/input_file.h"
#include "traces/trace.h"

namespace seatrial {

struct QuotasSpec;

struct WorkloadSpec {
  std::string name;
  std::optional<TraceOptions> trace;  // one of these two
  std::optional<GeneratorSpec> generate;
  bool warm_start = false;  // jobs recorded as running at time 0 start when they really did
  bool sequential = false;  // arrivals: one by one, bound or failed at once, nobody ever leaves
  Place place;
};

// A pool whose nodes come from a file; build() reads it into PoolSpec::nodes.
struct NodeListImport {
  std::uint32_t pool = 0;  // index into ClusterSpec::pools
  std::string format;      // "openb"
  InputRequest nodes;
  InputRequest rank;           // file empty: the order of the list
  std::int64_t rank_seed = 0;  // which rows of the rank file
};

// A policy by name with its parameters.
struct PolicySpec {
  std::string name;
  Parameters parameters;
  double weight = 1;  // placements in a weighted list
  Place place;
};

// A disruption budget of a tenant's running pods.
struct BudgetSpec {
  std::string tenant;
  DisruptionBudget budget;
};

struct SchedulerSpec {
  PolicySpec order{"fifo", {}, 1, {}};
  Admission admission = Admission::Strict;
  Preemption preemption = Preemption::None;
  Duration round{0};                  // period for Preemption::Round
  std::vector<PolicySpec> placement;  // empty: best-fit
  Estimate estimate = Estimate::Oracle;
  double noise_sigma = 0;
  BackOffOptions back_off;  // of admission kube
  std::optional<GateOptions> gate;
  bool pod_by_pod = false;  // gang: {binding: pod-by-pod}
  Duration permit{0};
  VictimKey victims = VictimKey::Kube;  // of preemption priority
  bool keep_budgets = false;
  std::vector<BudgetSpec> budgets;
  bool queues_per_tenant = false;  // the loader sets the default: true where pools are dedicated
  bool span_pools = false;         // gang: {span_pools: true}
  bool kill_at_limit = false;
  std::optional<std::uint32_t> max_waiting;  // none: no limit
};

// How fast jobs run on what they have; docs/shared_speed.md.
struct ModelsSpec {
  // By SharingMode: what sharers of such a device do to each other.
  std::array<PolicySpec, kSharingModes> sharing{PolicySpec{"none", {}, 1, {}}, PolicySpec{"none", {}, 1, {}},
                                                PolicySpec{"time-slicing", {}, 1, {}},
                                                PolicySpec{"two-resource", {}, 1, {}}, PolicySpec{"mig", {}, 1, {}}};
  InputRequest isolated;  // tables; file empty: none
  InputRequest colocated;
  InputRequest profiles;
  std::vector<InputRequest> calibrations;                              // docs/calibration.md
  std::vector<std::pair<std::string, WorkloadProfile>> work_profiles;  // of workload entries that name a profile
  std::string reference_gpu;                                   // a GPU type of the tables; empty: types do not differ
  std::vector<std::pair<std::string, std::string>> gpu_types;  // GPU model of the cluster, its type in the tables
};

struct MetricsSpec {
  Duration warmup{0};
  Duration series_interval{0};  // 0: chosen so that a few thousand rows come out
  bool fragmentation = false;   // measured?
  double fragmentation_popularity = 0.95;
  std::optional<bool> fairness;  // measured? none: where the jobs have several tenants
};

// What a team is worth against the others; teams that are not named weigh 1.
struct TenantSpec {
  std::string name;
  double weight = 1;
};

struct GoalSpec {
  std::string text;    // as written
  std::string metric;  // dotted path of summary.json
  std::string op;      // <= < >= > == !=
  double value = 0;
  Place place;
};

// How one real trace or one generator becomes several equally likely workloads. docs/scenario.md, `replicate`.
struct ReplicateSpec {
  enum class Method : std::uint8_t {
    Automatic,  // generated jobs: seeds; a trace alone: as it is, once
    Blocks,     // moving-block bootstrap of the jobs, blocks of `length`
    Windows,    // disjoint stretches of `length`, one after another
    CountUp,    // the whole numbers at `paths` are raised by the number of the replication
  };
  Method method = Method::Automatic;
  Duration length{0};
  std::vector<std::string> paths;
  std::uint32_t count = 0;  // replications; 0: 10, or all windows
  Place place;
};

// Blocks `compare:` and `plan:`: what their verbs do where the command line is silent.
struct CompareSpec {
  std::vector<NamedSettings> cases;  // other jobs, on which the alternatives are compared anew; empty: one
  std::vector<Axis> axes;
  std::vector<Setting> baseline;  // empty: the first combination
  std::vector<std::string> fail_if;
};

struct PlanSpec {
  std::vector<Axis> vary;
  std::string minimize;  // a metric or a path; empty: price, else GPUs
  std::string growth;    // "3%/month"; empty: no runway
  std::string from;      // the day on which the load is 1; empty: the trace's last, where it tells the calendar
};

struct ScenarioSpec {
  std::string name;
  std::string file;  // as given on the command line
  std::uint64_t seed = 1;
  std::string data;               // folder that relative paths of data files start from; empty: the scenario's
  std::optional<Duration> until;  // from the first kept submit
  ClusterSpec cluster;
  std::vector<std::string> data_files;  // that were read while loading, besides the scenario
  std::vector<NodeListImport> imports;  // in the order of their pools
  std::vector<WorkloadSpec> workload;
  std::vector<TenantSpec> tenants;
  std::shared_ptr<const QuotasSpec> quotas;  // null: none
  SchedulerSpec scheduler;
  OverheadSpec overheads;
  ModelsSpec models;
  MetricsSpec metrics;
  std::vector<GoalSpec> goals;
  ReplicateSpec replicate;
  CompareSpec compare;
  PlanSpec plan;
  std::string text;  // the whole file, with overrides listed at the end, for reproduction
};

}  // namespace seatrial
