// The extension points besides QueueOrder (queue_order.h): what a placement is asked, and the views it gets to answer.
// Policies are const while a run goes on except for state of their own (caches, learned history); they never see the
// event queue and never change the cluster.
#pragma once

#include <cstdint>
#include <span>

#include "models/cluster.h"
#include "models/request_class.h"
#include "models/workload.h"
#include "policies/queue_order.h"

namespace seatrial {

class SpeedKeeper;
struct SpeedPlan;

// Who runs where and how fast; there only where the scenario models speed. Both outlive the placement.
struct SpeedView {
  const SpeedPlan& plan;
  const SpeedKeeper& running;
};

// One pod that wants a node.
struct PodQuestion {
  const PodRequest& pod;
  const RequestClass& job_class;
  std::span<const PoolId> pools;  // candidates
  std::uint32_t pod_class = 0;    // equal for equal (pod, pools, allowed models): what caches are keyed by
  bool remainder = false;         // of a gang larger than a node
};

struct NodeChoice {
  NodeId node;                                 // invalid: nothing has room
  std::uint32_t device = Cluster::kAnyDevice;  // of a share
};

class Placement {
 public:
  virtual ~Placement() = default;
  virtual NodeChoice choose(const PodQuestion& question, const Cluster& cluster) = 0;
  // After a pod of a gang took a node, would the next equal pod take the same node as long as it has room?
  [[nodiscard]] virtual bool fills_nodes() const { return false; }
  // A pod was bound to or released from a node, for placements that remember more than the cluster's columns.
  virtual void changed(const PodRequest& /*pod*/, NodeId /*node*/, bool /*bound*/) {}
  // Called once, before the first question, where speed is modelled.
  virtual void watch(const SpeedView& /*view*/) {}
  // Does the answer depend on the kind of work? Then pods of different work are of different classes.
  [[nodiscard]] virtual bool tells_work_apart() const { return false; }
};

// Score of one node for one pod: what `{name, weight}` entries of `placement` are made of.
class NodeScore {
 public:
  virtual ~NodeScore() = default;
  struct Result {
    std::int32_t score = 0;                      // 0..100, larger is better; below 0: not on this node
    std::uint32_t device = Cluster::kAnyDevice;  // the device it wants for a share
  };
  // A question follows, scored node by node.
  virtual void asked(const PodQuestion& /*question*/) {}
  // The node has room for the pod. Must depend on nothing but the pod, its work and the node's state.
  virtual Result score(const PodRequest& pod, NodeId node, const Cluster& cluster) = 0;
  // Scores are stretched to 0..100 over the feasible nodes before they are weighted; the order of nodes stays.
  [[nodiscard]] virtual bool normalised() const { return false; }
  // As in Placement.
  virtual void changed(const PodRequest& /*pod*/, NodeId /*node*/, bool /*bound*/) {}
  virtual void watch(const SpeedView& /*view*/) {}
  [[nodiscard]] virtual bool tells_work_apart() const { return false; }
};

}  // namespace seatrial
