// Reading of order files; see openb_order.h.
#include "traces/openb_order.h"

#include <algorithm>
#include <memory>

#include "sim/text.h"
#include "traces/cells.h"
#include "traces/csv.h"
#include "traces/workload_record.h"

namespace seatrial {
namespace {

// Index into pods.rows of a row of the file; rows.size() if the pod was not kept.
std::size_t kept_index(const OpenbPods& pods, std::uint64_t row) {
  if (pods.rows.size() == pods.rows_in_file) return static_cast<std::size_t>(row);
  const auto found = std::lower_bound(pods.rows.begin(), pods.rows.end(), row);
  if (found == pods.rows.end() || *found != row) return pods.rows.size();
  return static_cast<std::size_t>(found - pods.rows.begin());
}

void add_pod(const OpenbPods& pods, std::size_t index, std::int64_t tuned, WorkloadBuilder& builder) {
  std::string name;
  JobRecord record = record_of(pods.kept, pods.kept.file_order()[index], name);
  if (tuned >= 0) name += "-tuned-" + std::to_string(tuned);
  record.name = name;
  record.submit_ns = 0;
  record.observed_start_ns.reset();
  builder.add(record);
}

}  // namespace

void add_in_order(InputFile order, std::int64_t seed, const OpenbPods& pods, WorkloadBuilder& builder) {
  std::string name;
  for (const JobId job : pods.kept.file_order()) builder.count_target(record_of(pods.kept, job, name));
  Problems problems;
  CsvFile rows(std::move(order), problems);
  Cells cells(rows, problems);
  cells.require("an order file", {"seed", "seq", "pod_row", "tuned_index"});
  problems.throw_if_any();
  const ColumnIndex seed_column = cells.column("seed");
  const ColumnIndex pod_row = cells.column("pod_row");
  const ColumnIndex tuned_index = cells.column("tuned_index");
  bool found = false;
  while (rows.next()) {
    cells.begin_row();
    const auto row_seed = parse_integer(cells.raw(seed_column));
    if (!row_seed) cells.problem(seed_column, "must be a whole number");
    if (row_seed != seed && found) break;
    if (row_seed != seed) continue;
    found = true;
    const std::int64_t row = cells.integer(pod_row, 0, static_cast<std::int64_t>(pods.rows_in_file) - 1);
    const std::int64_t tuned = cells.integer(tuned_index, -1, INT32_MAX);
    const std::size_t index = kept_index(pods, static_cast<std::uint64_t>(row));
    if (cells.row_is_good() && index < pods.rows.size()) add_pod(pods, index, tuned, builder);
  }
  problems.throw_if_any();
  if (!found) throw InputError(rows.header_place(), "", "no row has seed " + std::to_string(seed));
}

}  // namespace seatrial
