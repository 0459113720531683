// Slurm accounting: the output of `sacct -P` (better -a -X -P --noconvert), columns separated by `|`, told by their
// names. Needed: JobID or JobIDRaw, Submit, Start and one of ReqTRES, AllocTRES. GPUs are gres/gpu of ReqTRES, else of
// AllocTRES: the count without a type, else the sum over types. Run time: End - Start, else Elapsed or ElapsedRaw.
// Account is the tenant, Timelimit or TimelimitRaw (minutes) the estimate, State the trace's word. Times without an
// offset are taken as UTC and count from 1970-01-01. Job steps (123.batch) and jobs that never started are skipped
// and counted.
#include "sim/text.h"
#include "sim/time.h"
#include "traces/csv.h"
#include "traces/formats.h"
#include "traces/wall_clock.h"

namespace seatrial {
namespace {

constexpr std::int64_t kMaxCpus = 1'000'000'000;

// What a TRES list ("cpu=8,mem=64G,gres/gpu:h100=8,gres/gpu=8") asks for; -1: not stated.
struct Tres {
  std::int64_t gpus = -1;
  std::int64_t cpus = -1;
  std::int64_t memory_mib = -1;
  bool good = true;
};

// "512G", "1.5T", "64000M", "1024K", "5" (MiB): Slurm's units are binary.
std::optional<std::int64_t> memory_mib(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto amount = parse_number(text.substr(0, digits));
  const std::string_view unit = text.substr(digits);
  double factor = 1;
  if (unit == "K") factor = 1.0 / 1024;
  if (unit == "G") factor = 1024;
  if (unit == "T") factor = 1024.0 * 1024;
  if (unit == "P") factor = 1024.0 * 1024 * 1024;
  const bool known = unit.empty() || unit == "M" || factor != 1;
  if (!amount || !known || *amount * factor > 1e12) return std::nullopt;
  return static_cast<std::int64_t>(*amount * factor);
}

Tres parse_tres(std::string_view text) {
  Tres tres;
  std::int64_t typed_gpus = 0;
  bool any_typed = false;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view item = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    const std::size_t equals = item.find('=');
    if (equals == std::string_view::npos) return tres.good = false, tres;
    const std::string_view key = item.substr(0, equals);
    const std::string_view value = item.substr(equals + 1);
    const bool typed = key.starts_with("gres/gpu:");
    if (key == "mem") {
      tres.memory_mib = memory_mib(value).value_or(-1);
      tres.good = tres.good && tres.memory_mib >= 0;
    } else if (typed || key == "gres/gpu" || key == "cpu") {
      const auto count = parse_integer(value);
      if (!count || *count < 0 || *count > (key == "cpu" ? kMaxCpus : kMaxJobGpus)) return tres.good = false, tres;
      if (typed) typed_gpus += *count, any_typed = true;
      if (key == "gres/gpu") tres.gpus = *count;
      if (key == "cpu") tres.cpus = *count;
    }
  }
  if (tres.gpus < 0 && any_typed) tres.gpus = typed_gpus;
  tres.good = tres.good && tres.gpus <= kMaxJobGpus;
  return tres;
}

class SacctReader final : public TraceReader {
 public:
  SacctReader(std::unique_ptr<RowSource> rows, Problems& problems) : TraceReader(std::move(rows), problems) {
    const auto need_one_of = [&](ColumnIndex first, ColumnIndex second, std::string_view names) {
      if (first.present() || second.present()) return;
      problems.add(
          rows_->header_place(), "", "no column " + std::string(names),
          "run sacct -a -X -P --format=JobIDRaw,User,Account,Submit,Start,End,State,Timelimit,ReqTRES,AllocTRES");
    };
    need_one_of(job_id_, raw_id_, "JobID or JobIDRaw");
    need_one_of(requested_, allocated_, "ReqTRES or AllocTRES");
    need_one_of(submit_, submit_, "Submit");
    need_one_of(start_, start_, "Start");
    if (!end_.present()) need_one_of(elapsed_, elapsed_raw_, "End, Elapsed or ElapsedRaw");
  }

