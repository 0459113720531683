// Sorted blocks of running jobs; see end_list.h.
#include "policies/end_list.h"

#include <algorithm>

#include "sim/check.h"

namespace seatrial {
namespace {

auto place_of(std::vector<EndItem>& items, const EndItem& item) {
  return std::lower_bound(items.begin(), items.end(), item,
                          [](const EndItem& a, const EndItem& b) { return a.before(b); });
}

}  // namespace

std::size_t EndList::block_of(const EndItem& item) const {
  const auto found =
      std::lower_bound(blocks_.begin(), blocks_.end(), item,
                       [](const Block& block, const EndItem& wanted) { return block.items.back().before(wanted); });
  return static_cast<std::size_t>(found - blocks_.begin());
}

void EndList::insert(const EndItem& item) {
  if (blocks_.empty()) {
    blocks_.push_back({{item}, item.gpus});
    return;
  }
  const std::size_t at = std::min(block_of(item), blocks_.size() - 1);
  Block& block = blocks_[at];
  block.items.insert(place_of(block.items, item), item);
  block.gpus += item.gpus;
  if (block.items.size() <= kBlock) return;
  Block upper;
  const auto middle = block.items.begin() + static_cast<std::ptrdiff_t>(kBlock / 2);
  upper.items.assign(middle, block.items.end());
  block.items.erase(middle, block.items.end());
  for (const EndItem& moved : upper.items) upper.gpus += moved.gpus;
  block.gpus -= upper.gpus;
  blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(at) + 1, std::move(upper));
}

void EndList::erase(const EndItem& item) {
  const std::size_t at = block_of(item);
  CHECK(at < blocks_.size());
  Block& block = blocks_[at];
  const auto place = place_of(block.items, item);
  CHECK(place != block.items.end() && place->job == item.job);
  block.gpus -= place->gpus;
  block.items.erase(place);
  if (block.items.empty()) blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(at));
}

EndList::Instant EndList::when_released(std::uint64_t wanted, Time now) const {
  Instant found;
  std::size_t b = 0;
  while (b < blocks_.size() && found.gpus + blocks_[b].gpus < wanted) found.gpus += blocks_[b++].gpus;
  std::size_t i = 0;
  if (wanted == 0) found.at = now;
  for (; wanted > 0 && b < blocks_.size() && i < blocks_[b].items.size(); ++i) {
    found.gpus += blocks_[b].items[i].gpus;
    if (found.gpus < wanted) continue;
    found.at = std::max(now, blocks_[b].items[i].end);
    ++i;
    break;
  }
  if (found.at == kNever) return found;
  // Everything else that ends at exactly that instant.
  for (; b < blocks_.size(); ++b, i = 0) {
    for (; i < blocks_[b].items.size(); ++i) {
      if (blocks_[b].items[i].end > found.at) return found;
      found.gpus += blocks_[b].items[i].gpus;
    }
  }
  return found;
}

}  // namespace seatrial
