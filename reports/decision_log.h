// The first decisions of a run: which job started, was resumed or preempted, when and on which node. Comparisons keep
// those of one replication to say where two schedules part.
//
// Invariant: decisions are in the order in which they were made; at most kMost of them are kept.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/fact.h"
#include "models/ids.h"

namespace seatrial {

enum class DecisionKind : std::uint32_t { Start, Resume, Preempt, Fail };  // Fail: not bound, with sequential arrivals

struct Decision {
  Time at;
  std::uint32_t job = 0;
  std::uint32_t node = NodeId::kNone;  // first of the placement; kNone where there is none
  DecisionKind kind = DecisionKind::Start;
  std::uint32_t spare = 0;  // without padding: written to disk as it is

  auto operator<=>(const Decision&) const = default;
};
static_assert(sizeof(Decision) == 24);

class DecisionLog final : public Observer {
 public:
  static constexpr std::size_t kMost = 65'536;

  // sequential: jobs that are not bound are decisions too.
  explicit DecisionLog(bool sequential) : sequential_(sequential) {}
  void observe(std::span<const Fact> facts) override;
  void finish(Time end) override { (void)end; }
  [[nodiscard]] const std::vector<Decision>& decisions() const { return decisions_; }

 private:
  bool sequential_;
  std::vector<Decision> decisions_;
};

// Where two runs of the same jobs part: the first instant at which they decide differently.
struct Parting {
  Time at;
  std::uint64_t position = 0;      // of the first of these decisions, from 0
  std::vector<Decision> one, two;  // what only this one decided then; either may be empty
};

// Nothing where they do not part within what both logs hold. sequential: decisions are compared one by one instead of
// instant by instant.
[[nodiscard]] std::optional<Parting> find_parting(std::span<const Decision> one, std::span<const Decision> two,
                                                  bool sequential);

}  // namespace seatrial
