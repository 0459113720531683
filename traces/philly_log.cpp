// Attempts to jobs; see philly_log.h.
#include "traces/philly_log.h"

#include <array>
#include <nlohmann/json.hpp>

#include "sim/text.h"
#include "sim/time.h"
#include "traces/json_array.h"
#include "traces/wall_clock.h"

namespace seatrial {
namespace {

using Json = nlohmann::json;

constexpr std::array<const char*, 5> kKeys{"jobid", "submitted_time", "status", "vc", "user"};
constexpr ColumnIndex kJobId{0};
constexpr ColumnIndex kSubmitted{1};
constexpr ColumnIndex kStatus{2};
constexpr ColumnIndex kVc{3};
constexpr ColumnIndex kUser{4};

// The jobs of the log as rows of its scalar keys; the attempts stay in the object.
class PhillyRows final : public RowSource {
 public:
  PhillyRows(InputFile input, Problems& problems) : objects_(std::move(input)), problems_(problems) {
    columns_.assign(kKeys.begin(), kKeys.end());
    fields_.resize(kKeys.size());
    texts_.resize(kKeys.size());
  }

  bool next() override {
    while (objects_.next(text_)) {
      ++rows_begun_;
      if (!is_utf8(text_)) text_ = to_utf8(text_);
      if (parse()) return true;
    }
    return false;
  }

  Place place(std::size_t /*field*/) const override { return objects_.place(text_, 0); }
  [[nodiscard]] const Json& job() const { return job_; }

 private:
  bool parse() {
    try {
      job_ = Json::parse(text_);
    } catch (const Json::parse_error& error) {
      problems_.add(objects_.place(text_, error.byte == 0 ? 0 : error.byte - 1), "", "this is not JSON");
      return false;
    } catch (const Json::exception&) {
      problems_.add(objects_.place(text_, 0), "", "the object has a number that is too large");
      return false;
    }
    for (std::size_t i = 0; i < kKeys.size(); ++i) {
      const auto found = job_.find(kKeys[i]);
      texts_[i].clear();
      if (found != job_.end() && found->is_string()) texts_[i] = found->get<std::string>();
      if (found != job_.end() && found->is_number()) texts_[i] = found->dump();
      if (texts_[i].find('\0') != std::string::npos) {
        problems_.add(place(0), "", std::string(kKeys[i]) + " contains a NUL byte");
        return false;
      }
      fields_[i] = texts_[i];
    }
    return true;
  }

  JsonArray objects_;
  Problems& problems_;
  std::string text_;
  Json job_;
  std::vector<std::string> texts_;
};

// A local time of the log in ns from the epoch; nothing where it is missing.
struct LogTime {
  std::optional<std::int64_t> ns;
  bool good = true;
};

LogTime log_time(std::string_view text) {
  if (is_missing_time(text)) return {};
  const auto local_ns = parse_wall_clock_ns(text);
  constexpr std::int64_t kYears_s = 100LL * 365 * 86400;  // keeps all differences far from overflow
  const std::int64_t local_s = local_ns.value_or(0) / kNsPerSecond;
  if (!local_ns || local_s < -kYears_s || local_s > kYears_s) return {std::nullopt, false};
  const std::int64_t epoch_s = kPhillyEpochS - pacific_offset_s(kPhillyEpochS);
  return {*local_ns - (pacific_offset_s(local_s) + epoch_s) * kNsPerSecond, true};
}

LogTime log_time(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return {};
  if (!found->is_string()) return {std::nullopt, false};
  return log_time(found->get_ref<const std::string&>());
}

std::int64_t gpus_of(const Json& attempt) {
  std::int64_t gpus = 0;
  const auto detail = attempt.find("detail");
  if (detail == attempt.end() || !detail->is_array()) return 0;
  for (const Json& machine : *detail) {
    const auto list = machine.is_object() ? machine.find("gpus") : machine.end();
    if (list != machine.end() && list->is_array()) gpus += static_cast<std::int64_t>(list->size());
  }
  return gpus;
}

class PhillyLogReader final : public TraceReader {
 public:
  PhillyLogReader(std::unique_ptr<PhillyRows> rows, Problems& problems)
      : TraceReader(std::move(rows), problems), log_(static_cast<const PhillyRows&>(*rows_)) {}

 private:
  RowResult map(JobRecord& record) override {
    const LogTime submitted = log_time(cells_.raw(kSubmitted));
    if (!submitted.good) cells_.problem(kSubmitted, "must be a time like 2017-10-07 01:14:49");
    const auto attempts = log_.job().find("attempts");
    bool ran = false;
    if (attempts != log_.job().end() && attempts->is_array()) {
      for (const Json& attempt : *attempts) ran = add_attempt(attempt, record) || ran;
    }
    if (!ran || (submitted.good && !submitted.ns)) return RowResult::Skipped;
    record.submit_ns = submitted.ns.value_or(0);
    record.name = cells_.text(kJobId);
    record.tenant = cells_.text(kVc);
    record.user = cells_.text(kUser);
    record.trace_state = cells_.text(kStatus);
    return RowResult::Job;
  }

  // True if the attempt ran and ended.
  bool add_attempt(const Json& attempt, JobRecord& record) {
    if (!attempt.is_object()) return false;
    const LogTime start = log_time(attempt, "start_time");
    const LogTime end = log_time(attempt, "end_time");
    if (!start.good || !end.good) cells_.problem(kJobId, "an attempt has a time that is not like 2017-10-07 01:14:49");
    const std::int64_t gpus = gpus_of(attempt);
    if (gpus > 0) record.gpus = static_cast<std::uint32_t>(gpus);
    if (!start.ns || !end.ns) return false;
    std::int64_t run_ns = *end.ns - *start.ns;
    // The hour that occurs twice at the end of summer time was read as its first occurrence.
    if (run_ns < 0 && run_ns >= -3600 * kNsPerSecond) run_ns += 3600 * kNsPerSecond;
    if (run_ns < 0) return false;
    if (!record.observed_start_ns) record.observed_start_ns = start.ns;
    if (__builtin_add_overflow(record.duration_ns, run_ns, &record.duration_ns)) {
      cells_.problem(kJobId, "the attempts run for more than 292 years");
    }
    return true;
  }

  const PhillyRows& log_;
};

}  // namespace

std::unique_ptr<TraceReader> read_philly_log(InputFile input, Problems& problems) {
  return std::make_unique<PhillyLogReader>(std::make_unique<PhillyRows>(std::move(input), problems), problems);
}

}  // namespace seatrial
