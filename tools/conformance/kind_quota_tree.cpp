// Kinds available and drs: what cluster queues can take, and how much each node borrows.
#include <algorithm>

#include "models/quota_share.h"
#include "tools/conformance/kinds.h"
#include "tools/conformance/quota_input.h"

namespace seatrial::conformance {
namespace {

void add_usage(const Json& input, const QuotaInput& quotas, QuotaTree& tree) {
  for (const auto& [queue, entries] : object_of(input, "usage", QuotaInput::kMostEntries).items()) {
    tree.add_usage(quotas.queue(queue), quotas.amounts(entries));
  }
}

// Of the flavors and resources that the queue itself has quotas of.
template <class Amount>
Json by_queue(const QuotaInput& quotas, const Amount& amount) {
  Json answer = Json::object();
  for (const QuotaNodeId queue : quotas.queues()) {
    Json entries = Json::array();
    for (const QuotaLimits& limits : quotas.spec().nodes[queue.index].limits) {
      const FlavorResource& pair = quotas.spec().flavor_resources[limits.of.index];
      entries.push_back({{"flavor", pair.flavor}, {"resource", pair.resource}, {"amount", amount(queue, limits.of)}});
    }
    answer[quotas.spec().nodes[queue.index].name] = entries;
  }
  return answer;
}

}  // namespace

Json available_answer(const Json& input) {
  const QuotaInput quotas(input);
  QuotaTree tree(quotas.spec());
  add_usage(input, quotas, tree);
  return {{"available",
           by_queue(quotas, [&](QuotaNodeId queue,
                                FlavorResourceId of) { return std::max<std::int64_t>(0, tree.available(queue, of)); })},
          {"potentialAvailable", by_queue(quotas, [&](QuotaNodeId queue, FlavorResourceId of) {
             return tree.potential_available(queue, of);
           })}};
}

Json drs_answer(const Json& input) {
  const QuotaInput quotas(input);
  QuotaTree tree(quotas.spec());
  add_usage(input, quotas, tree);
  const QuotaShares shares(tree);
  const QuotaAmounts added = quotas.amounts(member(input, "addedRequest"));
  Json answer = Json::array();
  for (std::uint32_t i = 0; i < tree.nodes(); ++i) {
    const QuotaNodeSpec& node = tree.node(QuotaNodeId{i});
    const BorrowingShare share = shares.share(QuotaNodeId{i}, added);
    const bool none = share.resource() == BorrowingShare::kNoResource;
    answer.push_back({{"node", node.name},
                      {"type", node.is_cohort ? "Cohort" : "ClusterQueue"},
                      {"weightedShare", share.rounded()},
                      {"dominantResource", none ? "" : shares.resources()[share.resource()]},
                      {"borrowing", share.borrowing()}});
  }
  return {{"shares", answer}};
}

}  // namespace seatrial::conformance
