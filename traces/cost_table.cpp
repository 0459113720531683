// See cost_table.h.
#include "traces/cost_table.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <utility>

#include "sim/text.h"
#include "traces/cells.h"
#include "traces/csv.h"

namespace seatrial {
namespace {

constexpr double kMost = 1e30;
constexpr std::size_t kMostRows = 1'000'000;

bool all_there(const Cells& cells, const std::vector<std::string>& names) {
  return std::all_of(names.begin(), names.end(), [&](const std::string& name) { return cells.column(name).present(); });
}
bool any_there(const Cells& cells, const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) { return cells.column(name).present(); });
}

std::string known_layouts() {
  std::string text = "known tables have the columns";
  for (const auto& family : cost_families()) {
    for (const CostFamily::Columns& layout : family->layouts()) {
      text += &layout == family->layouts().data() && family == cost_families().front() ? " " : "; or ";
      for (const std::string& name : layout.keys) text += name + ',';
      for (const std::string& name : layout.numbers) text += name + ',';
      text += layout.times.size() > 3 ? "and times of operators" : layout.times.front();
      for (std::size_t i = 1; i < layout.times.size() && layout.times.size() <= 3; ++i) text += ',' + layout.times[i];
    }
  }
  return text;
}

void find_layout(const Cells& cells, const RowSource& rows, CostTable& table) {
  for (const auto& family : cost_families()) {
    for (const CostFamily::Columns& layout : family->layouts()) {
      const bool fits = all_there(cells, layout.keys) && all_there(cells, layout.numbers) &&
                        (layout.any_time ? any_there(cells, layout.times) : all_there(cells, layout.times));
      if (!fits) continue;
      table.family = family.get();
      table.layout = &layout;
      return;
    }
  }
  throw InputError(rows.header_place(), "", "no table of times that seatrial knows has these columns", known_layouts());
}

bool is_absent(std::string_view cell) { return cell.empty() || cell == "nan" || cell == "NaN"; }

// NaN where the cell says that there is none.
double number(Cells& cells, ColumnIndex column) {
  if (!column.present() || is_absent(cells.raw(column))) return std::numeric_limits<double>::quiet_NaN();
  return cells.number(column, -kMost, kMost);
}

CostPoint read_point(Cells& cells, const CostFamily::Columns& layout, bool& usable) {
  CostPoint point;
  usable = true;
  for (const std::string& name : layout.keys) point.keys.emplace_back(cells.text(cells.column(name)));
  for (const std::string& name : layout.numbers) {
    point.numbers.push_back(number(cells, cells.column(name)));
    usable = usable && (point.numbers.back() > 0 || (layout.from_zero && point.numbers.back() == 0));
  }
  for (const std::string& name : layout.times) {
    const ColumnIndex column = cells.column(name);
    point.times.push_back(number(cells, column));
    if (point.times.back() < 0) cells.problem(column, "a time is not negative");
  }
  return point;
}

}  // namespace

CostTable read_cost_table(InputFile input) {
  Problems problems;
  CsvFile rows(std::move(input), problems);
  Cells cells(rows, problems);
  CostTable table;
  find_layout(cells, rows, table);
  table.columns = rows.columns();
  while (!problems.full() && rows.next()) {
    cells.begin_row();
    bool usable = true;
    CostPoint point = read_point(cells, *table.layout, usable);
    if (!cells.row_is_good()) continue;
    if (table.points.size() >= kMostRows) {
      throw InputError(rows.header_place(), "", "more than " + std::to_string(kMostRows) + " rows");
    }
    table.points.push_back(std::move(point));
    table.usable.push_back(usable);
    std::vector<std::string>& cells_of_row = table.rows.emplace_back();
    for (const std::string_view cell : rows.fields()) cells_of_row.push_back(to_utf8(cell));
  }
  problems.throw_if_any();
  if (table.points.empty()) throw InputError(rows.header_place(), "", "the table has no rows");
  return table;
}

std::string csv_line(const std::vector<std::string>& cells) {
  std::string line;
  for (const std::string& cell : cells) {
    if (&cell != cells.data()) line += ',';
    if (cell.find_first_of(",\"\r\n") == std::string::npos) {
      line += cell;
      continue;
    }
    line += '"';
    for (const char c : cell) line += c == '"' ? std::string("\"\"") : std::string(1, c);
    line += '"';
  }
  return line + '\n';
}

std::string number_cell(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

}  // namespace seatrial
