// MIG layouts out of parsed documents; see load_mig.h.
#include "scenarios/load_mig.h"

#include <algorithm>
#include <utility>

namespace seatrial {
namespace {

constexpr std::int64_t kMostInstances = 1'000'000;  // enough to be told by the family's own limits
constexpr std::int64_t kMostDevices = 1024;

// A layout with the values that its entries came from, so that each problem finds its place.
struct Draft {
  std::vector<MigLayoutEntry> entries;
  std::vector<Value> places;
};

bool report(const Draft& draft, const Value& whole, const MigFamily& family) {
  const std::vector<MigLayoutProblem> problems = check_mig_layout(family, draft.entries);
  for (const MigLayoutProblem& problem : problems) {
    const bool of_entry = problem.entry < draft.places.size();
    (of_entry ? draft.places[problem.entry] : whole).problem(problem.what, problem.hint);
  }
  return problems.empty();
}

// A list of profile names, each once per instance.
std::optional<Draft> draft_of_list(const Value& value, const MigFamily& family) {
  Draft draft;
  bool complete = true;
  for (const Value& entry : value.list()) {
    const auto name = entry.text();
    if (!name) {
      complete = false;
      continue;
    }
    const auto same = std::find_if(draft.entries.begin(), draft.entries.end(), [&](const MigLayoutEntry& before) {
      return before.profile == *name || (family.find(*name) && family.find(*name) == family.find(before.profile));
    });
    if (same != draft.entries.end()) {
      ++same->count;
    } else {
      draft.entries.push_back({*name, 1});
      draft.places.push_back(entry);
    }
  }
  if (!complete) return std::nullopt;
  return draft;
}

// A mapping of profile names to counts; how right a count is, is the family's to say.
std::optional<Draft> draft_of_mapping(const Value& value) {
  Draft draft;
  bool complete = true;
  for (auto& [name, count] : value.mapping()) {
    const auto given = count.integer(-kMostInstances, kMostInstances);
    complete = complete && given.has_value();
    draft.entries.push_back({name, given.value_or(1)});
    draft.places.push_back(count);
  }
  if (!complete) return std::nullopt;
  return draft;
}

struct PartedEntry {
  MigPartedEntry entry;
  Draft draft;
  Value place;
};

void read_devices(const Value& value, MigPartedEntry& entry) {
  if (value.is_scalar() && value.node().scalar == "all") return;
  if (!value.is_list()) {
    value.problem("expected \"all\" or a list of GPU indexes");
    return;
  }
  entry.all_devices = false;
  for (const Value& device : value.list()) {
    if (const auto index = device.integer(0, kMostDevices - 1))
      entry.devices.push_back(static_cast<std::uint32_t>(*index));
  }
}

void read_filter(const Value& value, MigPartedEntry& entry) {
  const std::vector<Value> names = value.is_list() ? value.list() : std::vector<Value>{value};
  for (const Value& name : names) {
    if (auto text = name.text()) entry.device_filter.push_back(*std::move(text));
  }
  if (value.is_list() && names.empty()) value.problem("an empty device-filter", "leave it out: every GPU is meant");
}

PartedEntry read_entry(const Value& value) {
  PartedEntry read{{}, {}, value};
  Section section(value);
  if (!section.ok()) return read;
  if (const auto filter = section.take("device-filter")) read_filter(*filter, read.entry);
  if (const auto devices = section.require("devices", "all, or a list of GPU indexes"))
    read_devices(*devices, read.entry);
  if (const auto enabled = section.require("mig-enabled", "true or false")) {
    read.entry.mig_enabled = enabled->boolean().value_or(true);
  }
  if (const auto instances = section.take("mig-devices")) {
    const bool none = instances->node().kind == DocumentNode::Kind::Null;
    if (auto draft = none ? Draft{} : draft_of_mapping(*instances)) read.draft = *std::move(draft);
    if (!read.entry.mig_enabled && !read.draft.entries.empty()) {
      instances->problem("instances on GPUs whose MIG mode is off", "mig-enabled: true, or no mig-devices");
    }
  }
  section.finish();
  read.entry.mig_devices = read.draft.entries;
  return read;
}

// The configurations of the file, each read to its end so that all mistakes are told; the asked one comes back.
std::vector<PartedEntry> read_configs(const Value& root, const MigPartedQuery& query) {
  std::vector<PartedEntry> chosen;
  Section section(root, "a configuration file of mig-parted");
  if (const auto version = section.require("version", "v1")) {
    const std::vector<std::string> known{"v1"};
    static_cast<void>(version->one_of("version", known));
  }
  if (const auto configs = section.require("mig-configs")) {
    std::vector<std::string> names;
    bool found = false;
    for (const auto& [name, config] : configs->mapping()) {
      names.push_back(name);
      std::vector<PartedEntry> entries;
      for (const Value& entry : config.list()) entries.push_back(read_entry(entry));
      if (name != query.config) continue;
      found = true;
      chosen = std::move(entries);
    }
    if (!found && configs->is_mapping()) {
      configs->problem("no configuration " + in_quotes(query.config), known_names_hint(query.config, names));
    }
  }
  section.finish();
  return chosen;
}

}  // namespace

std::optional<std::vector<MigLayoutEntry>> load_mig_layout(const Value& value, const MigFamily& family) {
  if (value.is_scalar()) {
    const auto name = value.text();
    if (!name) return std::nullopt;
    auto named = named_mig_layout(family, *name);
    if (!named)
      value.problem("unknown MIG layout " + in_quotes(*name), known_names_hint(*name, mig_layout_names(family)));
    return named;
  }
  if (!value.is_list() && !value.is_mapping()) {
    value.problem("expected a MIG layout", "a name, a list of profiles, or profiles with counts");
    return std::nullopt;
  }
  auto draft = value.is_list() ? draft_of_list(value, family) : draft_of_mapping(value);
  if (!draft || !report(*draft, value, family)) return std::nullopt;
  return std::move(draft->entries);
}

std::optional<std::vector<std::optional<std::vector<MigLayoutEntry>>>> load_mig_parted(const Value& root,
                                                                                       const MigPartedQuery& query) {
  const std::vector<PartedEntry> read = read_configs(root, query);
  const MigFamily* family = mig_family_of_gpu(query.gpu_model);
  if (family == nullptr) {
    root.problem("GPU model " + in_quotes(query.gpu_model) + " cannot be cut by MIG");
    return std::nullopt;
  }
  std::vector<MigPartedEntry> entries;
  bool right = !read.empty();
  for (const PartedEntry& each : read) {
    entries.push_back(each.entry);
    if (!mig_parted_applies(each.entry, query.gpu_model)) continue;
    right = report(each.draft, each.place, *family) && right;
    for (const std::uint32_t device : each.entry.devices) {
      if (device < query.gpus_per_node) continue;
      each.place.problem("GPU index " + std::to_string(device) + " on nodes with " +
                         std::to_string(query.gpus_per_node) + " GPUs");
      right = false;
    }
  }
  if (!right) return std::nullopt;
  const auto choice = mig_parted_choice(entries, query.gpu_model, query.gpus_per_node);
  if (std::none_of(choice.begin(), choice.end(), [](const auto& entry) { return entry.has_value(); })) {
    root.problem("configuration " + in_quotes(query.config) + " says nothing about " + query.gpu_model,
                 "an entry without device-filter, or with one of its PCI ids");
    return std::nullopt;
  }
  std::vector<std::optional<std::vector<MigLayoutEntry>>> layouts;
  for (const auto& entry : choice) {
    const bool cut = entry && entries[*entry].mig_enabled;
    layouts.push_back(cut ? std::optional(entries[*entry].mig_devices) : std::nullopt);
  }
  return layouts;
}

}  // namespace seatrial
