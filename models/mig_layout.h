// Static MIG layouts: which instances every GPU of a pool has from the start. A layout comes as a list of profiles with
// counts, as a name of mig-parted ("all-1g.5gb", "all-balanced"), or as one configuration of a mig-parted file, which
// may differ by GPU index. What cannot be is told in words; a good layout becomes a state of the geometry.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/mig_lookahead.h"
#include "models/mig_rule.h"

namespace seatrial {

struct MigLayoutProblem {
  std::size_t entry = 0;  // index of the entry, or the number of entries if the layout as a whole is meant
  std::string what;
  std::string hint;
};

// Why these entries are no layout of the family: a profile that is unknown or of another family, listed twice, a count
// below 1 or above the profile's maximum, together more than a GPU holds. Empty: they are one.
[[nodiscard]] std::vector<MigLayoutProblem> check_mig_layout(const MigFamily& family,
                                                             const std::vector<MigLayoutEntry>& layout);

// The layout that a name of mig-parted stands for: "all-disabled" (no instances), "all-balanced" (2 x 1g, 2g and, on
// GPUs with 7 compute slices, 3g), "all-<profile>" (as many as fit). Nothing if the name is none of these.
[[nodiscard]] std::optional<std::vector<MigLayoutEntry>> named_mig_layout(const MigFamily& family,
                                                                          std::string_view name);
// All names that named_mig_layout() knows, for messages.
[[nodiscard]] std::vector<std::string> mig_layout_names(const MigFamily& family);

// Requires a layout without problems.
[[nodiscard]] MigCounts mig_layout_counts(const MigFamily& family, const std::vector<MigLayoutEntry>& layout);

// The state with these counts that leaves the most room for more (the highest id among equals); nothing if the counts
// fit in no way. Creation order does not matter: starts are given (`-cgi PROFILE:START`), largest first.
[[nodiscard]] std::optional<MigGeometry::StateId> mig_state_of(const MigLookahead& lookahead, const MigCounts& counts);

// One entry of a configuration of a mig-parted file.
struct MigPartedEntry {
  std::vector<std::string> device_filter;  // PCI ids ("0x20B010DE") or ids of the GPU catalogue; empty: every GPU
  bool all_devices = true;
  std::vector<std::uint32_t> devices;  // indexes on the node, if not all
  bool mig_enabled = false;
  std::vector<MigLayoutEntry> mig_devices;
};

// Whether the entry's filter names this GPU model (an id of the GPU catalogue).
[[nodiscard]] bool mig_parted_applies(const MigPartedEntry& entry, std::string_view gpu_model);

// By GPU index of a node: the entry that applies, the last one if several do, as mig-parted goes through them in order;
// nothing where none does.
[[nodiscard]] std::vector<std::optional<std::size_t>> mig_parted_choice(const std::vector<MigPartedEntry>& entries,
                                                                        std::string_view gpu_model,
                                                                        std::uint32_t gpus_per_node);

}  // namespace seatrial
