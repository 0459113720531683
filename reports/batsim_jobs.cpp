// See batsim_jobs.h.
#include "reports/batsim_jobs.h"

#include <algorithm>
#include <vector>

#include "reports/csv.h"
#include "reports/gpu_slots.h"
#include "sim/text.h"

namespace seatrial {
namespace {

// Sorted numbers as Batsim writes sets of resources: "0-3 8".
void append_intervals(std::string& out, std::vector<std::uint64_t> numbers) {
  std::sort(numbers.begin(), numbers.end());
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t last = i;
    while (last + 1 < numbers.size() && numbers[last + 1] <= numbers[last] + 1) ++last;
    if (i > 0) out += ' ';
    append_integer(out, static_cast<std::int64_t>(numbers[i]));
    if (numbers[last] > numbers[i]) {
      out += '-';
      append_integer(out, static_cast<std::int64_t>(numbers[last]));
    }
    i = last + 1;
  }
}

// The GPUs of each job's last stint, as text.
std::vector<std::string> last_gpus(const RunHistory& history, const Cluster& cluster, std::size_t jobs) {
  std::vector<std::uint64_t> most(cluster.nodes());  // GPUs of a node at its largest
  for (std::uint32_t node = 0; node < cluster.nodes(); ++node) most[node] = cluster.gpus({node});
  GpuSlots slots(history);
  std::vector<std::vector<std::uint32_t>> tracks(jobs);
  for (const Stint& stint : history.stints()) {
    const auto assigned = slots.assign(stint);
    tracks[stint.job.index].assign(assigned.begin(), assigned.end());
  }
  for (const GpuTrack& track : slots.tracks()) {
    most[track.node.index] = std::max<std::uint64_t>(most[track.node.index], track.gpu + 1);
  }
  std::vector<std::uint64_t> first(most.size() + 1, 0);
  for (std::size_t node = 0; node < most.size(); ++node) first[node + 1] = first[node] + most[node];
  std::vector<std::string> texts(jobs);
  for (std::size_t job = 0; job < jobs; ++job) {
    std::vector<std::uint64_t> numbers;
    for (const std::uint32_t track : tracks[job]) {
      numbers.push_back(first[slots.tracks()[track].node.index] + slots.tracks()[track].gpu);
    }
    append_intervals(texts[job], std::move(numbers));
  }
  return texts;
}

const char* final_state(const JobTable& table, JobId job) {
  switch (table.state[job]) {
    case JobState::Completed:
      return "COMPLETED_SUCCESSFULLY";
    case JobState::Failed:
      return table.start[job] == kNever ? "REJECTED" : "COMPLETED_WALLTIME_REACHED";
    case JobState::Rejected:
      return "REJECTED";
    case JobState::Future:
    case JobState::Pending:
    case JobState::Running:
      return nullptr;  // Batsim waits for the end of every job
  }
  return nullptr;
}

void append_times(const JobTable& table, JobId job, Time submit, std::string& out) {
  const Time start = table.start[job];
  const Time end = table.end[job];
  if (start == kNever) {
    out += ",,,,,,";
    return;
  }
  const auto seconds = [&](std::int64_t ns) {
    append_seconds(out, ns);
    out += ',';
  };
  seconds(start.ns);
  seconds((end - start).ns);
  seconds(end.ns);
  seconds((start - submit).ns);
  seconds((end - submit).ns);
  if (end > start) append_number(out, (end - submit).seconds() / (end - start).seconds());
  out += ',';
}

}  // namespace

void write_batsim_jobs(const RunHistory& history, const Workload& workload, const JobTable& table,
                       const Cluster& cluster, const std::string& workload_name, ByteSink& sink) {
  const std::vector<std::string> gpus = last_gpus(history, cluster, workload.size());
  Buffered buffer(sink);
  std::string& out = buffer.text;
  out +=
      "job_id,workload_name,profile,submission_time,requested_number_of_resources,requested_number_of_processors,"
      "requested_time,success,final_state,starting_time,execution_time,finish_time,waiting_time,turnaround_time,"
      "stretch,allocated_resources\n";
  for (const JobId job : workload.file_order()) {
    const char* state = final_state(table, job);
    if (state == nullptr) continue;
    const std::size_t begin = out.size();
    workload.append_name(job, out);
    quote_csv_field(out, begin);
    out += ',';
    append_csv_field(out, workload_name);
    out += ",delay_";
    append_seconds(out, workload.duration(job).ns);
    out += ',';
    append_seconds(out, workload.submit(job).ns);
    for (int twice = 0; twice < 2; ++twice) {
      out += ',';
      append_integer(out, workload.request(job).gpus);
    }
    out += ',';
    append_seconds(out, workload.estimate(job).ns);
    out += table.state[job] == JobState::Completed ? ",1," : ",0,";
    out += state;
    out += ',';
    append_times(table, job, workload.submit(job), out);
    out += gpus[job.index];
    out += '\n';
    buffer.flush_if_full();
  }
  buffer.flush();
}

}  // namespace seatrial
