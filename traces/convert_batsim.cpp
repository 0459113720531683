// A workload as Batsim's JSON; see convert.h.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "sim/text.h"
#include "traces/convert.h"
#include "traces/name_set.h"
#include "traces/workload_record.h"

namespace seatrial {
namespace {

std::string json_text(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

BatsimLosses append_batsim(const Workload& workload, std::string& out) {
  BatsimLosses lost;
  NameSet names;
  std::string name;
  std::set<std::int64_t> durations_ns;
  std::uint32_t largest = 0;
  std::string jobs;
  for (const JobId job : workload.file_order()) {
    const JobRecord record = record_of(workload, job, name);
    if (record.gpus == 0) {
      ++lost.without_gpus;
      continue;
    }
    lost.shares += record.gpu_milli < kGpuMilli ? 1 : 0;
    largest = std::max(largest, record.gpus);
    durations_ns.insert(record.duration_ns);
    jobs += jobs.empty() ? "\n" : ",\n";
    jobs += "    {\"id\": " + json_text(unique_name(name, names)) + ", \"subtime\": ";
    append_seconds(jobs, record.submit_ns);
    jobs += ", \"res\": " + std::to_string(record.gpus) + ", \"profile\": \"delay_";
    append_seconds(jobs, record.duration_ns);
    jobs += '"';
    if (record.estimate_ns && *record.estimate_ns > 0) {
      jobs += ", \"walltime\": ";
      append_seconds(jobs, *record.estimate_ns);
    }
    jobs += '}';
  }
  out += "{\n  \"description\": \"written by seatrial; one resource is one GPU\",\n  \"nb_res\": ";
  out += std::to_string(largest) + ",\n  \"jobs\": [" + jobs + "\n  ],\n  \"profiles\": {";
  bool first = true;
  for (const std::int64_t duration_ns : durations_ns) {
    const std::string seconds = seconds_text(duration_ns);
    out.append(first ? "\n    \"delay_" : ",\n    \"delay_").append(seconds);
    out.append("\": {\"type\": \"delay\", \"delay\": ").append(seconds).append("}");
    first = false;
  }
  out += "\n  }\n}\n";
  return lost;
}

}  // namespace seatrial
