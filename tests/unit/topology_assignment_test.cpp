// policies/topology_assignment.h on topologies that can be followed by hand.
#include "policies/topology_assignment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace seatrial {
namespace {

using testing::ElementsAre;

struct Host {
  std::string rack;
  std::string name;
  std::int64_t gpus;
};

TopologyTree racks(const std::vector<Host>& hosts) {
  std::vector<TopologyNodeSpec> nodes;
  for (const Host& host : hosts) {
    nodes.push_back({{{"rack", host.rack}, {TopologyTree::kHostLabel, host.name}}, {}, {host.gpus}});
  }
  return TopologyTree({"rack", TopologyTree::kHostLabel}, nodes);
}

TopologyRequest asks(std::uint32_t pods, TopologyWish wish, std::size_t level = 1) {
  TopologyRequest request;
  request.count = pods;
  request.per_pod = {1};
  request.wish = wish;
  request.level = level;
  return request;
}

// "host:pods ..." and "+host" for leaders, or "fit/of".
std::string shown(const TopologyTree& tree, const TopologyAssignment& found) {
  if (!found.found) return std::to_string(found.fit) + "/" + std::to_string(found.of);
  std::string text;
  for (const LeafCount& each : found.pods) {
    text += tree.leaves()[each.leaf].values.back() + ":" + std::to_string(each.count) + " ";
  }
  for (const LeafCount& each : found.leaders) text += "+" + tree.leaves()[each.leaf].values.back();
  return text;
}

TEST(TopologyAssignment, RequiredTakesTheTightestDomain) {
  const TopologyTree tree = racks({{"a", "a1", 4}, {"a", "a2", 4}, {"b", "b1", 3}, {"b", "b2", 3}});
  TopologyAssigner assigner(tree);
  EXPECT_EQ(shown(tree, assigner.assign(asks(6, TopologyWish::Required, 0))), "b1:3 b2:3 ");
  EXPECT_EQ(shown(tree, assigner.assign(asks(4, TopologyWish::Required, 1))), "a1:4 ");
  EXPECT_EQ(shown(tree, assigner.assign(asks(5, TopologyWish::Required, 0))), "4/5");
}

TEST(TopologyAssignment, PreferredGoesUpAndThenAcross) {
  const TopologyTree tree = racks({{"a", "a1", 2}, {"a", "a2", 2}, {"b", "b1", 3}});
  EXPECT_EQ(shown(tree, TopologyAssigner(tree).assign(asks(3, TopologyWish::Preferred))), "b1:3 ");
  EXPECT_EQ(shown(tree, TopologyAssigner(tree).assign(asks(4, TopologyWish::Preferred))), "a1:2 a2:2 ");
  EXPECT_EQ(shown(tree, TopologyAssigner(tree).assign(asks(6, TopologyWish::Preferred))), "a1:2 a2:1 b1:3 ");
  EXPECT_EQ(shown(tree, TopologyAssigner(tree).assign(asks(8, TopologyWish::Preferred))), "7/8");
}

TEST(TopologyAssignment, UnconstrainedFillsTheLeastFreeFirst) {
  const TopologyTree tree = racks({{"a", "a1", 4}, {"a", "a2", 1}, {"b", "b1", 2}});
  EXPECT_EQ(shown(tree, TopologyAssigner(tree).assign(asks(2, TopologyWish::Unconstrained))), "b1:2 ");
  EXPECT_EQ(shown(tree, TopologyAssigner(tree).assign(asks(5, TopologyWish::Unconstrained))), "a1:2 a2:1 b1:2 ");
  EXPECT_EQ(shown(tree, TopologyAssigner(tree, true).assign(asks(5, TopologyWish::Unconstrained))), "a1:4 a2:1 ");
}

TEST(TopologyAssignment, SlicesStayTogether) {
  const TopologyTree tree = racks({{"a", "a1", 3}, {"a", "a2", 3}, {"b", "b1", 2}});
  TopologyRequest request = asks(6, TopologyWish::Preferred, 0);
  request.slices = {{1, 2}};
  EXPECT_EQ(shown(tree, TopologyAssigner(tree).assign(request)), "a1:2 a2:2 b1:2 ");
  request.count = 8;
  EXPECT_EQ(shown(tree, TopologyAssigner(tree).assign(request)), "3/4");
}

TEST(TopologyAssignment, InnerSlicesRoundTheirDomainsDown) {
  const TopologyTree tree = racks({{"a", "a1", 3}, {"a", "a2", 3}, {"b", "b1", 4}, {"b", "b2", 2}});
  TopologyRequest request = asks(6, TopologyWish::Required, 0);
  request.slices = {{0, 6}, {1, 2}};
  EXPECT_EQ(shown(tree, TopologyAssigner(tree).assign(request)), "b1:4 b2:2 ");
}

TEST(TopologyAssignment, LeadersGoWhereThePodsLoseLeast) {
  const TopologyTree tree = racks({{"r", "h1", 2}, {"r", "h2", 4}, {"r", "h3", 3}});
  TopologyRequest pods = asks(8, TopologyWish::Required, 0);
  pods.slices = {{1, 2}};
  const TopologyRequest leader = asks(1, TopologyWish::Required, 0);
  EXPECT_EQ(shown(tree, TopologyAssigner(tree).assign(pods, leader)), "h1:2 h2:4 h3:2 +h3");
  pods.count = 10;
  EXPECT_EQ(shown(tree, TopologyAssigner(tree).assign(pods, leader)), "4/5");
}

TEST(TopologyAssignment, LaterRequestsSeeTheEarlier) {
  const TopologyTree tree = racks({{"a", "a1", 4}});
  TopologyAssigner assigner(tree);
  EXPECT_TRUE(assigner.assign(asks(3, TopologyWish::Required)).found);
  EXPECT_EQ(shown(tree, assigner.assign(asks(2, TopologyWish::Required))), "1/2");
}

TEST(TopologyAssignment, HostsAreChosenByLabelsAndTaints) {
  std::vector<TopologyNodeSpec> nodes;
  nodes.push_back({{{TopologyTree::kHostLabel, "x"}, {"zone", "a"}}, {{"k", "v", TaintEffect::NoSchedule}}, {1}});
  nodes.push_back({{{TopologyTree::kHostLabel, "y"}, {"zone", "b"}}, {}, {1}});
  nodes.push_back({{{"zone", "b"}}, {}, {9}});  // stands nowhere
  const TopologyTree tree({TopologyTree::kHostLabel}, nodes);
  TopologyRequest request = asks(1, TopologyWish::Unconstrained, 0);
  EXPECT_EQ(shown(tree, TopologyAssigner(tree).assign(request)), "y:1 ");
  request.node_selector = {{"zone", "a"}};
  EXPECT_EQ(shown(tree, TopologyAssigner(tree).assign(request)), "0/1");
  request.tolerations = {{"k", true, "", TaintEffect::Any}};
  EXPECT_EQ(shown(tree, TopologyAssigner(tree).assign(request)), "x:1 ");
}

}  // namespace
}  // namespace seatrial
