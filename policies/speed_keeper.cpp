// Rates and meters of running jobs; see speed_keeper.h.
#include "policies/speed_keeper.h"

#include <algorithm>

#include "models/device_ref.h"
#include "models/gpu_partitions.h"
#include "sim/check.h"

namespace seatrial {

SpeedKeeper::SpeedKeeper(const SpeedPlan& plan, const Cluster& cluster)
    : plan_(plan), cluster_(cluster), sharing_(*plan.model, cluster.devices_in_all(), DeviceKind{}) {
  for (std::uint32_t node = 0; node < cluster.nodes(); ++node) {
    for (std::uint32_t device = 0; device < cluster.gpus({node}); ++device) {
      DeviceKind kind = plan.kind_of_node[node];
      const GpuPartitions* partitions = cluster.partitions();
      const MigNodes* mig = partitions == nullptr ? nullptr : partitions->mig(cluster.pool_of({node}));
      if (mig != nullptr && !mig->is_cut(device)) kind.mode = SharingMode::Exclusive;
      sharing_.set_kind(cluster.first_device({node}) + device, kind);
    }
  }
}

// The devices of a placement, each once: two slices of one GPU are one client of it.
void SpeedKeeper::collect(std::span<const Piece> pieces, std::span<const std::uint16_t> devices) {
  found_.clear();
  for (const Piece& piece : pieces) {
    for (const std::uint16_t ref : devices.subspan(piece.first_device, piece.gpus)) {
      found_.push_back(cluster_.first_device(piece.node) + device_index(ref));
    }
  }
  std::sort(found_.begin(), found_.end());
  found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
}

std::span<const JobId> SpeedKeeper::begin(const Start& start, std::span<const Piece> pieces,
                                          std::span<const std::uint16_t> devices) {
  if (rows_.size() <= start.row) {
    rows_.resize(start.row + 1);
    held_.resize(start.row + 1);
  }
  collect(pieces, devices);
  held_[start.row].assign(found_.begin(), found_.end());
  changed_.clear();
  Sharer sharer{start.job, plan_.work_of_request[start.request.index], kWholeGpu};
  if (start.slice != 0) sharer.slice = plan_.slice_of_kind[start.slice];
  for (const std::uint32_t device : found_) {
    for (const RateChange& change : sharing_.attach(device, sharer)) {
      if (change.job != start.job) changed_.push_back(change.job);
    }
  }
  Row& row = rows_[start.row];
  row.useful_from = start.useful_from;
  row.meter = WorkMeter(start.work, start.useful_from, lowest(start.job, start.row));
  return changed_;
}

std::span<const JobId> SpeedKeeper::end(JobId job, std::uint32_t row) {
  changed_.clear();
  for (const std::uint32_t device : held_[row]) {
    for (const RateChange& change : sharing_.detach(device, job)) changed_.push_back(change.job);
  }
  held_[row].clear();
  rows_[row] = Row{};
  return changed_;
}

// A job without GPUs works at full speed.
Rate SpeedKeeper::lowest(JobId job, std::uint32_t row) const {
  Rate lowest = held_[row].empty() ? kFullRate : kMaxRate;
  for (const std::uint32_t device : held_[row]) {
    const auto sharers = sharing_.sharers(device);
    const auto found =
        std::find_if(sharers.begin(), sharers.end(), [job](const Sharer& each) { return each.job == job; });
    CHECK(found != sharers.end());
    lowest = std::min(lowest, sharing_.rates(device)[static_cast<std::size_t>(found - sharers.begin())]);
  }
  return lowest;
}

void SpeedKeeper::re_rate(Time now, JobId job, std::uint32_t row) {
  Row& mine = rows_[row];
  ++rerates_;
  const Rate rate = lowest(job, row);
  if (now >= mine.useful_from) {
    mine.meter.set_rate(now, rate);
  } else {
    mine.meter = WorkMeter(mine.meter.left(mine.useful_from), mine.useful_from, rate);
  }
}

}  // namespace seatrial
