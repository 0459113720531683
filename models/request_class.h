// A request seen by a concrete cluster: the pools it may use, how the gang splits into pods there, and whether it could
// ever run. All jobs with one Request share one RequestClass, so feasibility is worked out once, not per job.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/cluster.h"
#include "models/workload.h"

namespace seatrial {

// One way to lay out the gang on a set of pools: `main_pods` pods of one kind and `rest_pods` of a smaller one.
struct GangShape {
  std::vector<PoolId> pools;
  PodRequest main;
  PodRequest rest;
  std::uint32_t main_pods = 0;
  std::uint32_t rest_pods = 0;
  std::int64_t total_milli = 0;  // of the whole gang
  bool whole_nodes = false;      // each main pod takes all GPUs of a node: lowest free nodes first, whatever the policy
  [[nodiscard]] std::uint32_t pods() const { return main_pods + rest_pods; }
};

struct RequestClass {
  RequestId request;  // its number: equal to `base`, or beyond the workload's requests for a class of fewer pools
  RequestId base;     // what is asked for
  std::vector<GangShape> shapes;  // in the order in which they are tried
  std::vector<PoolId> pools;      // all that some shape may use, ascending: the class's domain
  std::uint32_t domain = 0;       // equal for classes with equal `pools`
  std::int64_t total_milli = 0;
  std::uint32_t gpus = 0;
  bool check_model = false;                 // some node of the pools has a model that the request forbids
  std::vector<std::uint8_t> model_allowed;  // by row of Cluster::models()
  bool needs_cpu = false;  // asks for cpu or memory where nodes limit them, or shares: GPUs alone do not decide
  const char* infeasible = nullptr;  // why it could never run, or nullptr

  [[nodiscard]] bool allows(const Cluster& cluster, NodeId node) const {
    return !check_model || model_allowed[cluster.model_index(node)] != 0;
  }
};

// Rules that decide which pools a class may use.
struct ClassRules {
  const ClusterSpec& spec;
  bool span_pools = false;
  const std::vector<std::uint32_t>& reachable_nodes;  // by pool: the most it will have from now on
  const std::vector<PoolId>* only_pools = nullptr;    // ascending; null: all
};

// Works out the class of one request. Cost: the nodes of its pools until enough of them fit.
[[nodiscard]] RequestClass resolve_class(const Workload& workload, RequestId request, const Cluster& cluster,
                                         const ClassRules& rules);

}  // namespace seatrial
