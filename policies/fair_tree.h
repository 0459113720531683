// Slurm's Fair Tree (the default of its multifactor priority since 19.05): users in the order of a depth-first visit of
// the tree of accounts in which siblings with more left of their share come first. A library: a pure function. Used by
// the order `multifactor`.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace seatrial {

struct FairTreeNode {
  static constexpr std::uint32_t kRoot = 0xffffffffU;
  std::uint32_t parent = kRoot;  // an account that stands before it
  double shares = 1;             // against its siblings, > 0
  double usage = 0;              // a user's own; accounts have the sum of theirs
  bool user = true;              // else an account
};

// The fair-share factor of each user: the i-th of N has (N - i + 1) / N; 0 for accounts. Siblings go by shares over
// usage, both as parts of the siblings' sum; users that tie share a rank, the accounts that tie are visited as one.
// Where a user ties with an account the user is first (assumed).
[[nodiscard]] std::vector<double> fair_tree_factors(std::span<const FairTreeNode> nodes);

}  // namespace seatrial
