// Domains of a topology; see topology_tree.h.
#include "models/topology_tree.h"

#include <map>
#include <utility>

#include "sim/check.h"

namespace seatrial {

TopologyTree::TopologyTree(const std::vector<std::string>& levels, std::vector<TopologyNodeSpec> nodes)
    : nodes_(std::move(nodes)), domains_(levels.size()), leaves_are_hosts_(levels.back() == kHostLabel) {
  CHECK(!levels.empty());
  using Values = std::vector<std::string>;
  std::vector<std::map<Values, std::vector<std::uint32_t>>> found(levels.size());
  for (std::uint32_t row = 0; row < nodes_.size(); ++row) {
    Values values;
    for (const std::string& label : levels) {
      const auto value = nodes_[row].labels.find(label);
      if (value != nodes_[row].labels.end()) values.push_back(value->second);
    }
    if (values.size() != levels.size()) continue;
    for (std::size_t at = levels.size(); at-- > 0; values.pop_back()) found[at][values].push_back(row);
  }
  for (std::size_t at = 0; at < levels.size(); ++at) {
    std::map<Values, std::uint32_t> above;
    for (std::uint32_t i = 0; at > 0 && i < domains_[at - 1].size(); ++i) above[domains_[at - 1][i].values] = i;
    for (const auto& [values, rows] : found[at]) {
      TopologyDomain domain;
      domain.values = values;
      if (at + 1 == levels.size()) domain.nodes = rows;
      if (at > 0) {
        domain.parent = above.at(Values(values.begin(), values.end() - 1));
        domains_[at - 1][domain.parent].children.push_back(static_cast<std::uint32_t>(domains_[at].size()));
      }
      domains_[at].push_back(std::move(domain));
    }
  }
}

}  // namespace seatrial
