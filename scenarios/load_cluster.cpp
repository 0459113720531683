// The section `cluster`: pools, imported node lists and capacity changes.
#include <algorithm>
#include <map>
#include <set>

#include "models/gpu_catalog.h"
#include "scenarios/files.h"
#include "scenarios/load_sections.h"

namespace seatrial {
namespace {

std::vector<std::string> gpu_model_ids() {
  std::vector<std::string> ids;
  for (const GpuModel& model : gpu_catalog()) ids.push_back(model.id);
  return ids;
}

void load_node(const Value& value, PoolSpec& pool) {
  Section node(value);
  node.read("cpu", pool.cpu_milli, [](const Value& v) { return v.cpu_milli(); });
  node.read("memory", pool.memory_mib, [](const Value& v) { return v.memory_mib(); });
  node.read_integer("pods", 1, 1'000'000, pool.max_pods);
  node.finish();
}

void load_gpu(const Value& value, PoolSpec& pool, LoadContext& context) {
  Section gpu(value, "a mapping, such as {model: a100-40, count: 8}");
  if (const auto count = gpu.require("count", "how many GPUs a node has")) {
    pool.gpus = static_cast<std::uint32_t>(count->integer(0, kMaxGpusPerNode).value_or(0));
  }
  const bool has_gpus = pool.gpus > 0 || !gpu.has("count");
  if (const auto model = has_gpus ? gpu.require("model", "one of `seatrial list gpus`") : gpu.take("model")) {
    const std::vector<std::string> ids = gpu_model_ids();
    if (const auto index = model->one_of("GPU model", ids); index && pool.gpus > 0) pool.gpu_model = ids[*index];
  }
  load_gpu_mode(gpu, pool, context);
  gpu.finish();
}

std::vector<std::string> load_tenants(const Value& value) {
  std::vector<std::string> tenants;
  std::set<std::string> seen;
  for (const Value& entry : value.list()) {
    auto tenant = entry.text();
    if (!tenant) continue;
    if (!seen.insert(*tenant).second) {
      entry.problem("tenant " + in_quotes(*tenant) + " is listed twice");
    }
    tenants.push_back(std::move(*tenant));
  }
  if (value.is_list() && value.node().entries.empty()) {
    value.problem("an empty list would keep every tenant out", "leave the key out to admit all tenants");
  }
  return tenants;
}

void load_import(const Value& value, std::size_t pool, LoadContext& context) {
  Section import(value);
  NodeListImport list;
  list.pool = static_cast<std::uint32_t>(pool);
  if (const auto format = import.require("format", "openb is the only format of node lists")) {
    const std::vector<std::string> formats{"openb"};
    if (const auto index = format->one_of("format of node lists", formats)) list.format = formats[*index];
  }
  if (const auto file = import.require("file", "the node list")) {
    list.nodes = {load_file_name(*file, context), file->place(), file->path()};
  }
  if (const auto rank = import.take("rank")) {
    list.rank = {load_file_name(*rank, context), rank->place(), rank->path()};
    (void)import.require("rank_seed", "which seed's rows of the rank file to use");
  }
  import.read("rank_seed", list.rank_seed, [](const Value& v) { return v.integer(INT64_MIN, INT64_MAX);
});
if (import.has("rank_seed") && !import.has("rank")) {
  import.value().problem("rank_seed without rank", "name the file with the ranks");
}
import.finish();
context.spec.imports.push_back(std::move(list));
}  // namespace

void load_pool(const Value& value, std::size_t index, LoadContext& context) {
  PoolSpec pool;
  Section section(value, "a mapping for each pool");
  const auto import = section.take("import");
  if (import) {
    pool.name = "import" + std::to_string(index);
    section.read_text("name", pool.name);
    load_import(*import, index, context);
  } else {
    if (const auto name = section.require("name")) pool.name = name->text().value_or("");
    if (const auto count = section.require("count", "how many nodes the pool has")) {
      pool.count = static_cast<std::uint32_t>(count->integer(0, static_cast<std::int64_t>(kMaxNodes)).value_or(0));
    }
    if (const auto node = section.take("node")) load_node(*node, pool);
    if (const auto gpu = section.take("gpu")) load_gpu(*gpu, pool, context);
    section.read_boolean("counted", pool.counted);
    if (pool.counted && pool.gpu_mode.stated) {
      value.child("counted").value_or(value).problem("a counted pool knows no devices, which gpu.mode needs",
                                                     "leave out one of the two");
    }
  }
  section.read("labels", pool.labels, [](const Value& v) { return std::optional(load_text_pairs(v)); });
  section.read("taints", pool.taints, [](const Value& v) { return std::optional(load_taints(v, false)); });
  section.read("tenants", pool.tenants, [](const Value& v) { return std::optional(load_tenants(v)); });
  section.read("price", pool.price_usd_per_hour, [](const Value& v) { return v.usd_per_hour(); });
  section.finish();
  context.spec.cluster.pools.push_back(std::move(pool));
}

// The pool that a change names; there may be very many of both.
class PoolsByName {
 public:
  explicit PoolsByName(const ClusterSpec& cluster) {
    for (const PoolSpec& pool : cluster.pools) {
      indexes_.emplace(pool.name, static_cast<std::uint32_t>(names_.size()));
      names_.push_back(pool.name);
    }
  }
  [[nodiscard]] std::uint32_t index_of(const Value& value) const {
    const auto found = indexes_.find(value.node().scalar);
    if (value.is_scalar() && found != indexes_.end()) return found->second;
    (void)value.one_of("pool", names_);  // says what is wrong
    return 0;
  }

