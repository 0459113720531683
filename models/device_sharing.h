// Who shares which device, and at what rate each runs. The scheduler attaches and detaches jobs and gets back exactly
// the jobs whose rate changed, so that only those are re-rated. A job on several devices (a gang) has a rate on each;
// it goes at the lowest.
// Invariant: the stored rates are those of the SpeedModel for the present sharers. Sharers stay in order of attachment.
// Memory: 12 bytes a device and 16 bytes a place for a sharer, places in blocks of powers of two (100,000 devices with
// two jobs each: 96 bytes a device); freed blocks are used again, so that a run in a steady state does not allocate.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "models/speed_model.h"

namespace seatrial {

struct RateChange {
  std::uint32_t device;
  JobId job;
  Rate rate;
};

class DeviceSharing {
 public:
  // Devices 0..devices-1 of one kind, without jobs. The model outlives this.
  DeviceSharing(const SpeedModel& model, std::uint32_t devices, DeviceKind kind);

  [[nodiscard]] std::uint32_t devices() const { return static_cast<std::uint32_t>(rows_.size()); }
  [[nodiscard]] DeviceKind kind(std::uint32_t device) const { return rows_[device].kind; }
  // Requires that nobody is on the device.
  void set_kind(std::uint32_t device, DeviceKind kind);

  // Adds a job that is not there yet. Returns the sharers of the device whose rate changed, the new one always and
  // last; valid until the next call. Cost: one question to the model.
  [[nodiscard]] std::span<const RateChange> attach(std::uint32_t device, Sharer sharer);
  // Takes a job away that is there. Returns those of the others whose rate changed; valid until the next call.
  [[nodiscard]] std::span<const RateChange> detach(std::uint32_t device, JobId job);

  // In order of attachment: the last is the youngest. Valid until the next attach.
  [[nodiscard]] std::span<const Sharer> sharers(std::uint32_t device) const {
    return {sharers_.data() + rows_[device].begin, rows_[device].count};
  }
  [[nodiscard]] std::span<const Rate> rates(std::uint32_t device) const {
    return {rates_.data() + rows_[device].begin, rows_[device].count};
  }
  // Bytes held.
  [[nodiscard]] std::size_t bytes() const;

 private:
  static constexpr std::size_t kSizeClasses = 11;  // blocks of 1, 2, 4 .. 1024 places
  static constexpr std::uint8_t kNoBlock = 0xff;
  static constexpr std::uint32_t kEndOfList = 0xffffffffU;

  struct Row {
    std::uint32_t begin = 0;  // of its block in sharers_ and rates_
    std::uint16_t count = 0;
    std::uint8_t size_class = kNoBlock;
    DeviceKind kind;
  };

  std::uint32_t take_block(std::uint8_t size_class);
  void give_block(std::uint32_t begin, std::uint8_t size_class);
  void grow(Row& row);
  std::span<const RateChange> re_rate(std::uint32_t device, bool last_is_new);

  const SpeedModel& model_;
  std::vector<Row> rows_;
  std::vector<Sharer> sharers_;
  std::vector<Rate> rates_;
  std::array<std::uint32_t, kSizeClasses> free_{};  // first free block by size; the next one stands in its first sharer
  std::array<Rate, SpeedModel::kMaxSharers> fresh_{};
  std::vector<RateChange> changes_;
};

}  // namespace seatrial
