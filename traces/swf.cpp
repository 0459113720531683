// Standard Workload Format 2.2 of the Parallel Workloads Archive: 18 fields separated by blanks, comments from `;`,
// -1 = missing. For `where` the fields are called job, submit, wait, run, procs_used, cpu_used, memory_used,
// procs_requested, time_requested, memory_requested, status, user, group, executable, queue, partition, previous,
// think. One processor is one GPU: procs_requested, else procs_used; rows without either are skipped and counted. Run
// time: run, at least 0. Estimate: time_requested, else the run time. Recorded start: submit + wait where wait is
// known. Status becomes its word in trace_state. Missing fields at the end count as -1; further fields are ignored.
#include <algorithm>
#include <array>
#include <cstring>

#include "traces/formats.h"
#include "traces/line_reader.h"

namespace seatrial {
namespace {

constexpr std::array<const char*, 18> kNames{"job",
                                             "submit",
                                             "wait",
                                             "run",
                                             "procs_used",
                                             "cpu_used",
                                             "memory_used",
                                             "procs_requested",
                                             "time_requested",
                                             "memory_requested",
                                             "status",
                                             "user",
                                             "group",
                                             "executable",
                                             "queue",
                                             "partition",
                                             "previous",
                                             "think"};
constexpr std::size_t kFewestFields = 5;
constexpr std::size_t kFieldsRead = 12;  // the last one that a job is made of is the user

class SwfFile final : public RowSource {
 public:
  SwfFile(InputFile input, Problems& problems) : lines_(std::move(input), problems), problems_(problems) {
    columns_.assign(kNames.begin(), kNames.end());
    fields_.resize(kNames.size());
    header_place_ = Place{lines_.file(), 1};
  }

  bool next() override {
    while (lines_.next(line_)) {
      const std::size_t first = line_.find_first_not_of(" \t");
      if (first == std::string_view::npos || line_[first] == ';') continue;
      ++rows_begun_;
      if (split(first)) return true;
    }
    return false;
  }

  void need(std::size_t field) override { fields_split_ = std::max(fields_split_, field + 1); }

  Place place(std::size_t field) const override {
    const std::string_view text = fields_[field];
    const bool inside = text.data() >= line_.data() && text.data() <= line_.data() + line_.size();
    const auto column = inside ? static_cast<std::uint32_t>(text.data() - line_.data()) + 1 : 0;
    return {lines_.file(), lines_.line_number(), column};
  }

 private:
  bool split(std::size_t first) {
    const char* at = line_.data() + first;
    const char* const end = line_.data() + line_.size();
    std::size_t count = 0;
    while (at != end && count < fields_split_) {
      const char* const begin = at;
      while (at != end && *at != ' ' && *at != '\t') ++at;
      fields_[count++] = {begin, static_cast<std::size_t>(at - begin)};
      while (at != end && (*at == ' ' || *at == '\t')) ++at;
    }
    const void* const nul = std::memchr(line_.data(), '\0', line_.size());
    if (nul == nullptr && count >= kFewestFields) {
      for (; count < fields_split_; ++count) fields_[count] = "-1";
      return true;
    }
    problems_.add(Place{lines_.file(), lines_.line_number()}, "",
                  nul != nullptr ? "the line contains a NUL byte"
                                 : "the row has only " + std::to_string(count) + " fields, SWF has 18");
    return false;
  }

  LineReader lines_;
  Problems& problems_;
  std::string_view line_;
  std::size_t fields_split_ = kFieldsRead;
};

std::string_view status_word(std::string_view status) {
  constexpr std::array<std::string_view, 6> kWords{"failed",         "completed",   "partial",
                                                   "last-completed", "last-failed", "cancelled"};
  if (status.size() != 1 || status[0] < '0' || status[0] > '5') return {};
  return kWords[static_cast<std::size_t>(status[0] - '0')];
}

class SwfReader final : public TraceReader {
 public:
  using TraceReader::TraceReader;

 private:
  RowResult map(JobRecord& record) override {
    const std::uint32_t procs = processors();
    if (procs == 0) return RowResult::Skipped;
    record.gpus = procs;
    record.name = cells_.text(kJob);
    record.submit_ns = cells_.instant_ns(kSubmit);
    record.duration_ns = std::max<std::int64_t>(0, cells_.instant_ns(kRun));
    const std::int64_t requested_ns = cells_.instant_ns(kTimeRequested);
    record.estimate_ns = requested_ns >= 0 ? requested_ns : record.duration_ns;
    const std::int64_t wait_ns = known(kWait) ? cells_.instant_ns(kWait) : -1;
    std::int64_t start_ns = 0;
    if (wait_ns >= 0 && !__builtin_add_overflow(record.submit_ns, wait_ns, &start_ns))
      record.observed_start_ns = start_ns;
    record.user = known(kUser) ? cells_.text(kUser) : std::string_view();
    record.trace_state = status_word(cells_.raw(kStatus));
    return RowResult::Job;
  }

  [[nodiscard]] bool known(ColumnIndex column) const { return cells_.raw(column) != "-1"; }

  // 0: not stated.
  std::uint32_t processors() {
    for (const ColumnIndex column : {kProcsRequested, kProcsUsed}) {
      const std::int64_t procs = cells_.integer(column, -1, kMaxJobGpus);
      if (procs > 0) return static_cast<std::uint32_t>(procs);
    }
    return 0;
  }

  static constexpr ColumnIndex kJob{0};
  static constexpr ColumnIndex kSubmit{1};
  static constexpr ColumnIndex kWait{2};
  static constexpr ColumnIndex kRun{3};
  static constexpr ColumnIndex kProcsUsed{4};
  static constexpr ColumnIndex kProcsRequested{7};
  static constexpr ColumnIndex kTimeRequested{8};
  static constexpr ColumnIndex kStatus{10};
  static constexpr ColumnIndex kUser{11};
};

}  // namespace

std::unique_ptr<TraceReader> open_swf(InputFile input, Problems& problems) {
  return std::make_unique<SwfReader>(std::make_unique<SwfFile>(std::move(input), problems), problems);
}

}  // namespace seatrial
