// models/quota_tree.h on random trees: the unrolled walks equal the recursive definitions, usage depends on what is
// held alone, and as long as only what fits is admitted no limit of any node is ever passed.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "models/quota_share.h"
#include "tests/support/quota_builder.h"

namespace seatrial {
namespace {

// The definitions, straight from what the specification says, without any table.
class Definition {
 public:
  explicit Definition(const QuotaTree& tree) : tree_(tree), used_(tree.nodes() * tree.flavor_resources(), 0) {}

  std::int64_t& used(QuotaNodeId queue, FlavorResourceId of) {
    return used_[queue.index * tree_.flavor_resources() + of.index];
  }

  [[nodiscard]] std::int64_t subtree(QuotaNodeId id, FlavorResourceId of) const {
    std::int64_t sum = limits(id, of).nominal;
    for (const QuotaNodeId child : children(id)) sum += subtree(child, of) - kept(child, of);
    return sum;
  }

  [[nodiscard]] std::int64_t kept(QuotaNodeId id, FlavorResourceId of) const {
    const auto limit = limits(id, of).lending_limit;
    return limit ? std::max<std::int64_t>(0, subtree(id, of) - *limit) : 0;
  }

  [[nodiscard]] std::int64_t usage(QuotaNodeId id, FlavorResourceId of) const {
    std::int64_t sum = used_[id.index * tree_.flavor_resources() + of.index];
    for (const QuotaNodeId child : children(id)) {
      sum += std::max<std::int64_t>(0, usage(child, of) - kept(child, of));
    }
    return sum;
  }

  [[nodiscard]] std::int64_t available(QuotaNodeId id, FlavorResourceId of) const {
    if (!tree_.has_parent(id)) return subtree(id, of) - usage(id, of);
    std::int64_t above = available(tree_.parent(id), of);
    if (const auto limit = limits(id, of).borrowing_limit) {
      const std::int64_t held = std::max<std::int64_t>(0, usage(id, of) - kept(id, of));
      above = std::min(above, subtree(id, of) - kept(id, of) - held + *limit);
    }
    return std::max<std::int64_t>(0, kept(id, of) - usage(id, of)) + above;
  }

  [[nodiscard]] std::int64_t potential(QuotaNodeId id, FlavorResourceId of) const {
    if (!tree_.has_parent(id)) return subtree(id, of);
    const std::int64_t most = kept(id, of) + potential(tree_.parent(id), of);
    const auto limit = limits(id, of).borrowing_limit;
    return limit ? std::min(most, subtree(id, of) + *limit) : most;
  }

  [[nodiscard]] QuotaLimits limits(QuotaNodeId id, FlavorResourceId of) const {
    for (const QuotaLimits& each : tree_.node(id).limits) {
      if (each.of == of) return each;
    }
    return {};
  }

 private:
  [[nodiscard]] std::vector<QuotaNodeId> children(QuotaNodeId id) const {
    std::vector<QuotaNodeId> found;
    for (std::uint32_t i = 0; i < tree_.nodes(); ++i) {
      if (tree_.parent(QuotaNodeId{i}) == id) found.push_back(QuotaNodeId{i});
    }
    return found;
  }

  const QuotaTree& tree_;
  std::vector<std::int64_t> used_;
};

struct Held {
  QuotaNodeId queue;
  QuotaAmount amount;
};

std::vector<QuotaNodeId> queues_of(const QuotaTree& tree) {
  std::vector<QuotaNodeId> queues;
  for (std::uint32_t i = 0; i < tree.nodes(); ++i) {
    if (!tree.node(QuotaNodeId{i}).is_cohort) queues.push_back(QuotaNodeId{i});
  }
  return queues;
}

void expect_equal(const QuotaTree& tree, const Definition& definition, std::uint64_t seed) {
  for (std::uint32_t i = 0; i < tree.nodes(); ++i) {
    for (std::uint32_t j = 0; j < tree.flavor_resources(); ++j) {
      const QuotaNodeId id{i};
      const FlavorResourceId of{j};
      ASSERT_EQ(tree.subtree_quota(id, of), definition.subtree(id, of)) << seed;
      ASSERT_EQ(tree.usage(id, of), definition.usage(id, of)) << seed;
      ASSERT_EQ(tree.available(id, of), definition.available(id, of)) << seed;
      ASSERT_EQ(tree.potential_available(id, of), definition.potential(id, of)) << seed;
    }
  }
}

TEST(QuotaTreeProperty, EqualsTheDefinitionWhateverIsHeld) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Random random(seed, "quota tree");
    QuotaTree tree(random_quota_tree(random));
    Definition definition(tree);
    const std::vector<QuotaNodeId> queues = queues_of(tree);
    std::vector<Held> held;
    for (int step = 0; step < 20; ++step) {
      if (held.empty() || random.bernoulli(0.6)) {
        const FlavorResourceId of{static_cast<std::uint32_t>(random.below(tree.flavor_resources()))};
        const Held more{queues[random.below(queues.size())], {of, static_cast<std::int64_t>(random.below(8))}};
        tree.add_usage(more.queue, more.amount);
        definition.used(more.queue, of) += more.amount.amount;
        held.push_back(more);
      } else {
        std::swap(held[random.below(held.size())], held.back());
        tree.remove_usage(held.back().queue, held.back().amount);
        definition.used(held.back().queue, held.back().amount.of) -= held.back().amount.amount;
        held.pop_back();
      }
      expect_equal(tree, definition, seed);
    }
  }
}

