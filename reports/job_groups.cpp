// See job_groups.h.
#include "reports/job_groups.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "models/job_table.h"
#include "models/workload.h"
#include "reports/csv.h"
#include "reports/statistics.h"
#include "sim/error.h"
#include "sim/text.h"

namespace seatrial {
namespace {

constexpr std::size_t kTenantsShown = 12;

using Waits = std::vector<std::int64_t>;

struct GroupWaits {
  Waits all;
  std::array<Waits, kSizeClasses> classes;

  void add(std::size_t at, std::int64_t wait_ns) {
    all.push_back(wait_ns);
    classes[at].push_back(wait_ns);
  }
};

GroupCell cell(Waits& waits) {
  const Statistics statistics = statistics_of_ns(waits);
  return {statistics.count, statistics.p50, statistics.p95};
}

// Row of each tenant in the table: the largest by jobs get their own, the rest share the last.
std::vector<std::size_t> rows_of_tenants(const JobOutcomes& outcomes, JobGroups& groups) {
  std::vector<std::uint64_t> jobs(outcomes.tenants.size(), 0);
  for (const JobOutcome& job : outcomes.jobs) ++jobs[job.tenant];
  std::vector<std::size_t> order(jobs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order, [&](std::size_t tenant) { return jobs[tenant] == 0; });
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return jobs[a] != jobs[b] ? jobs[a] > jobs[b] : outcomes.tenants[a] < outcomes.tenants[b];
  });
  groups.tenant_count = order.size();
  std::vector<std::size_t> rows(jobs.size(), 0);
  for (std::size_t i = 0; i < order.size(); ++i) {
    rows[order[i]] = std::min(i, kTenantsShown);
    if (i < kTenantsShown) {
      groups.tenants.emplace_back().name = outcomes.tenants[order[i]];
    } else if (i == kTenantsShown) {
      groups.tenants.emplace_back().others = true;
    }
  }
  const bool nameless = groups.tenants.size() == 1 && groups.tenants[0].name.empty();
  if (nameless) groups.tenants.clear();
  return rows;
}

[[noreturn]] void damaged(const std::string& file, std::uint32_t line) {
  throw InputError({file, line, 0}, "", "damaged row");
}

// Columns of jobs.csv that are read here.
enum Column : std::size_t {
  kTenant = 1,
  kSubmit = 2,
  kStart = 3,
  kWait = 5,
  kJct = 6,
  kGpus = 7,
  kState = 8,
  kCount = 12
};

}  // namespace

JobOutcomes job_outcomes(const Workload& workload, const JobTable& table) {
  JobOutcomes outcomes;
  for (std::uint32_t i = 0; i < workload.texts().size(); ++i) outcomes.tenants.push_back(workload.texts().text({i}));
  outcomes.jobs.reserve(workload.size());
  for (std::uint32_t i = 0; i < workload.size(); ++i) {
    const JobId job{i};
    const Request& request = workload.request(job);
    JobOutcome outcome{request.tenant.index, request.gpus, workload.submit(job).ns, std::nullopt, std::nullopt};
    if (table.start[job] != kNever) outcome.wait_ns = table.waited[job].ns;
    if (table.state[job] == JobState::Completed) outcome.jct_ns = (table.end[job] - workload.submit(job)).ns;
    outcomes.jobs.push_back(outcome);
  }
  return outcomes;
}

JobOutcomes read_job_outcomes(std::string_view jobs_csv, const std::string& file) {
  JobOutcomes outcomes;
  std::unordered_map<std::string, std::uint32_t> tenants;
  CsvRows rows(jobs_csv);
  std::vector<std::string> fields;
  if (!rows.next(fields) || fields.size() < kCount || fields[0] != "job_id" || fields[kState] != "state") {
    throw InputError({file, 1, 0}, "", "this is not a jobs.csv of seatrial");
  }
  for (std::uint32_t line = 2; rows.next(fields); ++line) {
    if (fields.size() < kCount) damaged(file, line);
    const auto found = tenants.emplace(fields[kTenant], static_cast<std::uint32_t>(tenants.size()));
    if (found.second) outcomes.tenants.push_back(fields[kTenant]);
    JobOutcome outcome;
    outcome.tenant = found.first->second;
    const auto submit = parse_seconds_ns(fields[kSubmit]);
    const auto gpus = parse_integer(fields[kGpus]);
    if (!submit || !gpus) damaged(file, line);
    outcome.submit_ns = *submit;
    outcome.gpus = *gpus;
    if (!fields[kStart].empty()) outcome.wait_ns = parse_seconds_ns(fields[kWait]);
    if (fields[kState] == "completed") outcome.jct_ns = parse_seconds_ns(fields[kJct]);
    outcomes.jobs.push_back(outcome);
  }
  return outcomes;
}

void LogHistogram::add(std::int64_t ns) {
  ++count;
  if (ns <= 0) {
    ++zeros;
    return;
  }
  const double decades = std::log10(static_cast<double>(ns) / 1e9 / kLowest_s);
  const double at = std::ceil(decades * kPerDecade - 1e-9) - 1;
  ++bins[static_cast<std::size_t>(std::clamp(at, 0.0, static_cast<double>(bins.size() - 1)))];
}

double LogHistogram::upper_s(std::size_t bin) {
  return kLowest_s * std::pow(10.0, static_cast<double>(bin + 1) / kPerDecade);
}

std::size_t size_class(std::int64_t gpus) {
  constexpr std::array<std::int64_t, kSizeClasses - 1> kLargest{0, 1, 4, 8, 64};
  std::size_t at = 0;
  while (at < kLargest.size() && gpus > kLargest[at]) ++at;
  return at;
}

const char* size_class_name(std::size_t size_class) {
  constexpr std::array<const char*, kSizeClasses> kNames{"CPU only", "1 GPU", "2 to 4", "5 to 8", "9 to 64", "over 64"};
  return kNames[size_class];
}

JobGroups group_jobs(const JobOutcomes& outcomes, Duration warmup) {
  JobGroups groups;
  const std::vector<std::size_t> rows = rows_of_tenants(outcomes, groups);
  std::int64_t first = INT64_MAX;
  for (const JobOutcome& job : outcomes.jobs) first = std::min(first, job.submit_ns);
  GroupWaits everyone;
  std::vector<GroupWaits> tenants(groups.tenants.size());
  for (const JobOutcome& job : outcomes.jobs) {
    if (job.submit_ns - first < warmup.ns) continue;
    if (job.jct_ns) groups.jct.add(*job.jct_ns);
    if (!job.wait_ns) continue;
    groups.wait.add(*job.wait_ns);
    const std::size_t at = size_class(job.gpus);
    everyone.add(at, *job.wait_ns);
    if (!tenants.empty()) tenants[rows[job.tenant]].add(at, *job.wait_ns);
  }
  groups.everyone = cell(everyone.all);
  for (std::size_t i = 0; i < kSizeClasses; ++i) groups.classes[i] = cell(everyone.classes[i]);
  for (std::size_t row = 0; row < tenants.size(); ++row) {
    groups.tenants[row].all = cell(tenants[row].all);
    for (std::size_t i = 0; i < kSizeClasses; ++i) groups.tenants[row].classes[i] = cell(tenants[row].classes[i]);
  }
  return groups;
}

}  // namespace seatrial
