// Rules between sections, which no key breaks alone: one table of settings that contradict each other, then the rest.
#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "models/gpu_catalog.h"
#include "models/gpu_memory.h"
#include "models/gpu_resource.h"
#include "models/mig_catalog.h"
#include "policies/registry.h"
#include "scenarios/build_speed.h"
#include "scenarios/load_sections.h"
#include "scenarios/quota_resources.h"

namespace seatrial {
namespace {

bool reserves(const ScenarioSpec& spec) {
  return spec.scheduler.admission == Admission::Easy || spec.scheduler.admission == Admission::Conservative;
}
bool preempts(const ScenarioSpec& spec) { return spec.scheduler.preemption != Preemption::None; }
bool sequential(const ScenarioSpec& spec) {
  return std::any_of(spec.workload.begin(), spec.workload.end(),
                     [](const WorkloadSpec& entry) { return entry.sequential; });
}
bool timed(const ScenarioSpec& spec) {
  return std::any_of(spec.workload.begin(), spec.workload.end(), [](const WorkloadSpec& e) { return !e.sequential; });
}

bool has_quotas(const ScenarioSpec& spec) { return spec.quotas != nullptr; }
bool by_rounds(const ScenarioSpec& spec) {
  const OrderRegistration* order = find_order(spec.scheduler.order.name);
  return order != nullptr && order->make_allocator != nullptr;
}

bool divides_gpus(const ScenarioSpec& spec) {
  return std::any_of(spec.cluster.pools.begin(), spec.cluster.pools.end(),
                     [](const PoolSpec& pool) { return pool.gpu_mode.is_cut() || pool.gpu_mode.has_replicas(); });
}

struct Contradiction {
  bool (*applies)(const ScenarioSpec&);
  std::array<const char*, 2> key;  // of `scheduler`: shown at the first that is written, else at the section
  const char* what;
  const char* hint;
};

bool takes_pods(const ScenarioSpec& spec) {
  return spec.scheduler.admission == Admission::Kube || spec.scheduler.admission == Admission::Kueue;
}

bool by_priority(const ScenarioSpec& spec) { return spec.scheduler.preemption == Preemption::Priority; }

bool by_dominant_share(const ScenarioSpec& spec) {
  const OrderRegistration* order = find_order(spec.scheduler.order.name);
  return order != nullptr && order->by_dominant_share;
}

constexpr auto kContradictions = std::to_array<Contradiction>({
    {[](const ScenarioSpec& s) { return by_rounds(s) && s.scheduler.preemption != Preemption::Round; },
     {"preemption", "order"},
     "this order hands GPUs out by rounds",
     "leave out scheduler.preemption, or set its length: {round: 6m}"},
    {[](const ScenarioSpec& s) { return by_rounds(s) && s.scheduler.span_pools; },
     {"gang", "gang"},
     "this order gives each job one pool: it does not go with gangs that span pools",
     "leave out scheduler.gang.span_pools"},
    {[](const ScenarioSpec& s) { return reserves(s) && preempts(s); },
     {"admission", "preemption"},
     "reservations (easy, conservative) do not go with preemption",
     "set scheduler.preemption: none, or scheduler.admission: best-effort"},
    {[](const ScenarioSpec& s) { return s.scheduler.admission == Admission::Conservative && s.scheduler.span_pools; },
     {"admission", "gang"},
     "conservative does not go with gangs that span pools",
     "leave out scheduler.gang.span_pools, or use easy"},
    {[](const ScenarioSpec& s) { return sequential(s) && preempts(s); },
     {"preemption", "order"},
     "sequential arrivals do not go with preemption: nobody ever leaves",
     "set scheduler.preemption: none"},
    {[](const ScenarioSpec& s) { return sequential(s) && reserves(s); },
     {"admission", "admission"},
     "sequential arrivals do not go with reservations: nobody ever waits",
     "set scheduler.admission: strict"},
    {[](const ScenarioSpec& s) { return sequential(s) && s.scheduler.max_waiting.has_value(); },
     {"max_waiting", "max_waiting"},
     "sequential arrivals do not go with max_waiting: nobody ever waits",
     "leave out scheduler.max_waiting"},
    {[](const ScenarioSpec& s) { return sequential(s) && !s.cluster.changes.empty(); },
     {"", ""},
     "sequential arrivals do not go with cluster.changes: there is no time in which they could happen",
     "leave out cluster.changes"},
    {[](const ScenarioSpec& s) { return divides_gpus(s) && reserves(s); },
     {"admission", "admission"},
     "reservations (easy, conservative) count whole GPUs: they do not go with gpu.mode mig, mps or time-slicing",
     "set scheduler.admission: strict or best-effort"},
    {[](const ScenarioSpec& s) { return divides_gpus(s) && preempts(s); },
     {"preemption", "order"},
     "preemption gives GPUs out by count: it does not go with gpu.mode mig, mps or time-slicing",
     "set scheduler.preemption: none"},
    {[](const ScenarioSpec& s) { return divides_gpus(s) && s.scheduler.span_pools; },
     {"gang", "gang"},
     "gangs that span pools do not go with gpu.mode mig, mps or time-slicing",
     "leave out scheduler.gang.span_pools"},
    {[](const ScenarioSpec& s) { return speed_is_modelled(s) && !divides_gpus(s) && reserves(s); },
     {"admission", "admission"},
     "reservations (easy, conservative) take ends for known: they do not go with models, under which speeds change",
     "set scheduler.admission: strict or best-effort, or models: {sharing: none}"},
    {[](const ScenarioSpec& s) { return speed_is_modelled(s) && !divides_gpus(s) && preempts(s) && !by_rounds(s); },
     {"preemption", "order"},
     "preemption does not go with models, under which speeds change",
     "set scheduler.preemption: none, or models: {sharing: none}"},
    {[](const ScenarioSpec& s) { return has_quotas(s) && sequential(s); },
     {"", ""},
     "sequential arrivals do not go with quotas: nobody ever waits",
     "set quotas.kind: none, or leave out arrivals: sequential"},
    {[](const ScenarioSpec& s) { return has_quotas(s) && reserves(s); },
     {"admission", "admission"},
     "reservations (easy, conservative) take ends for known: they do not go with quotas, which may take jobs back",
     "set scheduler.admission: strict or best-effort, or quotas.kind: none"},
    {[](const ScenarioSpec& s) { return has_quotas(s) && preempts(s); },
     {"preemption", "order"},
     "orders that preempt do not go with quotas, whose own rules say who is preempted",
     "set scheduler.preemption: none, or quotas.kind: none"},
    {[](const ScenarioSpec& s) { return has_quotas(s) && s.scheduler.max_waiting.has_value(); },
     {"max_waiting", "max_waiting"},
     "max_waiting does not go with quotas: jobs wait for quota before they are queued",
     "leave out scheduler.max_waiting, or set quotas.kind: none"},
    {[](const ScenarioSpec& s) { return has_quotas(s) && takes_pods(s); },
     {"admission", "admission"},
     "the admissions kube and kueue do not go with quotas",
     "set scheduler.admission: best-effort, or quotas.kind: none"},
    {[](const ScenarioSpec& s) { return takes_pods(s) && preempts(s) && !by_priority(s); },
     {"admission", "preemption"},
     "the admissions kube and kueue do not go with preemption on events or in rounds",
     "set scheduler.preemption: none, or priority under kube"},
    {[](const ScenarioSpec& s) { return by_priority(s) && s.scheduler.admission != Admission::Kube; },
     {"preemption", "preemption"},
     "preemption by priority is that of kube-scheduler",
     "set scheduler.admission: kube"},
    {[](const ScenarioSpec& s) { return s.scheduler.pod_by_pod && s.scheduler.admission != Admission::Kube; },
     {"gang", "gang"},
     "gangs bind pod by pod under admission kube only",
     "set scheduler.admission: kube"},
    {[](const ScenarioSpec& s) { return s.scheduler.pod_by_pod && (s.scheduler.gate || preempts(s)); },
     {"gang", "gang"},
     "gangs that bind pod by pod go neither with a gate nor with preemption",
     "leave out scheduler.gate and scheduler.preemption"},
    {[](const ScenarioSpec& s) { return s.scheduler.permit.ns > 0 && !s.scheduler.pod_by_pod; },
     {"gang", "gang"},
     "a permit is for gangs that bind pod by pod",
     "set scheduler.gang.binding: pod-by-pod"},
    {[](const ScenarioSpec& s) { return takes_pods(s) && s.scheduler.queues_per_tenant; },
     {"queues", "admission"},
     "the admissions kube and kueue have one queue",
     "set scheduler.queues: single"},
    {[](const ScenarioSpec& s) { return takes_pods(s) && divides_gpus(s); },
     {"admission", "admission"},
     "the admissions kube and kueue do not go with gpu.mode mig, mps or time-slicing",
     "set scheduler.admission: strict or best-effort"},
    {[](const ScenarioSpec& s) { return takes_pods(s) && sequential(s); },
     {"admission", "admission"},
     "sequential arrivals do not go with the admissions kube and kueue: nobody ever waits",
     "set scheduler.admission: strict"},
    {[](const ScenarioSpec& s) { return s.scheduler.admission == Admission::Kube && s.scheduler.order.name != "fifo"; },
     {"order", "admission"},
     "admission kube orders jobs by priority and last try",
     "leave out scheduler.order; a scheduler.gate may have an order"},
    {[](const ScenarioSpec& s) { return s.scheduler.gate && s.scheduler.admission != Admission::Kube; },
     {"gate", "gate"},
     "a gate stands in front of admission kube",
     "set scheduler.admission: kube"},
    {[](const ScenarioSpec& s) { return !s.overheads.release.zero() && preempts(s); },
     {"preemption", "order"},
     "overheads.release does not go with preemption",
     "leave out overheads.release, or set scheduler.preemption: none"},
    {[](const ScenarioSpec& s) { return by_dominant_share(s) && (preempts(s) || reserves(s) || sequential(s)); },
     {"order", "order"},
     "drf goes neither with preemption nor with reservations nor with sequential arrivals",
     "set scheduler.preemption: none and scheduler.admission: best-effort or strict"},
    {[](const ScenarioSpec& s) { return by_dominant_share(s) && !s.scheduler.queues_per_tenant; },
     {"queues", "order"},
     "under drf every tenant has a queue",
     "leave out scheduler.queues"},
    {[](const ScenarioSpec& s) { return sequential(s) && timed(s); },
     {"", ""},
     "some entries of workload arrive sequential and others timed",
     "give every entry the same arrivals"},
});

void check_contradictions(const Value& root, const ScenarioSpec& spec) {
  for (const Contradiction& rule : kContradictions) {
    if (!rule.applies(spec)) continue;
    Value at = root.child(rule.key[0][0] == '\0' ? "workload" : "scheduler").value_or(root);
    for (const char* key : rule.key) {
      if (const auto found = at.child(key)) {
        at = *found;
        break;
      }
    }
    at.problem(rule.what, rule.hint);
  }
}

// Standard input can be read once.
void check_standard_input(const Value& root, const ScenarioSpec& spec) {
  std::size_t readers = spec.file == "-" ? 1 : 0;
  for (const WorkloadSpec& entry : spec.workload) {
    if (!entry.trace) continue;
    readers += entry.trace->file == "-" ? 1 : 0;
    readers += entry.trace->order_file == "-" ? 1 : 0;
  }
  for (const NodeListImport& list : spec.imports) {
    readers += list.nodes.file == "-" ? 1 : 0;
    readers += list.rank.file == "-" ? 1 : 0;
  }
  for (const InputRequest* table : {&spec.models.isolated, &spec.models.colocated, &spec.models.profiles}) {
    readers += table->file == "-" ? 1 : 0;
  }
  if (readers > 1)
    root.problem("standard input is asked for " + std::to_string(readers) + " times", "- can be used once");
}

void check_workload_names(const Value& root, const ScenarioSpec& spec) {
  const auto workload = root.child("workload");
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < spec.workload.size(); ++i) {
    if (seen.insert(spec.workload[i].name).second) continue;
    const Value entry = workload->entry(i);
    entry.child("name").value_or(entry).problem("a second entry is named " + in_quotes(spec.workload[i].name),
                                                "names of workload entries are unique");
  }
}

// The GPU memory of the largest GPU; nothing where some pool's is not known yet, or not at all.
std::optional<std::int64_t> largest_gpu_mib(const ScenarioSpec& spec) {
  std::optional<std::int64_t> largest;
  for (const PoolSpec& pool : spec.cluster.pools) {
    if (pool.gpus == 0) continue;
    const GpuModel* model = find_gpu_model(pool.gpu_model);
    const auto usable = model == nullptr ? std::nullopt : usable_memory_mib(*model, pool.gpu_mode.reserve_mib);
    if (!usable) return std::nullopt;
    largest = std::max(largest.value_or(0), *usable);
  }
  return spec.imports.empty() ? largest : std::nullopt;
}

void check_gpu_memory(const Value& root, const ScenarioSpec& spec) {
  const auto largest = largest_gpu_mib(spec);
  const auto workload = root.child("workload");
  for (std::size_t i = 0; i < spec.workload.size() && largest; ++i) {
    const WorkloadSpec& entry = spec.workload[i];
    const std::int64_t asked = entry.trace      ? entry.trace->default_gpu_memory_mib
                               : entry.generate ? entry.generate->default_gpu_memory_mib
                                                : 0;
    const auto job = workload->entry(i).child("job");
    const auto key = job ? job->child("gpu_memory") : std::nullopt;
    if (asked <= *largest || !key) continue;
    key->problem("no GPU of the cluster has " + std::to_string(asked) + "Mi of memory for jobs",
                 "the largest has " + std::to_string(*largest) + "Mi");
  }
}

// "a30, h100-80": the families of GPUs that have a MIG profile of this resource; empty if it is none.
std::string families_giving(const std::string& resource) {
  std::string found;
  for (const MigFamily& family : mig_catalog()) {
    const bool gives = std::any_of(family.profiles.begin(), family.profiles.end(), [&](const MigProfile& profile) {
      return mig_resource_key(profile.name) == resource;
    });
    if (gives) found += (found.empty() ? "" : ", ") + family.id;
  }
  return found;
}

// A job that asks for what no GPU of the cluster gives would never start.
class ResourceCheck {
 public:
  explicit ResourceCheck(const ScenarioSpec& spec) : known_(known_quota_resources(spec.cluster)) {
    // Nodes of a file, and models that were reported already, may give anything.
    everything_known_ = spec.imports.empty() && !spec.cluster.pools.empty();
    for (const PoolSpec& pool : spec.cluster.pools) {
      if (pool.gpus > 0 && find_gpu_model(pool.gpu_model) == nullptr) everything_known_ = false;
    }
  }

