// What facts and placements leave out about cut and shared GPUs: which MIG instances exist from when on, what re-cuts
// took, and how much longer each job was at work than alone. An observer, attached only where a report is written;
// made into the panels of the page by report_devices.h.
//
// Invariant: cuts() begins with one row for each GPU of the MIG pools, then has one for each change, in order of time.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/fact.h"
#include "models/ids.h"
#include "models/mig_geometry.h"

namespace seatrial {

class Cluster;

// From `at` on the GPU has these instances.
struct CutChange {
  Time at;
  std::uint32_t device = 0;  // in the numbering of all devices of the cluster
  MigGeometry::StateId state = MigGeometry::kEmpty;
};

struct RecutNote {
  Time at;
  std::uint32_t pool = 0;
  Duration delay{0};  // until its new instances can be used
};

struct SlowedJob {
  JobId job;
  std::int64_t longer_ns = 0;  // at work, in one run of the job, than alone on whole GPUs
};

class DeviceHistory final : public Observer {
 public:
  // The cluster as it is when the run begins; it outlives the history.
  explicit DeviceHistory(const Cluster& cluster);

  void observe(std::span<const Fact> facts) override;
  void finish(Time end) override;
  // Looks at GPUs that are being re-cut; to be called at the end of an instant whose facts were observed.
  void note_cuts(Time now);

  [[nodiscard]] const std::vector<CutChange>& cuts() const { return cuts_; }
  [[nodiscard]] const std::vector<RecutNote>& recuts() const { return recuts_; }
  [[nodiscard]] const std::vector<SlowedJob>& slowed() const { return slowed_; }

 private:
  // A node whose GPUs change at the latest then.
  struct Watched {
    NodeId node;
    Time until;
  };

  void look(NodeId node, Time now);

  const Cluster& cluster_;
  std::vector<MigGeometry::StateId> state_;  // by device
  std::vector<Watched> watched_;
  std::vector<CutChange> cuts_;
  std::vector<RecutNote> recuts_;
  std::vector<SlowedJob> slowed_;
};

}  // namespace seatrial
