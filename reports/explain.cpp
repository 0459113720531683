// See explain.h.
#include "reports/explain.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "models/job_table.h"
#include "reports/csv.h"
#include "reports/file_layer.h"
#include "reports/summary.h"
#include "reports/wording.h"
#include "sim/error.h"
#include "sim/text.h"

namespace seatrial {
namespace {

constexpr std::size_t kListed = 5;  // jobs named in a list
constexpr std::size_t kNodesNamed = 8;

struct JobRow {
  std::string name, tenant, state, nodes;
  std::int64_t submit_ns = 0;
  std::optional<std::int64_t> start_ns, end_ns, wait_ns, jct_ns;
  std::int64_t gpus = 0;
  std::int64_t preemptions = 0;
};

std::string read_file(const std::string& folder, const char* name) {
  return read_whole_file(system_files(), folder + '/' + name);
}

std::vector<JobRow> read_jobs(const std::string& folder) {
  const std::string text = read_file(folder, "jobs.csv");
  CsvRows rows(text);
  std::vector<std::string> fields;
  std::vector<JobRow> jobs;
  rows.next(fields);
  for (std::uint32_t line = 2; rows.next(fields); ++line) {
    if (fields.size() < 12) throw InputError({folder + "/jobs.csv", line, 0}, "", "damaged row");
    JobRow job{fields[0], fields[1], fields[8], fields[11], 0, {}, {}, {}, {}, 0, 0};
    job.submit_ns = parse_seconds_ns(fields[2]).value_or(0);
    job.start_ns = parse_seconds_ns(fields[3]);
    job.end_ns = parse_seconds_ns(fields[4]);
    job.wait_ns = parse_seconds_ns(fields[5]);
    job.jct_ns = parse_seconds_ns(fields[6]);
    job.gpus = parse_integer(fields[7]).value_or(0);
    job.preemptions = parse_integer(fields[10]).value_or(0);
    jobs.push_back(std::move(job));
  }
  return jobs;
}

// The remaining fields of the row that begins with this job's name, or nothing.
std::vector<std::string> row_of(const std::string& folder, const char* file, const std::string& job) {
  std::string text;
  try {
    text = read_file(folder, file);
  } catch (const InputError&) {
    return {};  // written only where it has rows
  }
  CsvRows rows(text);
  std::vector<std::string> fields;
  rows.next(fields);
  while (rows.next(fields)) {
    if (fields[0] == job) return {fields.begin() + 1, fields.end()};
  }
  return {};
}

const char* reason_words(WaitReason reason) {
  switch (reason) {
    case WaitReason::Capacity:
      return "fewer GPUs were free than it asked for";
    case WaitReason::Fragmentation:
      return "enough GPUs were free, but no legal place for it";
    case WaitReason::HeadOfLine:
      return "behind the blocked head of its queue, or kept back by a reservation";
    case WaitReason::Quota:
      return "the quota of its queue was used up";
    case WaitReason::Constraint:
      return "GPUs were free, but not in the pools that it may use";
  }
  return "";
}

std::string gpus_words(std::int64_t gpus) { return std::to_string(gpus) + (gpus == 1 ? " GPU" : " GPUs"); }

std::string seconds_words(std::int64_t ns) { return human_duration(static_cast<double>(ns) / 1e9); }

class Explanation {
 public:
  Explanation(const std::string& folder, const std::string& name)
      : folder_(folder),
        jobs_(read_jobs(folder)),
        summary_(read_summary_json(read_file(folder, "summary.json"), folder + "/summary.json")) {
    const auto found = std::find_if(jobs_.begin(), jobs_.end(), [&](const JobRow& row) { return row.name == name; });
    if (found == jobs_.end()) refuse(name);
    job_ = &*found;
    first_ns_ = std::min_element(jobs_.begin(), jobs_.end(), [](const JobRow& a, const JobRow& b) {
                  return a.submit_ns < b.submit_ns;
                })->submit_ns;
  }

  std::string text() {
    add_head();
    if (job_->state == "rejected") {
      add_rejection();
      return text_;
    }
    add_times();
    add_reasons();
    add_quota();
    add_running();
    add_queue();
    add_needs();
    add_room();
    return text_;
  }