  // `resource`: a key of models/gpu_resource.h.
  void check(const Value& at, const std::string& resource) const {
    if (!everything_known_ || resource.empty() || resource == kAnyResource) return;
    const bool given = std::any_of(known_.begin(), known_.end(), [&](const QuotaResource& each) {
      return each.what == QuotaResource::What::Gpu && each.gpu_key == resource;
    });
    if (given) return;
    const std::string families = families_giving(resource);
    std::string gpus;
    for (const QuotaResource& each : known_) {
      if (each.what == QuotaResource::What::Gpu) gpus += (gpus.empty() ? "" : ", ") + each.name;
    }
    at.problem("no GPU of the cluster gives " + in_quotes("nvidia.com/" + resource) +
                   (families.empty() ? "" : ", a MIG profile of " + families),
               "its pools give " + gpus);
  }

 private:
  std::vector<QuotaResource> known_;
  bool everything_known_ = false;
};

void check_gpu_resources(const Value& root, const ScenarioSpec& spec) {
  const ResourceCheck resources(spec);
  const auto workload = root.child("workload");
  for (std::size_t i = 0; i < spec.workload.size(); ++i) {
    const WorkloadSpec& entry = spec.workload[i];
    const Value at = workload->entry(i);
    const auto job = at.child("job");
    const auto key = job ? job->child("gpu_resource") : std::nullopt;
    if (key) {
      resources.check(*key, entry.trace      ? entry.trace->default_resource
                            : entry.generate ? entry.generate->default_resource
                                             : std::string());
    }
    const auto generate = at.child("generate");
    const auto sizes = generate ? generate->child("gpus") : std::nullopt;
    if (!sizes || !sizes->is_mapping() || !entry.generate) continue;
    const auto written = sizes->mapping();
    const auto& read = entry.generate->gpus;
    if (written.size() != read.size()) continue;  // some were reported already
    for (std::size_t s = 0; s < read.size(); ++s) resources.check(written[s].second, read[s].first.resource);
  }
}

}  // namespace

void validate(const Value& root, const ScenarioSpec& spec) {
  check_contradictions(root, spec);
  check_standard_input(root, spec);
  check_workload_names(root, spec);
  check_gpu_memory(root, spec);
  check_gpu_resources(root, spec);
}

}  // namespace seatrial
