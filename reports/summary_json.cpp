// summary.json: written from the list of metric values, read back for `seatrial report` and `seatrial explain`.
// The schema is part of the contract; keys may be added, never renamed. See summary.h.
#include <cmath>
#include <nlohmann/json.hpp>

#include "reports/summary.h"
#include "sim/error.h"

namespace seatrial {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kSchema = "seatrial.summary/1";

Json number(const std::optional<double>& value) {
  if (!value || !std::isfinite(*value)) return nullptr;
  return *value;
}

void put(Json& root, const MetricValue& metric) {
  Json* at = &root;
  for (const std::string& key : metric.path) at = &(*at)[key];
  if (metric.whole && metric.value) {
    *at = static_cast<std::int64_t>(*metric.value);
  } else {
    *at = number(metric.value);
  }
}

Json header_json(const Summary& summary) {
  const RunHeader& header = summary.header;
  Json root = {{"schema", kSchema},         {"scenario", header.scenario},   {"seed", header.seed},
               {"version", header.version}, {"fact_hash", header.fact_hash}, {"scheduler", Json::object()}};
  for (const auto& [axis, policy] : header.axes) root["scheduler"][axis] = policy;
  root["overheads"] = header.overheads;
  root["warnings"] = header.warnings;
  for (const ModelUse& use : header.models) {
    root["models"].push_back({{"model", use.model},
                              {"gpu_hours", use.gpu_hours},
                              {"measured", use.measured},
                              {"public", use.published},
                              {"assumed", use.assumed},
                              {"source", use.source}});
  }
  root["scenario_file"] = header.scenario_file;
  root["command"] = header.command;
  root["warmup_s"] = summary.warmup_s;
  root["first_submit_s"] = summary.first_submit_s;
  return root;
}

std::optional<double> read_number(const Json& json) {
  if (!json.is_number()) return std::nullopt;
  return json.get<double>();
}

Statistics read_statistics(const Json& json) {
  Statistics statistics;
  statistics.mean = read_number(json.at("mean"));
  statistics.p50 = read_number(json.at("p50"));
  statistics.p90 = read_number(json.at("p90"));
  statistics.p95 = read_number(json.at("p95"));
  statistics.p99 = read_number(json.at("p99"));
  statistics.max = read_number(json.at("max"));
  return statistics;
}

void read_header(const Json& root, Summary& summary) {
  RunHeader& header = summary.header;
  header.scenario = root.at("scenario");
  header.seed = root.at("seed");
  header.version = root.at("version");
  header.fact_hash = root.at("fact_hash");
  for (const auto& [axis, policy] : root.at("scheduler").items()) header.axes.emplace_back(axis, policy);
  header.overheads = root.at("overheads").get<std::vector<std::string>>();
  header.warnings = root.at("warnings").get<std::vector<std::string>>();
  if (root.contains("models")) {
    for (const Json& use : root.at("models")) {
      header.models.push_back({use.at("model"), use.at("measured"), use.at("public"), use.at("assumed"),
                               use.at("gpu_hours"), use.at("source")});
    }
  }
  header.scenario_file = root.value("scenario_file", "");
  header.command = root.at("command");
  header.wall_s = root.at("wall_s");
  header.events = root.at("events");
  summary.warmup_s = root.at("warmup_s");
  summary.first_submit_s = root.at("first_submit_s");
  summary.simulated_s = root.at("simulated_s");
  summary.events_per_s = read_number(root.at("events_per_s"));
}

void read_jobs(const Json& root, Summary& summary) {
  const Json& jobs = root.at("jobs");
  summary.jobs = {jobs.at("submitted"), jobs.at("completed"), jobs.at("failed"), jobs.at("rejected"),
                  jobs.at("running"),   jobs.at("pending"),   jobs.at("waited")};
  summary.jct_s = read_statistics(root.at("jct_s"));
  summary.wait_s = read_statistics(root.at("wait_s"));
  summary.slowdown = read_statistics(root.at("slowdown"));
  summary.recorded_wait_s = read_statistics(root.at("recorded").at("wait_s"));
  summary.recorded_wait_s.count = root.at("recorded").at("jobs");
  summary.makespan_s = read_number(root.at("makespan_s"));
  summary.preemptions = root.at("preemptions");
  summary.overhead_gpu_s = root.at("overhead_gpu_s");
  summary.lost_gpu_s = root.value("lost_gpu_s", 0.0);
  summary.queue_mean = read_number(root.at("queue").at("mean"));
  summary.queue_peak = root.at("queue").at("peak");
  summary.running_peak = root.at("queue").at("running_peak");
}

void read_gpus(const Json& root, Summary& summary) {
  const Json& gpu = root.at("gpu");
  summary.total_milli = gpu.at("total_milli");
  summary.arrived_milli = gpu.at("arrived_milli");
  summary.allocated_milli_end = gpu.at("allocated_milli_end");
  summary.allocated_mean = read_number(gpu.at("allocated_ratio").at("mean"));
  summary.allocated_peak = read_number(gpu.at("allocated_ratio").at("peak"));
  summary.useful_mean = read_number(gpu.at("useful_ratio").at("mean"));
  summary.fragmented_mean = read_number(gpu.at("fragmented_ratio").at("mean"));
  summary.fragmented_end = read_number(gpu.at("fragmented_ratio").at("end"));
  summary.fragmented_of_free_mean = read_number(gpu.at("fragmented_of_free_ratio").at("mean"));
  summary.fragmented_of_free_end = read_number(gpu.at("fragmented_of_free_ratio").at("end"));
  summary.cost_usd = read_number(root.at("cost").at("usd"));
  summary.usd_per_gpu_hour_used = read_number(root.at("cost").at("usd_per_gpu_hour_used"));
  summary.energy_kwh = read_number(root.at("energy_kwh"));
}

void read_fairness(const Json& root, Summary& summary) {
  if (!root.contains("fairness")) return;  // written before there was any
  const Json& from = root.at("fairness");
  FairnessSummary& fairness = summary.fairness;
  fairness.rho = read_statistics(from.at("rho"));
  fairness.unfair_ratio = read_number(from.at("unfair_ratio"));
  fairness.jain_jobs = read_number(from.at("jain_jobs"));
  fairness.jain_tenants = read_number(from.at("jain_tenants"));
  fairness.starved_s = read_number(from.at("starved_s"));
  fairness.waste_gpu_s = read_number(from.at("preemption_waste_gpu_s"));
  for (const auto& item : root.at("tenants").items()) {
    const Json& tenant = item.value();
    if (!tenant.contains("weight") || tenant.at("weight").is_null()) return;
    fairness.tenants.push_back({tenant.at("weight"), tenant.at("entitled_gpu_s"), tenant.at("received_gpu_s"),
                                tenant.at("short_gpu_s"), tenant.at("over_gpu_s"), tenant.at("starved_s"),
                                read_number(tenant.at("rho").at("mean")), read_number(tenant.at("rho").at("max"))});
  }
}

// Results of earlier versions have none of this.
void read_divided(const Json& root, DividedGpus& divided) {
  const auto read = [&](const char* pointer) {
    const nlohmann::json::json_pointer at(pointer);
    return root.contains(at) ? read_number(root.at(at)) : std::nullopt;
  };
  divided.recuts = read("/mig/recuts");
  divided.recut_s = read("/mig/recut_s");
  divided.mig_fragmentation_slices = read("/mig/fragmentation_slices/mean");
  divided.mig_stranded_slices = read("/mig/stranded_slices/mean");
  divided.slowed_jobs = read("/sharing/slowed_jobs");
  divided.slowed_gpu_s = read("/sharing/lost_gpu_s");
  divided.memory_asked_gib = read("/gpu_memory/asked_gib/mean");
  divided.memory_allocated_gib = read("/gpu_memory/allocated_gib/mean");
  divided.out_of_memory_jobs = read("/gpu_memory/out_of_memory_jobs");
}

// The same.
void read_quotas(const Json& root, QuotaSummary& quotas) {
  if (!root.contains("quotas")) return;
  const Json& from = root.at("quotas");
  quotas.evictions = read_number(from.at("evictions"));
  quotas.borrowed_gpu_s = read_number(from.at("borrowed_gpu_s"));
  quotas.lent_gpu_s = read_number(from.at("lent_gpu_s"));
  quotas.reclaim_s = read_statistics(from.at("reclaim_s"));
  if (!from.contains("queues")) return;
  for (const auto& [name, queue] : from.at("queues").items()) {
    quotas.queues.push_back({name, queue.at("nominal_gpus"), queue.at("used_gpu_s"), queue.at("borrowed_gpu_s"),
                             queue.at("lent_gpu_s"), queue.at("admitted"), queue.at("evicted")});
  }
}

void read_parts(const Json& root, Summary& summary) {
  for (const auto& [name, tenant] : root.at("tenants").items()) {
    const Json& wait = tenant.at("wait_s");
    summary.tenants.push_back({name, tenant.at("jobs"), tenant.at("gpu_s"), read_number(wait.at("mean")),
                               read_number(wait.at("p95")), read_number(tenant.at("jct_s").at("mean"))});
  }
  for (const auto& [name, pool] : root.at("pools").items()) {
    summary.pools.push_back({name, pool.at("total_milli"), read_number(pool.at("allocated_ratio").at("mean")),
                             read_number(pool.at("cost_usd")), read_number(pool.at("energy_kwh"))});
  }
  for (std::size_t reason = 0; reason < kWaitReasons; ++reason) {
    summary.waiting_gpu_s[reason] = root.at("waiting_gpu_s").at(wait_reason_name(static_cast<WaitReason>(reason)));
  }
  for (const Json& goal : root.at("goals")) {
    summary.goals.push_back({goal.at("goal"), read_number(goal.at("value")), goal.at("met")});
  }
}

}  // namespace

