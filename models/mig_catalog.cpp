// The MIG catalogue out of the rows that the build makes of models/data/mig.json. A file that lacks or misspells
// something fails the build, so nothing is checked here.
#include "models/mig_catalog.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "models/mig_catalog_rows.h"

namespace seatrial {
namespace {

std::optional<int> known(int figure) { return figure > 0 ? std::optional<int>(figure) : std::nullopt; }

std::vector<std::string> split(std::string_view joined) {
  std::vector<std::string> parts;
  while (!joined.empty()) {
    const std::size_t bar = std::min(joined.find('|'), joined.size());
    parts.emplace_back(joined.substr(0, bar));
    joined.remove_prefix(std::min(bar + 1, joined.size()));
  }
  return parts;
}

MigProfile profile_of(const MigProfileRow& row) {
  MigProfile profile;
  profile.name = row.name;
  if (row.profile_id >= 0) profile.profile_id = row.profile_id;
  profile.compute_slices = row.compute_slices;
  profile.memory_slices = row.memory_slices;
  profile.max_instances = row.max_instances;
  profile.media = row.media;
  for (std::uint8_t start = 0; start < 16; ++start) {
    if ((row.starts >> start & 1U) != 0) profile.placements.push_back({start, row.memory_slices});
  }
  profile.memory_gb_nominal = row.memory_gb_nominal;
  if (!std::isnan(row.memory_gib_reported)) profile.memory_gib = row.memory_gib_reported;
  profile.sm_count = known(row.sm_count);
  profile.copy_engines = known(row.copy_engines);
  profile.evidence = row.evidence;
  return profile;
}

std::vector<MigFamily> make_catalog() {
  std::vector<MigFamily> families;
  families.reserve(kMigFamilyRows.size());
  for (const MigFamilyRow& row : kMigFamilyRows) {
    MigFamily& family = families.emplace_back();
    family.id = row.id;
    family.gpus = split(row.gpus);
    family.products = split(row.products);
    family.pci_ids = split(row.pci_ids);
    family.total_sm = known(row.total_sm);
    family.compute_slices = row.compute_slices;
    family.memory_slices = row.memory_slices;
    for (const MigProfileRow& profile : row.profiles) family.profiles.push_back(profile_of(profile));
  }
  return families;
}

const MigFamily* family_with(std::vector<std::string> MigFamily::*names, std::string_view wanted) {
  for (const MigFamily& family : mig_catalog()) {
    const std::vector<std::string>& entries = family.*names;
    if (std::find(entries.begin(), entries.end(), wanted) != entries.end()) return &family;
  }
  return nullptr;
}

bool same_letters(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  });
}

}  // namespace

std::optional<std::size_t> MigFamily::find(std::string_view profile) const {
  std::string name(profile);
  if (name.size() > 3 && name.ends_with(".me")) name[name.size() - 3] = '+';
  for (std::size_t i = 0; i < profiles.size(); ++i) {
    if (profiles[i].name == name) return i;
  }
  return std::nullopt;
}

const std::vector<MigFamily>& mig_catalog() {
  static const std::vector<MigFamily> catalog = make_catalog();
  return catalog;
}

const MigFamily* find_mig_family(std::string_view id) {
  for (const MigFamily& family : mig_catalog()) {
    if (family.id == id) return &family;
  }
  return nullptr;
}

const MigFamily* mig_family_of_gpu(std::string_view gpu_model) { return family_with(&MigFamily::gpus, gpu_model); }

const MigFamily* mig_family_of_product(std::string_view product) {
  constexpr std::string_view kVendor = "NVIDIA ";
  if (product.starts_with(kVendor)) product.remove_prefix(kVendor.size());
  return family_with(&MigFamily::products, product);
}

const MigFamily* mig_family_of_pci_id(std::string_view pci_id) {
  for (const MigFamily& family : mig_catalog()) {
    for (const std::string& known_id : family.pci_ids) {
      if (same_letters(known_id, pci_id)) return &family;
    }
  }
  return nullptr;
}

MigFamily mig_family_without(const MigFamily& family, const std::vector<std::string>& drop) {
  MigFamily smaller = family;
  std::erase_if(smaller.profiles, [&drop](const MigProfile& profile) {
    return std::find(drop.begin(), drop.end(), profile.name) != drop.end();
  });
  return smaller;
}

}  // namespace seatrial
