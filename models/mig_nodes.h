// The GPUs of a pool in MIG mode, node by node: which instances exist and which are busy, what a node could give now,
// and taking and giving back one instance. Re-cuts that a take made are kept in a journal until they are accepted or
// undone. Part of GpuPartitions; decides within a node only, which node is the placement's choice.
// Invariant: the masks say of every node which profiles it can give under each effort.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "models/gpu_mode.h"
#include "models/mig_recut.h"
#include "models/mig_rule.h"

namespace seatrial {

// A GPU whose instances changed.
struct MigCut {
  std::uint32_t gpu = 0;  // node of the pool times GPUs of a node, plus index
  MigGeometry::StateId before = MigGeometry::kNoState;
  std::uint32_t destroyed = 0;
};

class MigNodes {
 public:
  using StateId = MigGeometry::StateId;

  MigNodes(const MigFamily& family, const GpuModeSpec& mode, std::uint32_t nodes, std::uint32_t gpus_per_node);

  [[nodiscard]] const MigGeometry& geometry() const { return *geometry_; }
  [[nodiscard]] const MigPool& pool() const { return *pool_; }
  [[nodiscard]] std::span<const std::uint32_t> weights() const { return weights_; }
  [[nodiscard]] const GpuModeSpec& mode() const { return mode_; }
  [[nodiscard]] std::uint32_t gpus_per_node() const { return gpus_per_node_; }
  // Whether the GPU of this index on a node is in MIG mode.
  [[nodiscard]] bool is_cut(std::uint32_t device) const { return cut_[device]; }
  [[nodiscard]] std::uint32_t uncut_gpus() const { return uncut_; }  // of a node
  // Instances of the profile that an empty node could have at most: those of its layout, or after re-cuts.
  [[nodiscard]] std::uint32_t most(std::size_t profile) const { return most_[profile]; }

  // What takes may do from now on; at most what the partitioner allows.
  void set_effort(CutEffort effort) { effort_ = effort; }
  [[nodiscard]] CutEffort most_effort() const;
  // Whether any node of the pool can give an instance of the profile under this effort.
  [[nodiscard]] bool any_node(CutEffort effort, std::size_t profile) const {
    return nodes_with_[static_cast<std::size_t>(effort)][profile] > 0;
  }
  // How many instances of the profile the node can give now, up to `enough`.
  [[nodiscard]] std::uint32_t room(std::uint32_t node, std::size_t profile, std::uint32_t enough) const;
  // Takes one; room() must be above 0.
  MigInstance take(std::uint32_t node, std::size_t profile);
  // What take() would do: the GPU of the node, and by how many memory slices more, expected over the demand mix, would
  // be stranded. 0 where layouts never change: every instance of a profile is worth the same there.
  struct Preview {
    std::uint32_t device = 0;
    double stranded_slices = 0;
  };
  [[nodiscard]] Preview preview(std::uint32_t node, std::size_t profile) const;
  void give(MigInstance instance);

  // Re-cuts since the last accept or undo, oldest first.
  [[nodiscard]] std::span<const MigCut> journal() const { return journal_; }
  void accept() { journal_.clear(); }
  // What was taken since must have been given back.
  void undo();

  // A closed GPU gives nothing: it is being re-cut, or its node's device plugin restarts. Opened as often as closed.
  void close(std::uint32_t gpu);
  void open(std::uint32_t gpu);
  // Each profile may have one GPU reserved, which gives instances of that profile only, until an instance of it was
  // taken anywhere.
  void reserve(std::uint32_t gpu, std::size_t profile);
  [[nodiscard]] bool is_reserved(std::uint32_t gpu) const { return reserved_[gpu] != 0; }
  [[nodiscard]] bool has_reserved(std::size_t profile) const { return reserved_gpu_[profile] != kNoGpu; }
  // Lifts all reservations; false if there was none.
  bool unreserve_all();
  [[nodiscard]] bool is_closed(std::uint32_t gpu) const { return closed_[gpu] > 0; }
  // A resting GPU keeps its idle instances.
  void set_resting(std::uint32_t gpu, bool resting);
  // Replaces the idle instances of a GPU.
  void recut(std::uint32_t gpu, StateId existing);
  // Of all GPUs together, in slices, under the demand mix (mig_metrics.h, a and c): of what is busy where GPUs are
  // re-cut, of what exists where they are not.
  [[nodiscard]] double fragmentation_slices() const { return loss_.fragmentation / loss_.weights; }
  [[nodiscard]] double stranded_slices() const { return loss_.stranded / loss_.weights; }

 private:
  using ProfileMask = std::uint16_t;
  static constexpr std::uint32_t kNoGpu = 0xffffffffU;
  struct Cell {  // of a GPU while several takes are thought through
    StateId existing;
    StateId busy;
  };
  struct Choice {
    std::uint32_t device = 0;
    std::uint8_t place = MigGeometry::kNoPlacement;
    StateId existing = MigGeometry::kNoState;  // after the take
    std::uint32_t destroyed = 0;
  };

  struct Loss {
    double fragmentation = 0;  // times weights; whole numbers
    double stranded = 0;
    double weights = 1;
  };
  void find_losses();
  void unreserve(std::size_t profile);
  void lay_out(const GpuModeSpec& mode);
  void refresh(std::uint32_t gpu);
  void refresh_node(std::uint32_t node);
  [[nodiscard]] ProfileMask profiles_of(MigInstances instances) const;
  [[nodiscard]] Choice choose(std::uint32_t node, std::size_t profile) const;
  [[nodiscard]] Choice choose_idle(std::uint32_t node, std::size_t profile) const;
  [[nodiscard]] Choice choose_new(std::uint32_t node, std::size_t profile) const;
  [[nodiscard]] Choice choose_recut(std::uint32_t node, std::size_t profile) const;
  [[nodiscard]] std::uint32_t count_on(std::uint32_t gpu, std::size_t profile, std::uint32_t enough) const;

  GpuModeSpec mode_;
  std::uint32_t gpus_per_node_;
  std::vector<bool> cut_;  // by device of a node
  std::uint32_t uncut_ = 0;
  std::vector<std::uint32_t> weights_;
  std::unique_ptr<const MigGeometry> geometry_;
  std::unique_ptr<const MigLookahead> lookahead_;
  std::unique_ptr<MigPool> pool_;
  std::vector<std::uint32_t> most_;
  std::vector<ProfileMask> open_profiles_;                                            // by state
  std::array<std::vector<ProfileMask>, kCutEfforts> of_gpu_, of_node_;                // by effort
  std::vector<std::uint8_t> closed_;                                                  // by GPU: how often
  std::vector<bool> resting_;                                                         // by GPU
  std::vector<ProfileMask> reserved_;                                                 // by GPU: the one profile; 0: all
  std::vector<std::uint32_t> reserved_gpu_;                                           // by profile
  std::array<std::array<std::uint32_t, kMaxMigProfiles>, kCutEfforts> nodes_with_{};  // by effort and profile
  std::vector<MigCut> journal_;
  std::vector<Loss> loss_of_;  // by state
  std::vector<StateId> seen_;  // by GPU: the state that loss_ counts
  Loss loss_;
  CutEffort effort_ = CutEffort::Idle;
};

}  // namespace seatrial
