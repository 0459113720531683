// What past jobs tell of a new one's run time: the mean of its user's ended jobs with the same number of GPUs, else of
// all its user's, else of everybody's. Used by `estimate: history` and by the order qssf.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

#include "models/ids.h"
#include "sim/time.h"
#include "sim/wide.h"

namespace seatrial {

class DurationHistory {
 public:
  void learn(TextId user, std::uint32_t gpus, Duration real) {
    add(by_user_and_gpus_[key(user, gpus)], real);
    add(by_user_[user.index], real);
    add(all_, real);
  }
  // Nothing while no job has ended.
  [[nodiscard]] std::optional<Duration> predict(TextId user, std::uint32_t gpus) const {
    if (const auto found = by_user_and_gpus_.find(key(user, gpus)); found != by_user_and_gpus_.end()) {
      return mean(found->second);
    }
    if (const auto found = by_user_.find(user.index); found != by_user_.end()) return mean(found->second);
    if (all_.jobs == 0) return std::nullopt;
    return mean(all_);
  }

 private:
  struct Sum {
    Int128 ns = 0;
    std::int64_t jobs = 0;
  };
  static std::uint64_t key(TextId user, std::uint32_t gpus) {
    return (static_cast<std::uint64_t>(user.index) << 32U) | gpus;
  }
  static void add(Sum& sum, Duration real) {
    sum.ns += real.ns;
    ++sum.jobs;
  }
  static Duration mean(const Sum& sum) { return {static_cast<std::int64_t>(sum.ns / sum.jobs)}; }

  std::unordered_map<std::uint64_t, Sum> by_user_and_gpus_;
  std::unordered_map<std::uint32_t, Sum> by_user_;
  Sum all_;
};

}  // namespace seatrial
