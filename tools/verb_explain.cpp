// `seatrial explain`: why one job of a finished run waited, from the tables in its result folder.
#include <CLI/CLI.hpp>
#include <array>
#include <memory>

#include "reports/csv.h"
#include "scenarios/files.h"
#include "scenarios/reader.h"
#include "sim/text.h"
#include "tools/console.h"
#include "tools/verbs.h"

namespace seatrial {
namespace {

constexpr std::size_t kMaxTableBytes = std::size_t{4} << 30U;

// One row of a CSV table by the names of its columns.
class Row {
 public:
  Row(std::vector<std::string> columns, std::vector<std::string> fields)
      : columns_(std::move(columns)), fields_(std::move(fields)) {}
  // Empty where there is no such column.
  [[nodiscard]] std::string field(std::string_view column) const {
    const auto found = std::find(columns_.begin(), columns_.end(), column);
    const auto index = static_cast<std::size_t>(found - columns_.begin());
    return index < fields_.size() ? fields_[index] : "";
  }
  [[nodiscard]] double number(std::string_view column) const { return parse_number(field(column)).value_or(0); }

 private:
  std::vector<std::string> columns_;
  std::vector<std::string> fields_;
};

std::optional<Row> find_row(const std::string& text, const std::string& job) {
  CsvRows rows(text);
  std::vector<std::string> columns;
  if (!rows.next(columns) || columns.empty()) return std::nullopt;
  std::vector<std::string> fields;
  while (rows.next(fields)) {
    if (!fields.empty() && fields.front() == job) return Row(columns, fields);
  }
  return std::nullopt;
}

// A table that a run writes only if it has rows.
std::optional<Row> find_row_if_there(const std::string& file, const std::string& job) {
  if (!why_not_readable(file).empty()) return std::nullopt;
  return find_row(read_input_file(file, kMaxTableBytes), job);
}

struct ReasonText {
  const char* column;  // of waits.csv
  const char* what;
  const char* needed;
};

constexpr std::array<ReasonText, 5> kReasons{{
    {"capacity_s", "fewer GPUs were free than it asks for", "more GPUs, fewer or shorter jobs before it, or less load"},
    {"fragmentation_s", "enough GPUs were free, but scattered so that it fitted nowhere",
     "a placement that packs more tightly (scheduler.placement), or smaller pods"},
    {"head-of-line_s", "it stood behind a job that could not start yet",
     "an admission that lets jobs pass (scheduler.admission: easy or best-effort), or another order"},
    {"quota_s", "the quota of its queue was used up", "a larger quota, or borrowing"},
    {"constraint_s", "free GPUs were in pools that it may not use",
     "pools open to its tenant, model or labels (cluster.pools[].tenants, workload[].job.node_selector)"},
}};

std::string seconds_words(double seconds) { return human_duration(seconds); }

std::string reasons_text(const Row& waits) {
  std::string text;
  const ReasonText* longest = nullptr;
  for (const ReasonText& reason : kReasons) {
    const double seconds = waits.number(reason.column);
    if (seconds <= 0) continue;
    text += "  " + seconds_words(seconds) + ": " + reason.what + '\n';
    if (longest == nullptr || seconds > waits.number(longest->column)) longest = &reason;
  }
  if (longest != nullptr) text += std::string("It would have needed ") + longest->needed + ".\n";
  return text;
}

std::string job_text(const std::string& name, const Row& job) {
  std::string text =
      "Job " + quoted(name) + " asked for " + job.field("gpus") + " GPUs at " + job.field("submit_s") + " s";
  if (!job.field("tenant").empty()) text += " (tenant " + quoted(job.field("tenant")) + ')';
  text += " and is " + job.field("state") + ".\n";
  if (!job.field("start_s").empty()) {
    text += "It started at " + job.field("start_s") + " s on " + quoted(job.field("nodes")) + '.';
    if (job.number("preemptions") > 0) text += " It was preempted " + job.field("preemptions") + " times.";
    text += '\n';
  }
  return text;
}

int explain(const std::string& folder, const std::string& name) {
  const std::string jobs = folder + "/jobs.csv";
  if (!why_not_readable(jobs).empty()) {
    throw InputError(Place{folder}, "", "not a result of seatrial run: it has no jobs.csv");
  }
  const auto job = find_row(read_input_file(jobs, kMaxTableBytes), name);
  if (!job) throw InputError(Place{jobs}, "", "no job is named " + in_quotes(name), "names are in its first column");
  std::string text = job_text(name, *job);
  const auto waits = find_row_if_there(folder + "/waits.csv", name);
  const auto rejected = find_row_if_there(folder + "/rejected.csv", name);
  if (rejected) {
    text += "It could never run on this cluster: " + quoted(rejected->field("reason"), 400) + ".\n";
  } else if (waits) {
    text += "It waited " + seconds_words(job->number("wait_s")) + ":\n" + reasons_text(*waits);
  } else {
    text += "It did not wait.\n";
  }
  print(text);
  return kDone;
}

}  // namespace

void add_explain(CLI::App& program, std::vector<Verb>& verbs) {
  CLI::App* app = program.add_subcommand("explain", "why a job waited, and what it would have needed");
  const auto folder = std::make_shared<std::string>();
  const auto job = std::make_shared<std::string>();
  app->add_option("RESULT", *folder, "result folder of a run")->required();
  app->add_option("JOB", *job, "job id, as in the first column of jobs.csv")->required();
  verbs.push_back({app, [folder, job] { return explain(*folder, *job); }});
}

}  // namespace seatrial