 private:
  std::vector<std::string> names_;
  std::map<std::string, std::uint32_t> indexes_;
};

void report_equal_names(const Value& pools, const ClusterSpec& cluster) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < cluster.pools.size(); ++i) {
    const std::string& name = cluster.pools[i].name;
    if (name.empty() || seen.insert(name).second) continue;
    const Value pool = pools.entry(i);
    pool.child("name").value_or(pool).problem("a second pool is named " + in_quotes(name), "names of pools are unique");
  }
}

void load_changes(const Value& value, ClusterSpec& cluster) {
  const PoolsByName pools(cluster);
  for (const Value& entry : value.list()) {
    Section section(entry, "a mapping, such as {at: 10d, pool: a100, count: 24}");
    CapacityChange change;
    if (const auto at = section.require("at", "when, counted from the first kept submit")) {
      change.at = at->duration().value_or(Duration{0});
    }
    if (const auto pool = section.require("pool", "the name of a pool")) {
      change.pool = pools.index_of(*pool);
    }
    if (const auto count = section.require("count", "how many nodes the pool is to have")) {
      change.count = static_cast<std::uint32_t>(count->integer(0, static_cast<std::int64_t>(kMaxNodes)).value_or(0));
    }
    section.finish();
    cluster.changes.push_back(change);
  }
}

// The largest the cluster ever gets; nodes of imported lists are counted when they are read.
void check_size(const Value& pools, const ClusterSpec& cluster) {
  std::vector<std::uint64_t> most;
  for (const PoolSpec& pool : cluster.pools) most.push_back(pool.count);
  for (const CapacityChange& change : cluster.changes) {
    if (change.pool < most.size()) most[change.pool] = std::max<std::uint64_t>(most[change.pool], change.count);
  }
  std::uint64_t nodes = 0;
  std::uint64_t gpus = 0;
  for (std::size_t i = 0; i < most.size(); ++i) {
    nodes += most[i];
    gpus += most[i] * cluster.pools[i].gpus;
  }
  if (nodes > kMaxNodes) {
    pools.problem(std::to_string(nodes) + " nodes in all", "at most " + std::to_string(kMaxNodes) + " are possible");
  }
  if (gpus > kMaxGpus) {
    pools.problem(std::to_string(gpus) + " GPUs in all", "at most " + std::to_string(kMaxGpus) + " are possible");
  }
}

}  // namespace seatrial

TextPairs load_text_pairs(const Value& value) {
  TextPairs pairs;
  for (const auto& [key, entry] : value.mapping()) {
    if (!entry.is_scalar()) {
      (void)entry.text();
      continue;
    }
    pairs.emplace_back(key, entry.node().scalar);
  }
  return pairs;
}

std::vector<Taint> load_taints(const Value& value, bool tolerations) {
  const std::vector<std::string> effects{"NoSchedule", "PreferNoSchedule", "NoExecute"};
  std::vector<Taint> taints;
  for (const Value& entry : value.list()) {
    Section section(entry, "a mapping, such as {key: dedicated, value: research, effect: NoSchedule}");
    Taint taint;
    if (const auto key = section.require("key")) taint.key = key->text().value_or("");
    section.read_text("value", taint.value);
    const auto effect = tolerations ? section.take("effect") : section.require("effect");
    if (effect) {
      if (const auto index = effect->one_of("effect", effects)) taint.effect = effects[*index];
    }
    section.finish();
    taints.push_back(std::move(taint));
  }
  return taints;
}

std::string load_file_name(const Value& value, const LoadContext& context) {
  const auto name = value.text();
  if (!name) return "";
  std::string file = resolve_beside(context.spec.data.empty() ? context.spec.file : context.spec.data, *name);
  if (!context.options.check_files) return file;
  const std::string why = why_not_readable(file);
  if (!why.empty()) value.problem("cannot read " + in_quotes(file, 200) + ": " + why);
  return file;
}

void load_cluster(const Value& value, LoadContext& context) {
  Section section(value);
  ClusterSpec& cluster = context.spec.cluster;
  const auto pools = section.require("pools", "a list of pools of equal nodes");
  if (pools) {
    const std::vector<Value> entries = pools->list();
    if (pools->is_list() && entries.empty()) pools->problem("the list is empty", "at least one pool is needed");
    for (std::size_t i = 0; i < entries.size(); ++i) load_pool(entries[i], i, context);
    report_equal_names(*pools, cluster);
  }
  if (const auto changes = section.take("changes")) load_changes(*changes, cluster);
  if (pools) check_size(*pools, cluster);
  section.finish();
}

}  // namespace seatrial
