// The section `models`: what sharing does to the speed of jobs, and tables of measured speeds.
#include <algorithm>

#include "models/sharing_model.h"
#include "scenarios/load_sections.h"

namespace seatrial {
namespace {

constexpr std::size_t kMig = static_cast<std::size_t>(SharingMode::Mig);

PolicySpec load_sharing_model(const Value& value) {
  PolicySpec model{"none", {}, 1, value.place()};
  std::vector<std::string> names;
  for (const SharingModelRegistration& entry : sharing_models()) names.emplace_back(entry.name);
  if (!value.is_mapping()) {
    if (const auto index = value.one_of("sharing model", names)) model.name = names[*index];
    return model;
  }
  Section section(value);
  if (const auto name = section.require("name")) {
    const auto index = name->one_of("sharing model", names);
    if (!index) return model;
    model.name = names[*index];
  }
  for (const ParameterDoc& parameter : find_sharing_model(model.name)->parameters) {
    if (const auto given = section.take(parameter.name)) load_parameter(*given, parameter, model.parameters);
  }
  section.finish();
  return model;
}

// One model for every mode that it suits, or one for each mode that is named.
void load_sharing(const Value& value, ModelsSpec& models) {
  const bool by_mode = value.is_mapping() && !value.child("name");
  if (!by_mode) {
    const PolicySpec model = load_sharing_model(value);
    for (std::size_t mode = 1; mode < kSharingModes; ++mode) {
      const bool suits = model.name == "none" || (model.name == "mig") == (mode == kMig);
      if (suits) models.sharing[mode] = model;
    }
    return;
  }
  Section section(value);
  for (std::size_t mode = 1; mode < kSharingModes; ++mode) {
    const auto given = section.take(sharing_mode_name(static_cast<SharingMode>(mode)));
    if (!given) continue;
    models.sharing[mode] = load_sharing_model(*given);
    const bool is_mig = models.sharing[mode].name == "mig";
    if (models.sharing[mode].name != "none" && is_mig != (mode == kMig)) {
      given->problem(models.sharing[mode].name + " does not describe GPUs in mode " +
                         sharing_mode_name(static_cast<SharingMode>(mode)),
                     mode == kMig ? "mig or none" : "none, time-slicing, two-resource or pair-table");
    }
  }
  section.finish();
}

}  // namespace

void load_models(const Value& value, LoadContext& context) {
  ModelsSpec& models = context.spec.models;
  Section section(value);
  if (const auto sharing = section.take("sharing")) load_sharing(*sharing, models);
  const auto table = [&](const char* key, InputRequest& request) {
    if (const auto file = section.take(key)) request = {load_file_name(*file, context), file->place(), file->path()};
  };
  table("isolated", models.isolated);
  table("colocated", models.colocated);
  table("profiles", models.profiles);
  if (const auto files = section.take("calibration")) {
    const std::vector<Value> list = files->is_list() ? files->list() : std::vector<Value>{*files};
    for (const Value& file : list) {
      models.calibrations.push_back({load_file_name(file, context), file.place(), file.path()});
    }
  }
  section.read_text("reference_gpu", models.reference_gpu);
  const bool speeds = !models.isolated.file.empty() || section.has("isolated") || section.has("calibration");
  if (!models.reference_gpu.empty() && !speeds) {
    value.child("reference_gpu")
        .value_or(value)
        .problem("reference_gpu without isolated speeds", "name the table that has them");
  }
  section.read("gpu_types", models.gpu_types, [](const Value& v) { return std::optional(load_text_pairs(v)); });
  section.finish();
}

}  // namespace seatrial
