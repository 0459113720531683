// Draws one of several things by weight: a kind of work, a size, a tenant. Used by the generator, and by traces whose
// jobs get something that the file does not tell. Sums are kept, a draw is a binary search.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "sim/random.h"

namespace seatrial {

class Mix {
 public:
  // At least one weight is above 0 wherever draw() is called; negative ones count as 0.
  template <class Item>
  explicit Mix(const std::vector<std::pair<Item, double>>& items) {
    double sum = 0;
    for (const auto& item : items) cumulative_.push_back(sum += std::max(0.0, item.second));
  }
  [[nodiscard]] std::size_t draw(Random& random) const {
    const double point = random.uniform() * cumulative_.back();
    const auto found = std::upper_bound(cumulative_.begin(), cumulative_.end(), point);
    return std::min(static_cast<std::size_t>(found - cumulative_.begin()), cumulative_.size() - 1);
  }

 private:
  std::vector<double> cumulative_;
};

}  // namespace seatrial
