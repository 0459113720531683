// Nodes by where they stand: a tree of domains with one level for each label, for instance block, rack and host. The
// assigner of topologies counts on it what fits where. Domains of a level are numbered in the order of their labels'
// values, so that the lower index wins every tie.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/topology_taints.h"

namespace seatrial {

struct TopologyNodeSpec {
  Labels labels;
  std::vector<KeyedTaint> taints;
  std::vector<std::int64_t> free;  // by resource: allocatable less what pods outside hold; missing ones are 0
};

struct TopologyDomain {
  std::vector<std::string> values;      // of the labels from the top down to this level
  std::uint32_t parent = 0;             // in the level above
  std::vector<std::uint32_t> children;  // in the level below
  std::vector<std::uint32_t> nodes;     // of the lowest level: rows of TopologyTree::nodes()
};

class TopologyTree {
 public:
  static constexpr const char* kHostLabel = "kubernetes.io/hostname";

  // Labels from the top level to the lowest, at least one. Nodes that lack one of them are left out.
  TopologyTree(const std::vector<std::string>& levels, std::vector<TopologyNodeSpec> nodes);

  [[nodiscard]] std::size_t levels() const { return domains_.size(); }
  [[nodiscard]] const std::vector<TopologyDomain>& level(std::size_t at) const { return domains_[at]; }
  [[nodiscard]] const std::vector<TopologyDomain>& leaves() const { return domains_.back(); }
  [[nodiscard]] const std::vector<TopologyNodeSpec>& nodes() const { return nodes_; }
  // Whether leaves are single hosts: only then do pods choose by node labels and taints.
  [[nodiscard]] bool leaves_are_hosts() const { return leaves_are_hosts_; }

 private:
  std::vector<TopologyNodeSpec> nodes_;
  std::vector<std::vector<TopologyDomain>> domains_;
  bool leaves_are_hosts_;
};

}  // namespace seatrial
