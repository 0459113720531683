// The extension points: what a policy is asked, and the views it gets to answer. Policies are const while a run goes on
// except for state of their own (caches, learned history); they never see the event queue and never change the cluster.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>

#include "models/cluster.h"
#include "models/request_class.h"
#include "models/workload.h"
#include "sim/time.h"

namespace seatrial {

// What an order may know of a job at the moment when it is asked. Run times are as the scenario's `estimate` lets
// policies know them.
struct JobView {
  JobId job;
  std::uint32_t gpus = 0;          // of the gang; at least 1 for keys that multiply by it
  Duration known_total{0};         // run time as known
  Duration known_remaining{0};     // of it, what is left; never negative
  Duration executed{0};            // useful run time so far
  Time submit;
  Time last_start = kNever;        // kNever: never ran
  bool running = false;
};

// Smaller is served first; ties end in the submit order of the jobs, which the caller adds.
struct OrderKey {
  std::int64_t first = 0;
  std::int64_t second = 0;
  auto operator<=>(const OrderKey&) const = default;
};

class QueueOrder {
 public:
  virtual ~QueueOrder() = default;
  // A waiting job's key is asked when it queues and must not change while it waits.
  [[nodiscard]] virtual OrderKey key(const JobView& view) const = 0;
  // Useful run time after which the key of a running job crosses into another class, so that the order must be looked
  // at again although nothing else happened; none if that never happens.
  [[nodiscard]] virtual std::optional<Duration> next_crossing(const JobView&) const { return std::nullopt; }
  // A job ended after `executed` of useful run time; orders that learn from history listen.
  virtual void learn(const JobView&, Duration /*real_total*/) {}
};

// One pod that wants a node.
struct PodQuestion {
  const PodRequest& pod;
  const RequestClass& job_class;
  std::span<const PoolId> pools;   // candidates
  std::uint32_t pod_class = 0;     // equal for equal (pod, pools, allowed models): what caches are keyed by
  bool remainder = false;          // of a gang larger than a node
};

struct NodeChoice {
  NodeId node;                                   // invalid: nothing has room
  std::uint32_t device = Cluster::kAnyDevice;    // of a share
};

class Placement {
 public:
  virtual ~Placement() = default;
  virtual NodeChoice choose(const PodQuestion& question, const Cluster& cluster) = 0;
  // After a pod of a gang took a node, would the next equal pod take the same node as long as it has room?
  [[nodiscard]] virtual bool fills_nodes() const { return false; }
  // A pod was bound to or released from a node, for placements that remember more than the cluster's columns.
  virtual void changed(const PodRequest& /*pod*/, NodeId /*node*/, bool /*bound*/) {}
};

// Score of one node for one pod: what `{name, weight}` entries of `placement` are made of.
class NodeScore {
 public:
  virtual ~NodeScore() = default;
  struct Result {
    std::int32_t score = 0;                      // 0..100, larger is better
    std::uint32_t device = Cluster::kAnyDevice;  // the device it wants for a share
  };
  // The node has room for the pod. Must depend on nothing but the pod and the node's state.
  virtual Result score(const PodRequest& pod, NodeId node, const Cluster& cluster) = 0;
  // Scores are stretched to 0..100 over the feasible nodes before they are weighted; the order of nodes stays.
  [[nodiscard]] virtual bool normalised() const { return false; }
  // As Placement::changed.
  virtual void changed(const PodRequest& /*pod*/, NodeId /*node*/, bool /*bound*/) {}
};

}  // namespace seatrial
