// Layouts: messages first, since they are what a user meets; a layout without problems is trusted from then on.
#include "models/mig_layout.h"

#include <algorithm>

#include "sim/edit_distance.h"
#include "sim/error.h"

namespace seatrial {
namespace {

std::string known_profiles(const MigFamily& family) {
  std::string names = "profiles of " + family.id + ": ";
  for (std::size_t i = 0; i < family.profiles.size(); ++i) names += (i == 0 ? "" : ", ") + family.profiles[i].name;
  return names;
}

// "1g.10gb" is a profile of several families, and a different one in each.
std::string families_with(std::string_view profile) {
  std::string ids;
  for (const MigFamily& family : mig_catalog()) {
    if (family.find(profile)) ids += (ids.empty() ? "" : ", ") + family.id;
  }
  return ids;
}

std::string plural(std::uint64_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

// What a layout as a whole breaks; its entries are right one by one.
std::optional<MigLayoutProblem> whole_problem(const MigFamily& family, const std::vector<MigLayoutEntry>& layout) {
  std::vector<std::uint32_t> counts(family.profiles.size(), 0);
  std::uint64_t compute = 0;
  std::uint64_t memory = 0;
  std::uint64_t media = 0;
  for (const MigLayoutEntry& entry : layout) {
    const std::size_t profile = *family.find(entry.profile);
    const auto count = static_cast<std::uint32_t>(entry.count);
    counts[profile] += count;
    compute += std::uint64_t{count} * family.profiles[profile].compute_slices;
    memory += std::uint64_t{count} * family.profiles[profile].memory_slices;
    if (family.profiles[profile].media) media += count;
  }
  if (mig_feasible(family, counts)) return std::nullopt;
  const std::string gpu = "a GPU of " + family.id;
  std::string what;
  if (compute > family.compute_slices) {
    what = "needs " + plural(compute, "compute slice") + "; " + gpu + " has " + std::to_string(family.compute_slices);
  } else if (memory > family.memory_slices) {
    what = "needs " + plural(memory, "memory slice") + "; " + gpu + " has " + std::to_string(family.memory_slices);
  } else if (media > 1) {
    what = "has " + std::to_string(media) + " media instances; " + gpu + " can have one";
  } else {
    what = "fits " + gpu + " by its slices, but at no legal starts";
  }
  return MigLayoutProblem{layout.size(), "impossible MIG layout: " + what, "legal starts: docs/model.md, MIG geometry"};
}

}  // namespace

std::vector<MigLayoutProblem> check_mig_layout(const MigFamily& family, const std::vector<MigLayoutEntry>& layout) {
  std::vector<MigLayoutProblem> problems;
  std::vector<bool> met(family.profiles.size(), false);
  for (std::size_t i = 0; i < layout.size(); ++i) {
    const MigLayoutEntry& entry = layout[i];
    const auto profile = family.find(entry.profile);
    if (!profile) {
      const std::string others = families_with(entry.profile);
      std::string what = "unknown MIG profile \"" + quoted(entry.profile) + "\"";
      if (!others.empty())
        what = "MIG profile \"" + quoted(entry.profile) + "\" is of " + others + ", not of " + family.id;
      problems.push_back({i, std::move(what), known_profiles(family)});
      continue;
    }
    const MigProfile& row = family.profiles[*profile];
    if (met[*profile]) {
      problems.push_back({i, "MIG profile " + row.name + " is listed twice", "give each profile once, with its count"});
    } else if (entry.count < 1) {
      problems.push_back({i, "count of " + row.name + " is " + std::to_string(entry.count) + ", expected at least 1",
                          "leave the profile out"});
    } else if (entry.count > row.max_instances) {
      problems.push_back({i,
                          std::to_string(entry.count) + " instances of " + row.name + "; a GPU of " + family.id +
                              " holds at most " + std::to_string(row.max_instances),
                          {}});
    }
    met[*profile] = true;
  }
  if (!problems.empty()) return problems;
  if (auto whole = whole_problem(family, layout)) problems.push_back(*std::move(whole));
  return problems;
}

std::optional<std::vector<MigLayoutEntry>> named_mig_layout(const MigFamily& family, std::string_view name) {
  if (name == "all-disabled") return std::vector<MigLayoutEntry>{};
  if (name == "all-balanced") {
    std::vector<MigLayoutEntry> layout;
    for (const int slices : {1, 2, 3}) {
      if (slices == 3 && family.compute_slices < 7) continue;
      // The plain profile of a size: without media engines and without the double memory.
      const auto plain = std::find_if(family.profiles.begin(), family.profiles.end(), [slices](const MigProfile& row) {
        return row.compute_slices == slices && !row.media;
      });
      if (plain == family.profiles.end()) return std::nullopt;
      layout.push_back({plain->name, slices == 1 ? 2 : 1});
    }
    return layout;
  }
  if (!name.starts_with("all-")) return std::nullopt;
  const auto profile = family.find(name.substr(4));
  if (!profile) return std::nullopt;
  const MigProfile& row = family.profiles[*profile];
  return std::vector<MigLayoutEntry>{{row.name, row.max_instances}};
}

std::vector<std::string> mig_layout_names(const MigFamily& family) {
  std::vector<std::string> names{"all-disabled", "all-balanced"};
  for (const MigProfile& profile : family.profiles) names.push_back("all-" + profile.name);
  return names;
}

MigCounts mig_layout_counts(const MigFamily& family, const std::vector<MigLayoutEntry>& layout) {
  MigCounts counts{};
  for (const MigLayoutEntry& entry : layout) {
    counts[family.find(entry.profile).value()] = static_cast<std::uint8_t>(entry.count);
  }
  return counts;
}

std::optional<MigGeometry::StateId> mig_state_of(const MigLookahead& lookahead, const MigCounts& counts) {
  const MigGeometry& geometry = lookahead.geometry();
  std::optional<MigGeometry::StateId> best;
  for (std::size_t i = 0; i < geometry.states(); ++i) {
    const auto state = static_cast<MigGeometry::StateId>(i);
    if (geometry.counts(geometry.instances(state)) != counts) continue;
    if (!best || lookahead.score(state) >= lookahead.score(*best)) best = state;
  }
  return best;
}

bool mig_parted_applies(const MigPartedEntry& entry, std::string_view gpu_model) {
  if (entry.device_filter.empty()) return true;
  const MigFamily* family = mig_family_of_gpu(gpu_model);
  return std::any_of(entry.device_filter.begin(), entry.device_filter.end(), [&](const std::string& device) {
    return device == gpu_model || (family != nullptr && mig_family_of_pci_id(device) == family);
  });
}

std::vector<std::optional<std::size_t>> mig_parted_choice(const std::vector<MigPartedEntry>& entries,
                                                          std::string_view gpu_model, std::uint32_t gpus_per_node) {
  std::vector<std::optional<std::size_t>> choice(gpus_per_node);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const MigPartedEntry& entry = entries[i];
    if (!mig_parted_applies(entry, gpu_model)) continue;
    for (std::uint32_t gpu = 0; gpu < gpus_per_node; ++gpu) {
      const bool named = std::find(entry.devices.begin(), entry.devices.end(), gpu) != entry.devices.end();
      if (entry.all_devices || named) choice[gpu] = i;
    }
  }
  return choice;
}

}  // namespace seatrial