 private:
  [[noreturn]] void refuse(const std::string& name) const {
    std::vector<std::string> names;
    for (const JobRow& row : jobs_) names.push_back(row.name);
    const std::string near = nearest_name(name, names);
    throw InputError({folder_ + "/jobs.csv", 0, 0}, "", "no job \"" + quoted(name) + "\" in this result",
                     near.empty() ? std::string() : std::string("did you mean \"") + quoted(near) + "\"?");
  }

  void line(const std::string& text) { text_.append(text).append("\n"); }

  std::string at(std::int64_t ns) const {
    return seconds_text(ns) + " s (" + seconds_words(ns - first_ns_) + " after the first submit)";
  }

  void add_head() {
    std::string head = std::string("Job ") + quoted(job_->name) + ": " + gpus_words(job_->gpus);
    if (!job_->tenant.empty()) head += std::string(", tenant ") + quoted(job_->tenant);
    line(head + ", " + job_->state + ".");
    line(std::string("Scheduler: ") + axes_line(summary_) + ".");
    line("");
  }

  void add_rejection() {
    const std::vector<std::string> reason = row_of(folder_, "rejected.csv", job_->name);
    line(std::string("It was submitted at ") + at(job_->submit_ns) +
         " and rejected at once: it could never run on this cluster.");
    if (!reason.empty() && !reason[0].empty()) line(std::string("Reason: ") + quoted(reason[0], 400) + ".");
  }

  void add_times() {
    line(std::string("submitted  ") + at(job_->submit_ns));
    line(std::string("started    ") + (job_->start_ns ? at(*job_->start_ns) : "not in this run"));
    line(std::string("ended      ") + (job_->end_ns ? at(*job_->end_ns) : "not in this run"));
    if (job_->preemptions != 0) line(std::string("preempted  ") + std::to_string(job_->preemptions) + " times");
    if (job_->wait_ns) line(std::string("waited     ") + seconds_words(*job_->wait_ns));
  }

  void add_reasons() {
    const std::vector<std::string> parts = row_of(folder_, "waits.csv", job_->name);
    if (parts.size() < kWaitReasons) {
      if (job_->start_ns) line("\nIt did not wait.");
      return;
    }
    std::array<std::int64_t, kWaitReasons> split{};
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < kWaitReasons; ++i) {
      split[i] = parse_seconds_ns(parts[i]).value_or(0);
      sum += split[i];
    }
    line("\nWhy it waited:");
    for (std::size_t i = 0; i < kWaitReasons; ++i) {
      if (split[i] == 0) continue;
      const double share = static_cast<double>(split[i]) / static_cast<double>(std::max<std::int64_t>(sum, 1));
      const auto reason = static_cast<WaitReason>(i);
      line(std::string("  ") + seconds_words(split[i]) + " (" + percent_words(share) + ", " + wait_reason_name(reason) +
           "): " + reason_words(reason));
    }
  }

  void add_quota() {
    const std::vector<std::string> row = row_of(folder_, "quotas.csv", job_->name);
    if (row.size() < 3) return;
    line(std::string("\nQuota: queue ") + quoted(row[0]) + (row[1].empty() ? "" : ", flavor " + quoted(row[1])) + ".");
    if (!row[2].empty()) {
      line(std::string("  When it first was the head of its queue it ") + quoted(row[2], 400) + ".");
    }
  }

  // The largest of a set of jobs, one line each.
  void add_list(std::vector<const JobRow*>& rows) {
    std::sort(rows.begin(), rows.end(), [](const JobRow* a, const JobRow* b) {
      return a->gpus != b->gpus ? a->gpus > b->gpus : a->submit_ns < b->submit_ns;
    });
    for (std::size_t i = 0; i < std::min(rows.size(), kListed); ++i) {
      const JobRow& row = *rows[i];
      std::string text = std::string("  ") + quoted(row.name) + ": " + gpus_words(row.gpus);
      if (row.start_ns) text += std::string(", from ") + seconds_text(*row.start_ns) + " s";
      if (row.end_ns) text += std::string(" to ") + seconds_text(*row.end_ns) + " s";
      line(text);
    }
    if (rows.size() > kListed) line(std::string("  and ") + grouped(rows.size() - kListed) + " more");
  }

