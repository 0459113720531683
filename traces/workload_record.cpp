// Workload rows back to records; see workload_record.h.
#include "traces/workload_record.h"

namespace seatrial {

JobRecord record_of(const Workload& workload, JobId job, std::string& name) {
  const Request& request = workload.request(job);
  const auto text = [&](TextId id) -> std::string_view { return workload.texts().text(id); };
  name.clear();
  workload.append_name(job, name);
  JobRecord record;
  record.name = name;
  record.submit_ns = workload.submit(job).ns;
  record.duration_ns = workload.duration(job).ns;
  record.gpus = request.gpus;
  record.gpu_milli = request.gpu_milli;
  record.pods = request.pods;
  if (request.cpu_milli != 0) record.cpu_milli = request.cpu_milli;
  if (request.memory_mib != 0) record.memory_mib = request.memory_mib;
  record.gpu_model = text(request.gpu_model);
  record.tenant = text(request.tenant);
  record.user = text(workload.user(job));
  record.trace_state = text(workload.trace_state(job));
  record.priority = workload.priority(job);
  record.constraint = request.constraint;
  record.gpu_memory_mib = request.gpu_memory_mib;
  record.resource = text(request.resource);
  record.work = text(request.work);
  if (workload.estimate(job) != workload.duration(job)) record.estimate_ns = workload.estimate(job).ns;
  if (const auto start = workload.observed_start(job)) record.observed_start_ns = start->ns;
  return record;
}

}  // namespace seatrial
