// The keys of `gpu` that say how the GPUs of a pool are shared or cut; see models/gpu_mode.h.
#include <algorithm>
#include <array>

#include "models/gpu_catalog.h"
#include "models/gpu_memory.h"
#include "models/gpu_resource.h"
#include "scenarios/document.h"
#include "scenarios/files.h"
#include "scenarios/load_mig.h"
#include "scenarios/load_sections.h"

namespace seatrial {
namespace {

constexpr std::int64_t kMostReplicas = 1000;

std::vector<std::string> mode_names() {
  std::vector<std::string> names;
  for (std::size_t mode = 0; mode < kSharingModes; ++mode) {
    names.emplace_back(sharing_mode_name(static_cast<SharingMode>(mode)));
  }
  return names;
}

// Keys that only some modes have; written under another mode they would be ignored in silence.
struct ModeKey {
  const char* key;
  std::array<bool, kSharingModes> allowed;  // by SharingMode
};
constexpr std::array<ModeKey, 10> kModeKeys{{{"replicas", {false, false, true, true, false}},
                                             {"resource", {false, false, true, true, false}},
                                             {"replica_choice", {false, false, true, true, false}},
                                             {"refuse_several", {false, false, true, true, false}},
                                             {"thread_percentage", {false, false, false, true, false}},
                                             {"overcommit", {false, false, true, false, false}},
                                             {"strategy", {false, false, false, false, true}},
                                             {"layout", {false, false, false, false, true}},
                                             {"placement", {false, false, false, false, true}},
                                             {"partitioner", {false, false, false, false, true}}}};

void check_mode_keys(const Section& gpu, SharingMode mode) {
  for (const ModeKey& rule : kModeKeys) {
    if (rule.allowed[static_cast<std::size_t>(mode)]) continue;
    if (const auto given = gpu.value().child(rule.key)) {
      given->problem(std::string("GPUs in mode ") + sharing_mode_name(mode) + " have no " + rule.key);
    }
  }
}

void load_replicas(Section& gpu, GpuModeSpec& mode) {
  if (const auto replicas = gpu.require("replicas", "as how many GPUs each one is advertised")) {
    mode.replicas = static_cast<std::uint32_t>(replicas->integer(1, kMostReplicas).value_or(1));
  }
  mode.resource = kGpuResource;
  mode.refuse_several = mode.mode == SharingMode::Mps;
  if (const auto resource = gpu.take("resource")) {
    const std::string name = resource->text().value_or("nvidia.com/gpu");
    if (!is_gpu_resource(name)) resource->problem(in_quotes(name) + " is no name of a resource");
    mode.resource = name;
  }
  if (const auto choice = gpu.take("replica_choice")) {
    const std::vector<std::string> names{"distributed", "packed"};
    if (choice->one_of("choice of replicas", names) == std::size_t{1}) mode.replica_choice = ReplicaPolicy::Packed;
  }
  gpu.read_boolean("refuse_several", mode.refuse_several);
  gpu.read_number("thread_percentage", {0, 100, true}, mode.thread_percentage);
  gpu.read_boolean("overcommit", mode.overcommit);
}

// The layout by GPU index of a node; empty after a problem.
using Layouts = std::vector<std::optional<std::vector<MigLayoutEntry>>>;

Layouts load_layout_file(const Value& value, const PoolSpec& pool, LoadContext& context) {
  Section section(value);
  std::string file;
  MigPartedQuery query{"", pool.gpu_model, pool.gpus};
  if (const auto name = section.require("file", "a configuration file of mig-parted"))
    file = load_file_name(*name, context);
  if (const auto config = section.require("config", "a key of its mig-configs"))
    query.config = config->text().value_or("");
  section.finish();
  if (file.empty() || query.config.empty() || !why_not_readable(file).empty()) return {};
  if (file == "-") {
    value.problem("a layout cannot come from standard input", "name a file");
    return {};
  }
  context.spec.data_files.push_back(file);
  const Document document = parse_document(read_input_file(file, kMaxDocumentBytes), file, value.problems());
  auto layouts = load_mig_parted(value.in(document), query);
  return layouts ? *std::move(layouts) : Layouts{};
}

Layouts load_layout(const Value& value, const PoolSpec& pool, const MigFamily& family, LoadContext& context) {
  if (value.is_mapping() && value.child("file")) return load_layout_file(value, pool, context);
  const auto layout = load_mig_layout(value, family);
  if (!layout) return {};
  return Layouts(pool.gpus, layout);
}

// Strategy single advertises instances as GPUs: they must all be alike (else GPU feature discovery says INVALID).
void check_single(const Value& value, const GpuModeSpec& mode, const MigFamily& family) {
  std::optional<std::size_t> only;
  bool alike = true;
  for (const auto& layout : mode.layout) {
    alike = alike && layout && layout->size() == 1;
    if (!alike) break;
    const auto profile = family.find(layout->front().profile);
    alike = !only || only == profile;
    only = profile;
  }
  if (alike) return;
  value.problem("strategy single needs instances of one profile on every GPU",
                "use strategy: mixed, or another layout");
}

constexpr Range kDelay{0, 31'536'000};            // a year, as of overheads
constexpr Range kPeriod{0, 3'153'600'000, true};  // a century

void load_partitioner_keys(Section& section, PartitionerSpec& partitioner) {
  using Kind = PartitionerSpec::Kind;
  section.read_duration("delay", kDelay, partitioner.delay);
  if (partitioner.kind == Kind::OnDemand) {
    section.read_duration("gap", kDelay, partitioner.gap);
    section.read_duration("min_wait", kDelay, partitioner.min_wait);
    section.read_duration("min_interval", kDelay, partitioner.min_interval);
    if (const auto full = section.take("when_full")) {
      const std::vector<std::string> names{"wait", "drain"};
      partitioner.drain = full->one_of("rule", names) == std::size_t{1};
    }
    return;
  }
  if (const auto period = section.require("period", "how often the pool is laid out anew")) {
    partitioner.period = period->duration(kPeriod).value_or(Duration{kNsPerSecond});
  }
  section.read_integer("forecast_percent", 0, 100, partitioner.forecast_percent);
  section.read_integer("change_cost_percent", 0, 10'000, partitioner.change_cost_percent);
  section.read_boolean("exact", partitioner.exact);
}

void load_partitioner(const Value& value, PartitionerSpec& partitioner) {
  const std::vector<std::string> names{"static", "on-demand", "optimizing"};
  if (value.is_scalar()) {
    const auto index = value.one_of("partitioner", names);
    if (index) partitioner.kind = static_cast<PartitionerSpec::Kind>(*index);
    if (index == std::size_t{2})
      value.problem("the optimizing partitioner needs a period", "{name: optimizing, period: 10m}");
    return;
  }
  Section section(value, "a name, or a mapping such as {name: on-demand, delay: 5s}");
  if (const auto name = section.require("name", "static, on-demand or optimizing")) {
    if (const auto index = name->one_of("partitioner", names)) {
      partitioner.kind = static_cast<PartitionerSpec::Kind>(*index);
    }
  }
  if (partitioner.kind != PartitionerSpec::Kind::Static) load_partitioner_keys(section, partitioner);
  section.finish();
}

void load_rule(const Value& value, GpuModeSpec& mode) {
  Section section(value);
  if (const auto score = section.take("score")) {
    const std::vector<std::string> names{"room", "stranded"};
    if (score->one_of("score", names) == std::size_t{1}) mode.rule.score = MigScore::Stranded;
  }
  if (const auto choice = section.take("gpu")) {
    const std::vector<std::string> names{"packed", "least-loss", "spread"};
    constexpr std::array<MigGpuChoice, 3> kChoices{MigGpuChoice::Packed, MigGpuChoice::LeastLoss, MigGpuChoice::Spread};
    if (const auto index = choice->one_of("choice of a GPU", names)) mode.rule.choice = kChoices[*index];
  }
  section.finish();
}

void load_mig(Section& gpu, PoolSpec& pool, LoadContext& context) {
  GpuModeSpec& mode = pool.gpu_mode;
  const MigFamily* family = mig_family_of_gpu(pool.gpu_model);
  const auto strategy = gpu.take("strategy");
  if (strategy) {
    const std::vector<std::string> names{"single", "mixed"};
    mode.single = strategy->one_of("MIG strategy", names) == std::size_t{0};
  }
  if (const auto rule = gpu.take("placement")) load_rule(*rule, mode);
  const auto partitioner = gpu.take("partitioner");
  if (partitioner) load_partitioner(*partitioner, mode.partitioner);
  if (mode.single && mode.partitioner.kind != PartitionerSpec::Kind::Static) {
    partitioner->problem("strategy single keeps one layout", "use strategy: mixed");
  }
  const auto layout = gpu.take("layout");
  if (family == nullptr) {
    if (!pool.gpu_model.empty()) {
      gpu.value()
          .child("mode")
          .value_or(gpu.value())
          .problem("GPU model " + in_quotes(pool.gpu_model) + " cannot be cut by MIG",
                   "A100, A30, H100, H200, B200 and their kin can; others share by time-slicing or mps");
    }
    return;
  }
  if (layout && pool.gpus > 0) mode.layout = load_layout(*layout, pool, *family, context);
  if (!layout && mode.partitioner.kind == PartitionerSpec::Kind::Static) {
    gpu.value().problem("mode mig needs a layout",
                        "a name such as all-1g.5gb, profiles with counts, or {file, config}");
  }
  if (layout && mode.single && !mode.layout.empty()) check_single(strategy.value_or(gpu.value()), mode, *family);
}

}  // namespace

void load_gpu_mode(Section& gpu, PoolSpec& pool, LoadContext& context) {
  GpuModeSpec& mode = pool.gpu_mode;
  const auto named = gpu.take("mode");
  const auto reserve = gpu.take("memory_reserve");
  if (reserve) {
    mode.reserve_mib = reserve->memory_mib().value_or(0);
    const GpuModel* model = find_gpu_model(pool.gpu_model);
    const auto usable = model == nullptr ? std::nullopt : usable_memory_mib(*model, 0);
    if (usable && mode.reserve_mib >= *usable) {
      reserve->problem("the reserve leaves nothing of the " + std::to_string(*usable) + "Mi of a " + pool.gpu_model);
    }
  }
  mode.stated = named.has_value() || reserve.has_value();
  bool known = true;
  if (named) {
    const std::vector<std::string> names = mode_names();
    const auto index = named->one_of("mode of GPUs", names);
    if (index) mode.mode = static_cast<SharingMode>(*index);
    known = index.has_value();
  }
  if (mode.has_replicas()) load_replicas(gpu, mode);
  if (mode.is_cut()) load_mig(gpu, pool, context);
  if (known) check_mode_keys(gpu, mode.mode);
  for (const ModeKey& key : kModeKeys) (void)gpu.take(key.key);
}

}  // namespace seatrial