TEST(QuotaTreeProperty, NothingThatFitsPassesALimit) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Random random(seed, "quota limits");
    QuotaTree tree(random_quota_tree(random));
    const Definition definition(tree);
    const std::vector<QuotaNodeId> queues = queues_of(tree);
    for (int step = 0; step < 40; ++step) {
      const QuotaNodeId queue = queues[random.below(queues.size())];
      const FlavorResourceId of{static_cast<std::uint32_t>(random.below(tree.flavor_resources()))};
      const QuotaAmount amount{of, static_cast<std::int64_t>(random.below(6))};
      if (tree.fits(queue, {amount})) {
        ASSERT_LE(tree.usage(queue, of) + amount.amount, tree.potential_available(queue, of)) << seed;
        tree.add_usage(queue, amount);
      }
      for (std::uint32_t i = 0; i < tree.nodes(); ++i) {
        const QuotaNodeId id{i};
        const std::int64_t over = tree.usage(id, of) - tree.subtree_quota(id, of);
        const auto limit = tree.borrowing_limit(id, of);
        if (!tree.has_parent(id)) {
          ASSERT_LE(over, 0) << seed;
        } else if (limit) {
          ASSERT_LE(over, *limit) << seed;
        }
      }
    }
  }
}

TEST(QuotaTreeProperty, AFullTreeIsFullAtEveryQueue) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed, "quota full");
    QuotaTree tree(random_quota_tree(random));
    for (std::uint32_t j = 0; j < tree.flavor_resources(); ++j) {
      const FlavorResourceId of{j};
      for (const QuotaNodeId queue : queues_of(tree)) {
        tree.add_usage(queue, {of, std::max<std::int64_t>(0, tree.available(queue, of))});
      }
      for (const QuotaNodeId queue : queues_of(tree)) ASSERT_LE(tree.available(queue, of), 0) << seed;
    }
  }
}

TEST(QuotaShareProperty, SharesGrowWithUsageAndVanishWithoutBorrowing) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Random random(seed, "quota shares");
    QuotaTree tree(random_quota_tree(random));
    const QuotaShares shares(tree);
    const std::vector<QuotaNodeId> queues = queues_of(tree);
    for (int step = 0; step < 20; ++step) {
      const QuotaNodeId queue = queues[random.below(queues.size())];
      const FlavorResourceId of{static_cast<std::uint32_t>(random.below(tree.flavor_resources()))};
      const QuotaAmount amount{of, static_cast<std::int64_t>(random.below(6))};
      const BorrowingShare before = shares.share(queue);
      const BorrowingShare after = shares.share(queue, {amount});
      ASSERT_TRUE(before <= after) << seed;
      tree.add_usage(queue, amount);
      ASSERT_TRUE(shares.share(queue) <= after && after <= shares.share(queue)) << seed;
      bool over = false;
      for (std::uint32_t j = 0; j < tree.flavor_resources(); ++j) {
        const FlavorResourceId each{j};
        over = over || (tree.has_quota(queue, each) && tree.borrowing_with(queue, each, 0));
      }
      ASSERT_EQ(shares.share(queue).borrowing(), tree.has_parent(queue) && over) << seed;
    }
  }
}

}  // namespace
}  // namespace seatrial
