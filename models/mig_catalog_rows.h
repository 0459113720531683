// The rows that tools/embed_mig.py makes of models/data/mig.json at build time; only mig_catalog.cpp reads them.
#pragma once

#include <cstdint>
#include <span>

namespace seatrial {

// Texts are never null. Not known: a negative profile id, a count of 0, a quiet NaN.
struct MigProfileRow {
  const char* name;
  int profile_id;
  std::uint8_t compute_slices;
  std::uint8_t memory_slices;
  std::uint8_t max_instances;
  bool media;
  std::uint16_t starts;  // bit s: an instance may start at memory slice s
  int memory_gb_nominal;
  double memory_gib_reported;
  int sm_count;
  int copy_engines;
  const char* evidence;
};

struct MigFamilyRow {
  const char* id;
  const char* gpus;      // separated by |, like the next two
  const char* products;  // names as nvidia-smi shows them
  const char* pci_ids;
  int total_sm;
  std::uint8_t compute_slices;
  std::uint8_t memory_slices;
  std::span<const MigProfileRow> profiles;
};

extern const std::span<const MigFamilyRow> kMigFamilyRows;

}  // namespace seatrial