std::string summary_json(const Summary& summary) {
  Json root = header_json(summary);
  for (const MetricValue& metric : metric_values(summary)) {
    if (metric.path.front() == "tenants" && !root.contains("tenants")) root["tenants"] = Json::object();
    put(root, metric);
  }
  if (!root.contains("tenants")) root["tenants"] = Json::object();
  if (!root.contains("pools")) root["pools"] = Json::object();
  root["goals"] = Json::array();
  for (const GoalResult& goal : summary.goals) {
    root["goals"].push_back({{"goal", goal.text}, {"value", number(goal.value)}, {"met", goal.met}});
  }
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

Summary read_summary_json(std::string_view text, const std::string& file) {
  Summary summary;
  try {
    const Json root = Json::parse(text);
    if (root.at("schema") != kSchema) throw InputError({file, 0, 0}, "schema", "this is not a result of a run");
    read_header(root, summary);
    read_jobs(root, summary);
    read_gpus(root, summary);
    read_fairness(root, summary);
    read_divided(root, summary.divided);
    read_quotas(root, summary.header.quotas);
    read_parts(root, summary);
  } catch (const nlohmann::json::exception& error) {
    throw InputError({file, 0, 0}, "", std::string("damaged summary: ") + quoted(error.what(), 200));
  }
  return summary;
}

}  // namespace seatrial
