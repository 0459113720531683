// Readers of speed tables; see speed_tables.h.
#include "traces/speed_tables.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/text.h"
#include "traces/cells.h"
#include "traces/csv.h"

namespace seatrial {
namespace {

constexpr double kMostSteps = 1e9;
constexpr std::int64_t kMostGangGpus = 65'536;

// A file that is being read, and what its rows have in common.
class TableReader {
 public:
  TableReader(InputFile input, SpeedTablesBuilder& builder)
      : builder_(builder), rows_(std::move(input), problems_), cells_(rows_, problems_) {}

  [[nodiscard]] bool next() {
    if (problems_.full() || !rows_.next()) return false;
    cells_.begin_row();
    return true;
  }
  void require(std::string_view what, std::initializer_list<std::string_view> names) {
    cells_.require(what, names);
    problems_.throw_if_any();
  }
  // Call at the end: throws what was wrong; a table without a row is wrong too.
  void finish() {
    problems_.throw_if_any();
    if (rows_.rows_begun() == 0) throw InputError(rows_.header_place(), "", "the table has no rows");
  }
  Cells& cells() { return cells_; }
  [[nodiscard]] ColumnIndex column(std::string_view name) const { return cells_.column(name); }
  [[nodiscard]] const std::vector<std::string>& columns() const { return rows_.columns(); }
  void refuse_column(std::size_t index, std::string hint) {
    problems_.add(rows_.place(index), "", "unknown column \"" + quoted(columns()[index]) + "\"", std::move(hint));
  }

  std::uint16_t gpu(ColumnIndex column) {
    const std::uint16_t index = builder_.gpu(name(column));
    if (index == SpeedTables::kAbsent) {
      cells_.problem(column, "more than " + std::to_string(SpeedTables::kMaxGpus) + " GPU types");
    }
    return index;
  }
  std::uint16_t workload(ColumnIndex model, ColumnIndex scale) {
    std::int64_t gpus = 1;
    if (scale.present()) gpus = cells_.integer(scale, 1, kMostGangGpus);
    const std::uint16_t index = builder_.workload(name(model), static_cast<std::uint32_t>(gpus));
    if (index == SpeedTables::kAbsent) {
      cells_.problem(model, "more than " + std::to_string(SpeedTables::kMaxWorkloads) + " workloads");
    }
    return index;
  }

 private:
  std::string_view name(ColumnIndex column) {
    if (!cells_.has(column)) cells_.problem(column, "must name something");
    return cells_.text(column);
  }

