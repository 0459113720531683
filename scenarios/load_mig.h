// MIG layouts as a user writes them: a name, a list or a mapping in a scenario, or a configuration file of mig-parted
// (NVIDIA/mig-parted, `version: v1`). Every mistake is reported at its own place, all in one go. Layouts that come back
// are right for their GPU family.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/mig_layout.h"
#include "scenarios/reader.h"

namespace seatrial {

// `all-balanced`, `[3g.20gb, 2g.10gb, 1g.5gb, 1g.5gb]` or `{3g.20gb: 1, 2g.10gb: 1, 1g.5gb: 2}`. Nothing after
// reporting why.
[[nodiscard]] std::optional<std::vector<MigLayoutEntry>> load_mig_layout(const Value& value, const MigFamily& family);

// Which configuration of a mig-parted file, and for which GPUs.
struct MigPartedQuery {
  std::string config;     // a key of `mig-configs`
  std::string gpu_model;  // an id of the GPU catalogue whose family can be cut
  std::uint32_t gpus_per_node = 0;
};

// By GPU index of a node: its layout, or nothing for a GPU that stays whole (`mig-enabled: false`, or no entry
// applies). Nothing at all after reporting why: unknown or missing keys, an unknown configuration, indexes that the
// node does not have, a configuration that says nothing about this GPU model, and what check_mig_layout() refuses.
[[nodiscard]] std::optional<std::vector<std::optional<std::vector<MigLayoutEntry>>>> load_mig_parted(
    const Value& root, const MigPartedQuery& query);

}  // namespace seatrial
