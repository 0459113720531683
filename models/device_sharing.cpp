// Sharers and rates by device; see device_sharing.h.
#include "models/device_sharing.h"

#include <algorithm>

#include "sim/check.h"

namespace seatrial {

DeviceSharing::DeviceSharing(const SpeedModel& model, std::uint32_t devices, DeviceKind kind) : model_(model) {
  rows_.assign(devices, Row{.kind = kind});
  free_.fill(kEndOfList);
  changes_.reserve(SpeedModel::kMaxSharers);
}

void DeviceSharing::set_kind(std::uint32_t device, DeviceKind kind) {
  CHECK(rows_[device].count == 0);
  rows_[device].kind = kind;
}

std::span<const RateChange> DeviceSharing::attach(std::uint32_t device, Sharer sharer) {
  Row& row = rows_[device];
  CHECK(row.count < SpeedModel::kMaxSharers);
  EXPENSIVE_CHECK(std::none_of(sharers(device).begin(), sharers(device).end(),
                               [&](const Sharer& other) { return other.job == sharer.job; }));
  if (row.size_class == kNoBlock || row.count == 1U << row.size_class) grow(row);
  sharers_[row.begin + row.count] = sharer;
  ++row.count;
  return re_rate(device, true);
}

std::span<const RateChange> DeviceSharing::detach(std::uint32_t device, JobId job) {
  Row& row = rows_[device];
  const auto first = sharers_.begin() + row.begin;
  const auto last = first + row.count;
  const auto found = std::find_if(first, last, [job](const Sharer& sharer) { return sharer.job == job; });
  CHECK(found != last);
  const auto rate = rates_.begin() + row.begin + (found - first);
  std::copy(found + 1, last, found);
  std::copy(rate + 1, rates_.begin() + row.begin + row.count, rate);
  --row.count;
  if (row.count == 0) {
    give_block(row.begin, row.size_class);
    row.begin = 0;
    row.size_class = kNoBlock;
  }
  return re_rate(device, false);
}

std::size_t DeviceSharing::bytes() const {
  return sizeof *this + rows_.capacity() * sizeof(Row) + sharers_.capacity() * sizeof(Sharer) +
         rates_.capacity() * sizeof(Rate) + changes_.capacity() * sizeof(RateChange);
}

std::uint32_t DeviceSharing::take_block(std::uint8_t size_class) {
  std::uint32_t& head = free_[size_class];
  if (head != kEndOfList) {
    const std::uint32_t begin = head;
    head = sharers_[begin].job.index;
    return begin;
  }
  const std::size_t begin = sharers_.size();
  CHECK(begin < kEndOfList - SpeedModel::kMaxSharers);
  sharers_.resize(begin + (std::size_t{1} << size_class));
  rates_.resize(sharers_.size());
  return static_cast<std::uint32_t>(begin);
}

void DeviceSharing::give_block(std::uint32_t begin, std::uint8_t size_class) {
  sharers_[begin].job.index = free_[size_class];
  free_[size_class] = begin;
}

void DeviceSharing::grow(Row& row) {
  const auto size_class = static_cast<std::uint8_t>(row.size_class == kNoBlock ? 0 : row.size_class + 1);
  const std::uint32_t begin = take_block(size_class);
  std::copy_n(sharers_.begin() + row.begin, row.count, sharers_.begin() + begin);
  std::copy_n(rates_.begin() + row.begin, row.count, rates_.begin() + begin);
  if (row.size_class != kNoBlock) give_block(row.begin, row.size_class);
  row.begin = begin;
  row.size_class = size_class;
}

std::span<const RateChange> DeviceSharing::re_rate(std::uint32_t device, bool last_is_new) {
  const Row& row = rows_[device];
  changes_.clear();
  model_.rates(row.kind, sharers(device), fresh_);
  for (std::size_t i = 0; i < row.count; ++i) {
    Rate& rate = rates_[row.begin + i];
    const bool is_new = last_is_new && i + 1 == row.count;
    if (rate == fresh_[i] && !is_new) continue;
    rate = fresh_[i];
    changes_.push_back({device, sharers_[row.begin + i].job, rate});
  }
  return changes_;
}

}  // namespace seatrial