 private:
  RowResult map(JobRecord& record) override {
    const ColumnIndex id = job_id_.present() ? job_id_ : raw_id_;
    record.name = cells_.text(id);
    if (record.name.find('.') != std::string_view::npos) return RowResult::Skipped;
    const auto start = cells_.wall_clock_ns(start_, 0);
    if (!start) return RowResult::Skipped;
    const auto submit = cells_.wall_clock_ns(submit_, 0);
    if (!submit && cells_.row_is_good()) cells_.problem(submit_, "a job that started needs a submit time");
    record.submit_ns = submit.value_or(0);
    record.observed_start_ns = start;
    const auto run_ns = run_time_ns(*start);
    if (!run_ns) return RowResult::Skipped;
    record.duration_ns = *run_ns;
    record.estimate_ns = time_limit_ns();
    record.tenant = cells_.text(account_);
    record.user = cells_.text(user_);
    record.trace_state = cells_.text(state_);
    map_resources(record);
    return RowResult::Job;
  }

  // Nothing: the job still runs and the file does not say for how long.
  std::optional<std::int64_t> run_time_ns(std::int64_t start_ns) {
    if (const auto end = cells_.wall_clock_ns(end_, 0)) {
      if (*end < start_ns) cells_.problem(end_, "the job ends before it starts");
      return *end - start_ns;
    }
    if (cells_.has(elapsed_raw_)) return cells_.duration_ns(elapsed_raw_);
    if (!cells_.has(elapsed_)) return std::nullopt;
    const auto elapsed = parse_slurm_duration_ns(cells_.raw(elapsed_));
    if (!elapsed) cells_.problem(elapsed_, "must be a length of time like 1-02:03:04");
    return elapsed;
  }

  // Nothing: no limit is stated ("UNLIMITED", "Partition_Limit", empty).
  std::optional<std::int64_t> time_limit_ns() {
    if (const auto limit = parse_slurm_duration_ns(cells_.raw(limit_))) return limit;
    const auto minutes = parse_integer(cells_.raw(limit_raw_));
    if (!minutes || *minutes < 0 || *minutes > 100'000'000) return std::nullopt;
    return *minutes * 60 * kNsPerSecond;
  }

  void map_resources(JobRecord& record) {
    Tres tres;
    for (const ColumnIndex column : {requested_, allocated_}) {
      if (!cells_.has(column)) continue;
      const Tres stated = parse_tres(cells_.raw(column));
      if (!stated.good) cells_.problem(column, "must be a TRES list like cpu=8,mem=64G,gres/gpu=8");
      if (tres.gpus < 0) tres.gpus = stated.gpus;
      if (tres.cpus < 0) tres.cpus = stated.cpus;
      if (tres.memory_mib < 0) tres.memory_mib = stated.memory_mib;
    }
    record.gpus = static_cast<std::uint32_t>(std::max<std::int64_t>(0, tres.gpus));
    if (tres.cpus >= 0) record.cpu_milli = tres.cpus * 1000;
    if (tres.memory_mib >= 0) record.memory_mib = tres.memory_mib;
  }

  const ColumnIndex job_id_ = cells_.column("JobID");
  const ColumnIndex raw_id_ = cells_.column("JobIDRaw");
  const ColumnIndex submit_ = cells_.column("Submit");
  const ColumnIndex start_ = cells_.column("Start");
  const ColumnIndex end_ = cells_.column("End");
  const ColumnIndex elapsed_ = cells_.column("Elapsed");
  const ColumnIndex elapsed_raw_ = cells_.column("ElapsedRaw");
  const ColumnIndex limit_ = cells_.column("Timelimit");
  const ColumnIndex limit_raw_ = cells_.column("TimelimitRaw");
  const ColumnIndex state_ = cells_.column("State");
  const ColumnIndex account_ = cells_.column("Account");
  const ColumnIndex user_ = cells_.column("User");
  const ColumnIndex requested_ = cells_.column("ReqTRES");
  const ColumnIndex allocated_ = cells_.column("AllocTRES");
};

}  // namespace

std::unique_ptr<TraceReader> open_sacct(InputFile input, Problems& problems) {
  constexpr CsvDialect kParsable{.delimiter = '|', .quotes = false};
  return std::make_unique<SacctReader>(std::make_unique<CsvFile>(std::move(input), problems, kParsable), problems);
}

}  // namespace seatrial