  static std::int64_t gpus_of(const std::vector<const JobRow*>& rows) {
    std::int64_t sum = 0;
    for (const JobRow* row : rows) sum += row->gpus;
    return sum;
  }

  bool runs_at(const JobRow& row, std::int64_t ns) const {
    return &row != job_ && row.start_ns && *row.start_ns <= ns && (!row.end_ns || *row.end_ns > ns);
  }

  void add_running() {
    std::vector<const JobRow*> running;
    bool preempted = false;
    for (const JobRow& row : jobs_) {
      if (!runs_at(row, job_->submit_ns) || row.gpus == 0) continue;
      running.push_back(&row);
      preempted = preempted || row.preemptions != 0;
    }
    if (running.empty()) {
      line("\nNo other job held GPUs when it was submitted.");
      return;
    }
    line(std::string("\nWhen it was submitted, ") + grouped(running.size()) + (running.size() == 1 ? " job" : " jobs") +
         " held " + gpus_words(gpus_of(running)) + " of " +
         short_number(static_cast<double>(summary_.total_milli) / 1000) + "; the largest:");
    add_list(running);
    if (preempted) line("  (some of these were preempted in between and may not have held them just then)");
  }

  void add_jobs(const std::string& sentence, std::vector<const JobRow*>& rows) {
    if (rows.empty()) return;
    line(std::string("\n") + grouped(rows.size()) + (rows.size() == 1 ? " job" : " jobs") + sentence + ", for " +
         gpus_words(gpus_of(rows)) + "; the largest:");
    add_list(rows);
  }

  // Under any order: whoever waited with it and started first stood before it.
  void add_queue() {
    if (job_->wait_ns.value_or(1) <= 0) return;
    std::vector<const JobRow*> before;
    std::vector<const JobRow*> passed;
    std::vector<const JobRow*> overtook;
    for (const JobRow& row : jobs_) {
      if (&row == job_ || row.state == "rejected") continue;
      const bool waiting = !row.start_ns || *row.start_ns > job_->submit_ns;
      const bool earlier = row.submit_ns < job_->submit_ns || (row.submit_ns == job_->submit_ns && &row < job_);
      const bool first = row.start_ns && (!job_->start_ns || *row.start_ns < *job_->start_ns ||
                                          (*row.start_ns == *job_->start_ns && earlier));
      if (waiting && earlier) (first ? before : passed).push_back(&row);
      if (!earlier && first) overtook.push_back(&row);
    }
    if (before.empty() && passed.empty()) line("\nNo job that came earlier was waiting when it was submitted.");
    add_jobs(" waited already when it was submitted and started no later", before);
    add_jobs(" waited already and started after it, or never", passed);
    add_jobs(" came later and started before it", overtook);
  }

  // How many GPUs were free right after the instant of its submission, in all and on the emptiest node. Nothing where
  // the result does not say it exactly: shares, preempted jobs, changing capacity, gangs that fill nodes in part.
  void add_room() {
    std::int64_t asked = 0;
    const bool preempted = std::any_of(jobs_.begin(), jobs_.end(), [&](const JobRow& row) {
      asked += row.gpus;
      return row.preemptions != 0;
    });
    const std::optional<std::vector<PoolNodes>> pools = equal_nodes();
    if (preempted || !pools || 1000 * asked != summary_.arrived_milli) return;
    std::map<std::string, std::int64_t> used;  // by node
    std::int64_t free = summary_.total_milli / 1000;
    bool whole_nodes = true;
    for (const JobRow& row : jobs_) {
      if (!runs_at(row, job_->submit_ns) || row.gpus == 0) continue;
      free -= row.gpus;
      whole_nodes = whole_nodes && add_use(row, *pools, used);
    }
    std::string text = std::string("When it was submitted, ") + gpus_words(free) + (free == 1 ? " was" : " were") +
                       " free in the cluster";
    if (whole_nodes) text += std::string(", at most ") + std::to_string(most_free(*pools, used)) + " on one node";
    line(text + ".");
  }

  struct PoolNodes {
    std::string name;
    std::int64_t nodes;
    std::int64_t gpus_per_node;
  };

