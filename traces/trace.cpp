// Opening, filtering, shaping and adding; see trace.h.
#include "traces/trace.h"

#include <charconv>
#include <cmath>

#include "sim/text.h"
#include "traces/openb_order.h"
#include "traces/registry.h"
#include "traces/shape.h"
#include "traces/where.h"

namespace seatrial {
namespace {

constexpr std::size_t kMaxJobs = 500'000'000;

const TraceFormat& format_of(const TraceOptions& options) {
  const TraceFormat* const format = find_trace_format(options.format);
  if (format != nullptr) return *format;
  std::vector<std::string> names;
  for (const TraceFormat& known : trace_formats()) names.emplace_back(known.name);
  std::string hint = "known: ";
  for (std::size_t i = 0; i < names.size(); ++i) hint += (i == 0 ? "" : ", ") + names[i];
  const std::string near = nearest_name(options.format, names);
  if (!near.empty()) hint += " (did you mean \"" + near + "\"?)";
  throw InputError(options.place, options.key("format"), "unknown trace format \"" + quoted(options.format) + "\"",
                   hint);
}

// Everything that one reading of a file shares.
struct Reading {
  const TraceOptions& options;
  Problems problems;
  std::unique_ptr<TraceReader> reader;
  std::uint64_t skipped = 0;
};

// Adds every kept job to the builder, in file order; `kept_rows` gets the row of each if it is not null.
void add_kept(Reading& reading, JobShaper& shaper, WorkloadBuilder& builder, std::vector<std::uint64_t>* kept_rows) {
  RowSource& rows = reading.reader->rows();
  RowFilter filter(reading.options.where, rows, reading.options.path, reading.problems);
  reading.problems.throw_if_any();
  char digits[24];
  JobRecord record;
  while (rows.next()) {
    if (!filter.keeps_row()) continue;
    const RowResult result = reading.reader->read(record);
    if (result == RowResult::Skipped) ++reading.skipped;
    if (result != RowResult::Job) continue;
    if (!shaper.shape(record)) {
      reading.problems.add(rows.place(0), "", "the times of the trace span more than 2^63 ns (about 292 years)");
      continue;
    }
    if (record.name.empty()) {
      const auto end = std::to_chars(digits, digits + sizeof digits, record.row).ptr;
      record.name = {digits, static_cast<std::size_t>(end - digits)};
    }
    if (builder.size() >= kMaxJobs) throw InputError(rows.place(0), "", "the workload has more than 500000000 jobs");
    builder.add(record);
    if (kept_rows != nullptr) kept_rows->push_back(record.row);
  }
  reading.problems.throw_if_any();
}

void check_options(const TraceOptions& options) {
  if (!(options.load > 0) || !std::isfinite(options.load)) {
    throw InputError(options.place, options.key("load"), "must be a number above 0");
  }
  if (options.truncate.ns < 0) throw InputError(options.place, options.key("truncate"), "must not be negative");
  if (!options.order_file.empty() && options.format != "openb") {
    throw InputError(options.place, options.key("order"), "only the format openb has an explicit order");
  }
}

}  // namespace

void read_trace(const TraceOptions& options, WorkloadBuilder& builder, std::uint64_t seed) {
  const TraceFormat& format = format_of(options);
  check_options(options);
  Reading reading{options, {}, nullptr};
  reading.reader = format.open(InputFile({options.file, options.place, options.key("file")}), reading.problems);
  reading.problems.throw_if_any();
  JobShaper shaper(options, seed);
  const std::size_t jobs_before = builder.size();
  if (!options.order_file.empty()) {
    WorkloadBuilder pods_builder;
    OpenbPods pods;
    add_kept(reading, shaper, pods_builder, &pods.rows);
    pods.kept = pods_builder.build();
    pods.rows_in_file = reading.reader->rows().rows_begun();
    if (!pods.rows.empty()) {
      add_in_order(InputFile({options.order_file, options.place, options.key("order")}), options.order_seed, pods,
                   builder);
    }
  } else if (options.load != 1.0) {
    WorkloadBuilder unscaled;
    add_kept(reading, shaper, unscaled, nullptr);
    shaper.add_scaled(unscaled.build(), builder);
  } else {
    add_kept(reading, shaper, builder, nullptr);
  }
  builder.add_skipped(reading.skipped);
  if (builder.size() != jobs_before) return;
  const bool any_rows = reading.reader->rows().rows_begun() != 0;
  throw InputError(Place{options.file == "-" ? "<stdin>" : options.file}, "", "the trace has no job left",
                   any_rows && !options.where.empty() ? "no row matches `where`" : "");
}

}  // namespace seatrial
