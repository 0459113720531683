// The GPU families that MIG (Multi-Instance GPU) can cut, with their profiles and legal placements, each with its
// evidence in models/data/mig.json, which the build compiles in (tools/embed_mig.py). The geometry that follows from
// these tables is in mig_geometry.h. A family holds at most 16 memory slices and 32 placements.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace seatrial {

// An instance at this place holds the memory slices [start, start + size).
struct MigPlacement {
  std::uint8_t start = 0;
  std::uint8_t size = 0;

  auto operator<=>(const MigPlacement&) const = default;
};

struct MigProfile {
  std::string name;               // "3g.20gb", "1g.5gb+me"
  std::optional<int> profile_id;  // of nvidia-smi mig -lgip
  std::uint8_t compute_slices = 0;
  std::uint8_t memory_slices = 0;
  std::uint8_t max_instances = 0;        // of this profile on one GPU
  bool media = false;                    // has the media engines; at most one such instance on a GPU
  std::vector<MigPlacement> placements;  // ascending starts
  int memory_gb_nominal = 0;             // as in the name
  std::optional<double> memory_gib;      // as the driver reports it
  std::optional<int> sm_count;           // streaming multiprocessors
  std::optional<int> copy_engines;
  std::string evidence;  // where this was seen, and what of it is inferred
};

struct MigFamily {
  std::string id;                     // "a100-40"
  std::vector<std::string> gpus;      // ids of the GPU catalogue
  std::vector<std::string> products;  // names as nvidia-smi shows them
  std::vector<std::string> pci_ids;   // "0x20B010DE"
  std::optional<int> total_sm;
  std::uint8_t compute_slices = 0;
  std::uint8_t memory_slices = 0;
  std::vector<MigProfile> profiles;

  // The index of a profile by its name; '+' and '.' before the suffix are the same ("1g.5gb.me").
  [[nodiscard]] std::optional<std::size_t> find(std::string_view profile) const;
};

[[nodiscard]] const std::vector<MigFamily>& mig_catalog();
// Each gives nullptr where the name is unknown.
[[nodiscard]] const MigFamily* find_mig_family(std::string_view id);
[[nodiscard]] const MigFamily* mig_family_of_gpu(std::string_view gpu_model);  // an id of the GPU catalogue
[[nodiscard]] const MigFamily* mig_family_of_product(
    std::string_view product);  // "A100-SXM4-40GB", with or without "NVIDIA "
[[nodiscard]] const MigFamily* mig_family_of_pci_id(std::string_view pci_id);  // in any case of letters

// The family without the profiles that `drop` names; for the smaller tables of the literature.
[[nodiscard]] MigFamily mig_family_without(const MigFamily& family, const std::vector<std::string>& drop);

}  // namespace seatrial