  // The pools, if the number of their nodes stayed the same and their nodes are equal.
  [[nodiscard]] std::optional<std::vector<PoolNodes>> equal_nodes() const {
    const std::string text = read_file(folder_, "series.csv");
    CsvRows rows(text);
    std::vector<std::string> header;
    std::vector<std::string> first;
    std::vector<std::string> row;
    if (!rows.next(header) || !rows.next(first)) return std::nullopt;
    std::vector<PoolNodes> pools;
    std::vector<std::size_t> columns;
    for (const PoolSummary& pool : summary_.pools) {
      const auto column = std::find(header.begin(), header.end(), pool.name + ".nodes");
      const auto at = static_cast<std::size_t>(column - header.begin());
      const std::int64_t nodes = at < first.size() ? parse_integer(first[at]).value_or(0) : 0;
      if (nodes == 0 || pool.total_milli % (1000 * nodes) != 0) return std::nullopt;
      pools.push_back({pool.name, nodes, pool.total_milli / (1000 * nodes)});
      columns.push_back(at);
    }
    while (rows.next(row)) {
      for (const std::size_t at : columns) {
        if (at >= row.size() || row[at] != first[at]) return std::nullopt;
      }
    }
    return pools;
  }

  // Adds what a job holds on its nodes; false if its row does not say how much is where.
  static bool add_use(const JobRow& row, const std::vector<PoolNodes>& pools,
                      std::map<std::string, std::int64_t>& used) {
    std::vector<std::string> nodes;
    for (std::size_t begin = 0; begin <= row.nodes.size();) {
      const std::size_t end = std::min(row.nodes.find('|', begin), row.nodes.size());
      nodes.push_back(row.nodes.substr(begin, end - begin));
      begin = end + 1;
    }
    const auto count = static_cast<std::int64_t>(nodes.size());
    for (const std::string& node : nodes) {
      const PoolNodes* pool = pool_of(node, pools);
      if (pool == nullptr || (count > 1 && row.gpus != count * pool->gpus_per_node)) return false;
      used[node] += count > 1 ? pool->gpus_per_node : row.gpus;
    }
    return true;
  }

  static const PoolNodes* pool_of(const std::string& node, const std::vector<PoolNodes>& pools) {
    const std::string name = node.substr(0, node.rfind('-'));
    const auto found =
        std::find_if(pools.begin(), pools.end(), [&](const PoolNodes& pool) { return pool.name == name; });
    return found == pools.end() || node.size() == name.size() ? nullptr : &*found;
  }

  static std::int64_t most_free(const std::vector<PoolNodes>& pools, const std::map<std::string, std::int64_t>& used) {
    std::int64_t most = 0;
    std::map<std::string, std::int64_t> busy;  // nodes by pool
    for (const auto& [node, gpus] : used) {
      const PoolNodes* pool = pool_of(node, pools);
      ++busy[pool->name];
      most = std::max(most, pool->gpus_per_node - gpus);
    }
    for (const PoolNodes& pool : pools) {
      if (busy[pool.name] < pool.nodes) most = std::max(most, pool.gpus_per_node);
    }
    return most;
  }

  void add_needs() {
    std::string needs = std::string("\nIt needed ") + gpus_words(job_->gpus);
    if (!job_->nodes.empty()) {
      const auto nodes = static_cast<std::size_t>(std::count(job_->nodes.begin(), job_->nodes.end(), '|')) + 1;
      std::size_t end = 0;
      for (std::size_t i = 0; i < std::min(nodes, kNodesNamed); ++i)
        end = job_->nodes.find('|', end + (i == 0 ? 0 : 1));
      std::string named = job_->nodes.substr(0, end);
      std::replace(named.begin(), named.end(), '|', ' ');
      needs += std::string(" and got them on ") + std::to_string(nodes) + (nodes == 1 ? " node: " : " nodes: ") +
               quoted(named, 400);
      if (nodes > kNodesNamed) needs += " ...";
    }
    line(needs + ".");
  }

  const std::string& folder_;
  std::vector<JobRow> jobs_;
  Summary summary_;
  const JobRow* job_ = nullptr;
  std::int64_t first_ns_ = 0;
  std::string text_;
};

}  // namespace

std::string explain(const std::string& result_folder, const std::string& job) {
  return Explanation(result_folder, job).text();
}

}  // namespace seatrial