  SpeedTablesBuilder& builder_;
  Problems problems_;
  CsvFile rows_;
  Cells cells_;
};

struct ProfileColumn {
  const char* name;
  double WorkloadProfile::*member;
  double low;  // excluded where it is 0 and may_be_zero is false
  double high;
  bool may_be_zero;
};
constexpr std::array<ProfileColumn, 8> kProfileColumns{{
    {"compute", &WorkloadProfile::compute, 0, 1, false},
    {"bandwidth", &WorkloadProfile::bandwidth, 0, 1, true},
    {"compute_bound", &WorkloadProfile::compute_bound, 0, 1, true},
    {"bandwidth_bound", &WorkloadProfile::bandwidth_bound, 0, 1, true},
    {"duty", &WorkloadProfile::duty, 0, 1, false},
    {"power", &WorkloadProfile::power, 0, 10, true},
    {"sm_saturation", &WorkloadProfile::sm_saturation, 0, 1, false},
    {"sm_exponent", &WorkloadProfile::sm_exponent, 0, 10, false},
}};

// A mistyped column would leave a default in silence.
void refuse_unknown_columns(TableReader& table) {
  std::vector<std::string> known{"model", "scale_factor"};
  for (const ProfileColumn& column : kProfileColumns) known.emplace_back(column.name);
  for (std::size_t i = 0; i < table.columns().size(); ++i) {
    const std::string& name = table.columns()[i];
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string near = nearest_name(name, known);
    table.refuse_column(i, near.empty() ? "" : "did you mean \"" + near + "\"?");
  }
}

void read_profile_cell(const ProfileColumn& field, ColumnIndex column, Cells& cells, WorkloadProfile& profile) {
  if (!cells.has(column)) return;
  const double value = cells.number(column, field.low, field.high);
  if (value == 0 && !field.may_be_zero && cells.row_is_good()) cells.problem(column, "must be above 0");
  profile.*field.member = value;
}

}  // namespace

void read_isolated_speeds(InputFile input, SpeedTablesBuilder& builder) {
  TableReader table(std::move(input), builder);
  table.require("a table of isolated speeds", {"gpu_type", "model", "scale_factor", "steps_per_s"});
  const ColumnIndex gpu_column = table.column("gpu_type");
  const ColumnIndex model = table.column("model");
  const ColumnIndex scale = table.column("scale_factor");
  const ColumnIndex steps = table.column("steps_per_s");
  while (table.next()) {
    const std::uint16_t gpu = table.gpu(gpu_column);
    const std::uint16_t workload = table.workload(model, scale);
    if (!table.cells().has(steps)) continue;
    const double steps_per_s = table.cells().number(steps, 0, kMostSteps);
    if (!table.cells().row_is_good()) continue;
    if (!builder.set_isolated(gpu, workload, steps_per_s)) table.cells().problem(model, "measured twice on that GPU");
  }
  table.finish();
}

void read_colocated_speeds(InputFile input, SpeedTablesBuilder& builder) {
  TableReader table(std::move(input), builder);
  table.require("a table of co-located speeds",
                {"gpu_type", "model_a", "scale_a", "model_b", "scale_b", "steps_per_s_a", "steps_per_s_b"});
  const ColumnIndex gpu_column = table.column("gpu_type");
  const std::array<ColumnIndex, 2> model{table.column("model_a"), table.column("model_b")};
  const std::array<ColumnIndex, 2> scale{table.column("scale_a"), table.column("scale_b")};
  const std::array<ColumnIndex, 2> steps{table.column("steps_per_s_a"), table.column("steps_per_s_b")};
  while (table.next()) {
    const std::uint16_t gpu = table.gpu(gpu_column);
    const std::uint16_t a = table.workload(model[0], scale[0]);
    const std::uint16_t b = table.workload(model[1], scale[1]);
    const double of_a = table.cells().number(steps[0], 0, kMostSteps);
    const double of_b = table.cells().number(steps[1], 0, kMostSteps);
    if (!table.cells().row_is_good()) continue;
    const bool same_again =
        builder.set_colocated({gpu, a, b}, of_a) == of_a && builder.set_colocated({gpu, b, a}, of_b) == of_b;
    if (!same_again) table.cells().problem(model[0], "the pair was measured before with other figures");
  }
  table.finish();
}

void read_workload_profiles(InputFile input, SpeedTablesBuilder& builder) {
  TableReader table(std::move(input), builder);
  refuse_unknown_columns(table);
  table.require("a table of workload profiles", {"model"});
  const ColumnIndex model = table.column("model");
  const ColumnIndex scale = table.column("scale_factor");
  std::array<ColumnIndex, kProfileColumns.size()> columns;
  for (std::size_t i = 0; i < columns.size(); ++i) columns[i] = table.column(kProfileColumns[i].name);
  std::set<std::uint16_t> seen;
  while (table.next()) {
    const std::uint16_t workload = table.workload(model, scale);
    WorkloadProfile profile;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      read_profile_cell(kProfileColumns[i], columns[i], table.cells(), profile);
    }
    if (!table.cells().row_is_good()) continue;
    if (!seen.insert(workload).second) table.cells().problem(model, "has a profile already");
    builder.set_profile(workload, profile);
  }
  table.finish();
}

}  // namespace seatrial
