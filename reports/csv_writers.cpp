// Rows of the CSV files, formatted into large buffers without an allocation per row; see csv_writers.h.
#include "reports/csv_writers.h"

#include <algorithm>

#include "models/cluster.h"
#include "models/job_table.h"
#include "models/workload.h"
#include "reports/csv.h"
#include "sim/error.h"
#include "sim/text.h"

namespace seatrial {
namespace {

// Every distinct text, quoted once.
std::vector<std::string> quoted_texts(const StringTable& texts) {
  std::vector<std::string> quoted(texts.size());
  for (std::uint32_t i = 0; i < texts.size(); ++i) append_csv_field(quoted[i], texts.text({i}));
  return quoted;
}

void append_job_name(const Workload& workload, JobId job, std::string& out) {
  const std::size_t start = out.size();
  workload.append_name(job, out);
  quote_csv_field(out, start);
}

void append_nodes(std::span<const Piece> pieces, const NodeNames& nodes, std::string& out) {
  const std::size_t start = out.size();
  for (const Piece& piece : pieces) {
    if (out.size() != start) out += '|';
    nodes.append(piece.node, out);
  }
  quote_csv_field(out, start);
}

void append_times(const Workload& workload, const JobTable& table, JobId job, std::string& out) {
  const Time submit = workload.submit(job);
  const Time start = table.start[job];
  const Time end = table.end[job];
  append_seconds(out, submit.ns);
  out += ',';
  if (start != kNever) append_seconds(out, start.ns);
  out += ',';
  if (end != kNever) append_seconds(out, end.ns);
  out += ',';
  if (start != kNever) append_seconds(out, table.waited[job].ns);
  out += ',';
  if (end != kNever) append_seconds(out, (end - submit).ns);
}

}  // namespace

void ClusterNodeNames::append(NodeId node, std::string& out) const { cluster_.append_node_name(node, out); }

void write_jobs_csv(const Workload& workload, const JobTable& table, const NodeNames& nodes, ByteSink& sink) {
  Buffered buffer(sink);
  std::string& out = buffer.text;
  const std::vector<std::string> texts = quoted_texts(workload.texts());
  out += "job_id,tenant,submit_s,start_s,end_s,wait_s,jct_s,gpus,state,trace_state,preemptions,nodes\n";
  for (const JobId job : workload.file_order()) {
    const Request& request = workload.request(job);
    append_job_name(workload, job, out);
    out += ',';
    out += texts[request.tenant.index];
    out += ',';
    append_times(workload, table, job, out);
    out += ',';
    append_integer(out, request.gpus);
    out += ',';
    out += job_state_name(table.state[job]);
    out += ',';
    out += texts[workload.trace_state(job).index];
    out += ',';
    append_integer(out, table.preemptions[job]);
    out += ',';
    append_nodes(table.pieces(job), nodes, out);
    out += '\n';
    buffer.flush_if_full();
  }
  buffer.flush();
}

void write_waits_csv(const Workload& workload, const JobTable& table, ByteSink& sink) {
  Buffered buffer(sink);
  std::string& out = buffer.text;
  out += "job_id";
  for (std::size_t reason = 0; reason < kWaitReasons; ++reason) {
    out += ',';
    out += wait_reason_name(static_cast<WaitReason>(reason));
    out += "_s";
  }
  out += '\n';
  for (const JobId job : workload.file_order()) {
    const WaitSplit split = table.wait_split(job);
    if (std::all_of(split.begin(), split.end(), [](Duration part) { return part.ns == 0; })) continue;
    append_job_name(workload, job, out);
    for (const Duration part : split) {
      out += ',';
      append_seconds(out, part.ns);
    }
    out += '\n';
    buffer.flush_if_full();
  }
  buffer.flush();
}

void write_rejected_csv(const Workload& workload, const JobTable& table, ByteSink& sink) {
  Buffered buffer(sink);
  std::string& out = buffer.text;
  out += "job_id,reason\n";
  for (const JobId job : workload.file_order()) {
    if (table.state[job] != JobState::Rejected) continue;
    append_job_name(workload, job, out);
    out += ',';
    append_csv_field(out, table.reject_reasons[table.reject_row[job]]);
    out += '\n';
    buffer.flush_if_full();
  }
  buffer.flush();
}

void write_series_csv(const Series& series, ByteSink& sink) {
  Buffered buffer(sink);
  std::string& out = buffer.text;
  out += "t_s,interval_s";
  for (const std::string& column : series.columns) {
    out += ',';
    append_csv_field(out, column);
  }
  out += '\n';
  std::int64_t at = series.start.ns;
  const std::size_t columns = series.columns.size();
  for (std::size_t row = 0; row < series.rows(); ++row) {
    append_seconds(out, at);
    out += ',';
    append_seconds(out, series.length(row).ns);
    for (std::size_t i = 0; i < columns; ++i) {
      out += ',';
      append_number(out, series.cells[row * columns + i]);
    }
    out += '\n';
    at += series.length(row).ns;
    buffer.flush_if_full();
  }
  buffer.flush();
}

Series read_series_csv(std::string_view text, const std::string& file) {
  Series series;
  CsvRows rows(text);
  std::vector<std::string> fields;
  if (!rows.next(fields) || fields.size() < 2 || fields[0] != "t_s" || fields[1] != "interval_s") {
    throw InputError({file, 1, 0}, "", "this is not a series.csv of seatrial");
  }
  series.columns.assign(fields.begin() + 2, fields.end());
  for (std::uint32_t line = 2; rows.next(fields); ++line) {
    const bool whole = fields.size() == series.columns.size() + 2;
    const auto at = whole ? parse_seconds_ns(fields[0]) : std::nullopt;
    const auto length = whole ? parse_seconds_ns(fields[1]) : std::nullopt;
    if (!at || !length) throw InputError({file, line, 0}, "", "damaged row");
    if (line == 2) {
      series.start = Time{*at};
      series.interval = Duration{*length};
    }
    series.last_interval = Duration{*length};
    for (std::size_t i = 2; i < fields.size(); ++i) {
      const auto value = parse_number(fields[i]);
      if (!value) throw InputError({file, line, 0}, series.columns[i - 2], "not a number: " + quoted(fields[i]));
      series.cells.push_back(*value);
    }
  }
  return series;
}

void write_placements_csv(const Workload& workload, const PlacementLog& log, const NodeNames& nodes, ByteSink& sink) {
  Buffered buffer(sink);
  std::string& out = buffer.text;
  out += "idx,pod,node,gpus,arrived_milli,used_milli,frag_milli\n";
  std::int64_t index = 0;
  for (const PlacementRow& row : log.rows) {
    append_integer(out, index++);
    out += ',';
    append_job_name(workload, row.job, out);
    out += ',';
    const std::size_t start = out.size();
    if (row.node.valid()) nodes.append(row.node, out);
    quote_csv_field(out, start);
    out += ',';
    for (std::size_t i = 0; i < row.devices.size(); ++i) {
      if (i != 0) out += '-';
      append_integer(out, row.devices[i]);
    }
    out += ',';
    append_integer(out, row.arrived_milli);
    out += ',';
    append_integer(out, row.used_milli);
    out += ',';
    if (log.fragmented) append_two_digits(out, row.fragmented_milli);
    out += '\n';
    buffer.flush_if_full();
  }
  buffer.flush();
}

}  // namespace seatrial
