// The jobs that the report shows singly: those that waited longest, and a sample of all in which every tenant and
// size has its share; see report_data.h.
#include <algorithm>
#include <numeric>

#include "models/workload.h"
#include "reports/report_data.h"

namespace seatrial {
namespace {

constexpr std::size_t kLongest = 200;
constexpr std::size_t kSampled = 2000;
constexpr std::size_t kWorstListed = 20;
constexpr std::size_t kRunsPerJob = 40;  // of nodes, over all stays

std::vector<std::uint32_t> longest_waits(const ReportInput& input) {
  std::vector<std::uint32_t> jobs;
  for (std::uint32_t i = 0; i < input.workload.size(); ++i) {
    if (input.table.waited[JobId{i}].ns > 0) jobs.push_back(i);
  }
  const auto longer = [&](std::uint32_t a, std::uint32_t b) {
    const Duration wait_a = input.table.waited[JobId{a}];
    const Duration wait_b = input.table.waited[JobId{b}];
    return wait_a != wait_b ? wait_a > wait_b : a < b;
  };
  const std::size_t count = std::min(kLongest, jobs.size());
  std::partial_sort(jobs.begin(), jobs.begin() + static_cast<std::ptrdiff_t>(count), jobs.end(), longer);
  jobs.resize(count);
  return jobs;
}

// Every k-th job of each group, at least one of each.
std::vector<std::uint32_t> stratified(const ReportInput& input, const GroupIndex& groups, const ReportData& data) {
  const std::size_t total = input.workload.size();
  std::vector<std::uint64_t> share(data.groups.size(), 0);
  for (std::size_t i = 0; i < share.size(); ++i) {
    if (data.groups[i].jobs != 0) share[i] = std::max<std::uint64_t>(1, data.groups[i].jobs * kSampled / total);
    if (total <= kSampled) share[i] = data.groups[i].jobs;
  }
  std::vector<std::uint64_t> seen(share.size(), 0);
  std::vector<std::uint32_t> jobs;
  for (std::uint32_t i = 0; i < total; ++i) {
    const JobId job{i};
    const std::size_t group = groups.of(job);
    const std::uint64_t of = data.groups[group].jobs;
    const std::uint64_t at = seen[group]++;
    if (at * share[group] / of != (at + 1) * share[group] / of) jobs.push_back(i);
  }
  return jobs;
}

SampledStint sampled_stint(const Stay& stay, std::uint32_t gpu_milli, std::size_t most_runs, bool& cut) {
  SampledStint out;
  for (const Piece& piece : stay.pieces) {
    const std::uint32_t milli = piece.gpus * gpu_milli;
    if (milli == 0) continue;
    if (!out.nodes.empty()) {
      NodeRun& last = out.nodes.back();
      if (last.first + last.count == piece.node.index && last.milli == milli) {
        ++last.count;
        continue;
      }
    }
    if (out.nodes.size() == most_runs) {
      cut = true;
      break;
    }
    out.nodes.push_back({piece.node.index, 1, milli});
  }
  return out;
}

SampledJob sampled_job(const ReportInput& input, std::size_t group, JobId job) {
  SampledJob out{job, group, input.table.waited[job].seconds(), {}, false};
  const bool sequential = input.metrics.options().sequential;
  const std::int64_t zero = input.metrics.first_submit().ns;
  std::size_t left = kRunsPerJob;
  std::vector<Stay> stays;
  input.history.stays(job, stays);
  for (const Stay& stay : stays) {
    if (left == 0) {
      out.cut = true;
      break;
    }
    SampledStint row = sampled_stint(stay, unit_milli(input.workload, input.table, job), left, out.cut);
    row.begin_s = sequential ? job.index : (Time{stay.begin_ns} - Time{zero}).seconds();
    row.end_s = sequential ? input.metrics.end().seconds() : (Time{stay.end_ns} - Time{zero}).seconds();
    left -= std::max<std::size_t>(1, row.nodes.size());
    out.stints.push_back(std::move(row));
  }
  return out;
}

}  // namespace

void fill_sample(const ReportInput& input, const GroupIndex& groups, ReportData& data) {
  const std::vector<std::uint32_t> longest = longest_waits(input);
  std::vector<std::uint32_t> chosen = stratified(input, groups, data);
  chosen.insert(chosen.end(), longest.begin(), longest.end());
  std::sort(chosen.begin(), chosen.end());
  chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  for (const std::uint32_t job : chosen) {
    data.jobs.push_back(sampled_job(input, groups.of(JobId{job}), JobId{job}));
  }
  for (std::size_t i = 0; i < std::min(kWorstListed, longest.size()); ++i) {
    const auto at = std::lower_bound(chosen.begin(), chosen.end(), longest[i]) - chosen.begin();
    data.worst.push_back(static_cast<std::size_t>(at));
  }
}

}  // namespace seatrial
