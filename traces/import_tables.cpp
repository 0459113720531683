// CSV forms; see import_measurements.h.
#include <array>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "sim/error.h"
#include "traces/cells.h"
#include "traces/csv.h"
#include "traces/import_measurements.h"
#include "traces/raw_samples.h"

namespace seatrial {
namespace {

constexpr double kMostMs = 1e12;
constexpr double kMostSize = 1e15;
constexpr double kNotMeasured = std::numeric_limits<double>::quiet_NaN();

class TableImport {
 public:
  explicit TableImport(InputFile input) : rows_(std::move(input), problems_), cells_(rows_, problems_) {}

  [[nodiscard]] ColumnIndex column(std::string_view name) const { return cells_.column(name); }
  [[nodiscard]] bool has(std::string_view name) const { return column(name).present(); }
  [[nodiscard]] std::string text(std::string_view name) { return std::string(cells_.text(column(name))); }
  void need(std::string_view format, std::initializer_list<std::string_view> names) {
    cells_.require(format, names);
    problems_.throw_if_any();
  }
  [[noreturn]] void refuse_header(std::string what) const {
    throw InputError(rows_.header_place(), "", std::move(what));
  }

  double positive(std::string_view name, double most) {
    const double value = cells_.number(column(name), 0, most);
    if (value == 0 && cells_.row_is_good()) cells_.problem(column(name), "must be above 0");
    return value;
  }
  // Milliseconds of a field that may be empty.
  double milliseconds(ColumnIndex of) { return cells_.has(of) ? cells_.number(of, 0, kMostMs) : kNotMeasured; }
  void problem(std::string_view name, std::string_view what) { cells_.problem(column(name), what); }

  // `point` is called for each row and gives the sample's point.
  template <class Point>
  std::string samples(const CostFamily& family, Point point) {
    std::string text;
    while (!problems_.full() && rows_.next()) {
      cells_.begin_row();
      const CostPoint of_row = point();
      if (cells_.row_is_good()) text += raw_sample(family, family.layouts().front(), of_row);
    }
    problems_.throw_if_any();
    if (rows_.rows_begun() == 0) refuse_header("the table has no rows");
    return text;
  }

 private:
  Problems problems_;
  CsvFile rows_;
  Cells cells_;
};

double element_bytes(TableImport& table) {
  const std::string name = table.text("nccl_dtype");
  if (name == "half" || name == "float16" || name == "bfloat16") return 2;
  if (name == "int8" || name == "fp8") return 1;
  if (name == "float" || name == "float32") return 4;
  table.problem("nccl_dtype", "unknown element type: half, bfloat16, float or int8");
  return 1;
}

std::string stack_of(TableImport& table, const std::string& name) {
  if (!name.empty()) return name;
  if (!table.has("framework")) return "aiconfigurator";
  const std::string version = table.has("version") ? '-' + table.text("version") : std::string();
  return table.text("framework") + version;
}

std::string vidur_collectives(TableImport& table, const std::string& system) {
  constexpr std::array<const char*, 5> kOperations{"all_reduce", "all_gather", "reduce_scatter", "all_to_all",
                                                   "send_recv"};
  for (const char* operation : kOperations) {
    const ColumnIndex time = table.column(std::string("time_stats.") + operation + ".median");
    if (!time.present()) continue;
    return table.samples(*find_cost_family("collectives"), [&] {
      const double gpus = table.positive("num_workers", 1e6);
      const double bytes = table.positive("size", kMostSize);
      return CostPoint{{system, operation}, {gpus, bytes}, {1000 * table.milliseconds(time)}};
    });
  }
  table.refuse_header("no column time_stats.<collective>.median");
}

}  // namespace

std::string import_aiconfigurator(InputFile input, const std::string& name) {
  TableImport table(std::move(input));
  const auto latency_us = [&] { return 1000 * table.milliseconds(table.column("latency")); };
  if (table.has("gemm_dtype")) {
    table.need("a GEMM table of aiconfigurator", {"gemm_dtype", "m", "n", "k", "latency"});
    return table.samples(*find_cost_family("gemm"), [&] {
      return CostPoint{{stack_of(table, name), table.text("gemm_dtype")},
                       {table.positive("m", kMostSize), table.positive("n", kMostSize), table.positive("k", kMostSize)},
                       {latency_us()}};
    });
  }
  table.need("a table of aiconfigurator", {"nccl_dtype", "num_gpus", "message_size", "op_name", "latency"});
  return table.samples(*find_cost_family("collectives"), [&] {
    const double bytes = table.positive("message_size", kMostSize) * element_bytes(table);
    return CostPoint{{name.empty() ? "unknown" : name, table.text("op_name")},
                     {table.positive("num_gpus", 1e6), bytes},
                     {latency_us()}};
  });
}

std::string import_vidur(InputFile input, const VidurRun& run) {
  TableImport table(std::move(input));
  if (table.has("size") && table.has("num_workers")) return vidur_collectives(table, run.device);
  table.need("a profiling table of vidur", {"num_tokens", "num_tensor_parallel_workers"});
  const CostFamily& family = *find_cost_family("operators");
  std::vector<ColumnIndex> times;
  bool any = false;
  for (const std::string& name : family.layouts().front().times) {
    times.push_back(table.column("time_stats." + name + ".median"));
    any = any || times.back().present();
  }
  if (!any) table.refuse_header("no column time_stats.<operator>.median");
  return table.samples(family, [&] {
    CostPoint point{{run.device, run.model},
                    {table.positive("num_tensor_parallel_workers", 1e6), table.positive("num_tokens", 1e9)},
                    {}};
    for (const ColumnIndex time : times) point.times.push_back(table.milliseconds(time));
    return point;
  });
}

}  // namespace seatrial
