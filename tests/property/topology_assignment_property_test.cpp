// policies/topology_assignment.h on random topologies: assignments are complete, fit what is free, keep slices and
// requirements, and a required domain is found exactly if there is one.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "policies/topology_assignment.h"
#include "sim/random.h"

namespace seatrial {
namespace {

struct World {
  std::vector<TopologyNodeSpec> nodes;
  std::vector<std::string> levels{"block", "rack", TopologyTree::kHostLabel};
};

World random_world(Random& random) {
  World world;
  const auto hosts = 1 + random.below(12);
  for (std::uint64_t i = 0; i < hosts; ++i) {
    const std::string block = std::to_string(random.below(3));
    const std::string rack = std::to_string(random.below(3));
    world.nodes.push_back({{{"block", block}, {"rack", rack}, {TopologyTree::kHostLabel, "h" + std::to_string(i)}},
                           {},
                           {static_cast<std::int64_t>(random.below(7)), static_cast<std::int64_t>(random.below(9))}});
  }
  return world;
}

TopologyRequest random_request(Random& random) {
  TopologyRequest request;
  request.per_pod = {1, static_cast<std::int64_t>(random.below(3))};
  request.wish = static_cast<TopologyWish>(random.below(3));
  request.level = random.below(3);
  const auto size = 1 + random.below(3);
  request.count = static_cast<std::uint32_t>(size * (1 + random.below(5)));
  if (size > 1) {
    request.slices = {{request.level + random.below(3 - request.level), static_cast<std::uint32_t>(size)}};
  }
  return request;
}

// The leaf's domain at a level.
std::vector<std::string> place(const TopologyTree& tree, std::uint32_t leaf, std::size_t level) {
  const std::vector<std::string>& values = tree.leaves()[leaf].values;
  return {values.begin(), values.begin() + static_cast<std::ptrdiff_t>(level) + 1};
}

std::int64_t room(const TopologyTree& tree, std::uint32_t leaf, const TopologyRequest& request) {
  const TopologyNodeSpec& node = tree.nodes()[tree.leaves()[leaf].nodes.front()];
  return request.per_pod[1] == 0 ? node.free[0] : std::min(node.free[0], node.free[1] / request.per_pod[1]);
}

// Slices that fit into each domain of a level.
std::map<std::vector<std::string>, std::int64_t> slices_by_domain(const TopologyTree& tree,
                                                                  const TopologyRequest& request, std::size_t level) {
  const TopologySlice slice = request.slices.empty() ? TopologySlice{2, 1} : request.slices.front();
  std::map<std::vector<std::string>, std::int64_t> pods;
  for (std::uint32_t leaf = 0; leaf < tree.leaves().size(); ++leaf) {
    pods[place(tree, leaf, slice.level)] += room(tree, leaf, request);
  }
  std::map<std::vector<std::string>, std::int64_t> slices;
  for (const auto& [where, count] : pods) {
    slices[{where.begin(), where.begin() + static_cast<std::ptrdiff_t>(level) + 1}] += count / slice.size;
  }
  return slices;
}

TEST(TopologyAssignmentProperty, IsCompleteLegalAndFoundIfThereIsOne) {
  int found_ones = 0;
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    Random random(seed, "topology");
    const World world = random_world(random);
    const TopologyTree tree(world.levels, world.nodes);
    const TopologyRequest request = random_request(random);
    const TopologyAssignment found = TopologyAssigner(tree).assign(request);
    const TopologySlice slice = request.slices.empty() ? TopologySlice{2, 1} : request.slices.front();

    const auto slices = slices_by_domain(tree, request, request.level);
    std::int64_t most = 0;
    std::int64_t all = 0;
    for (const auto& [where, count] : slices) {
      most = std::max(most, count);
      all += count;
    }
    const bool required = request.wish == TopologyWish::Required;
    ASSERT_EQ(found.of, request.count / slice.size) << seed;
    ASSERT_EQ(found.found, (required ? most : all) >= found.of) << seed;
    if (!found.found) {
      ASSERT_EQ(found.fit, required ? most : all) << seed;
      continue;
    }
    ++found_ones;
    std::int64_t pods = 0;
    std::map<std::vector<std::string>, std::int64_t> by_slice;
    std::set<std::vector<std::string>> used;
    for (const LeafCount& each : found.pods) {
      ASSERT_LE(each.count, room(tree, each.leaf, request)) << seed;
      pods += each.count;
      by_slice[place(tree, each.leaf, slice.level)] += each.count;
      used.insert(place(tree, each.leaf, request.level));
    }
    ASSERT_EQ(pods, request.count) << seed;
    for (const auto& [where, count] : by_slice) ASSERT_EQ(count % slice.size, 0) << seed;
    if (required || most >= found.of) {
      ASSERT_EQ(used.size(), 1U) << seed;
    }
  }
  EXPECT_GT(found_ones, 500);
}

TEST(TopologyAssignmentProperty, LeadersAndPodsFitTogether) {
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    Random random(seed, "topology leaders");
    const World world = random_world(random);
    const TopologyTree tree(world.levels, world.nodes);
    const TopologyRequest request = random_request(random);
    TopologyRequest leader = request;
    leader.count = 1;
    leader.slices.clear();
    leader.per_pod = {1, static_cast<std::int64_t>(random.below(5))};
    const TopologyAssignment found = TopologyAssigner(tree).assign(request, leader);
    if (!found.found) continue;
    ASSERT_EQ(found.leaders.size(), 1U) << seed;
    std::vector<std::vector<std::int64_t>> free;
    for (const TopologyDomain& leaf : tree.leaves()) free.push_back(tree.nodes()[leaf.nodes.front()].free);
    std::int64_t pods = 0;
    for (const LeafCount& each : found.pods) {
      pods += each.count;
      for (std::size_t i = 0; i < 2; ++i) free[each.leaf][i] -= request.per_pod[i] * each.count;
    }
    for (std::size_t i = 0; i < 2; ++i) free[found.leaders[0].leaf][i] -= leader.per_pod[i];
    ASSERT_EQ(pods, request.count) << seed;
    for (const auto& left : free) {
      for (const std::int64_t amount : left) ASSERT_GE(amount, 0) << seed;
    }
  }
}

}  // namespace
}  // namespace seatrial
