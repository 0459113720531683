// Binding and testing of conditions; see where.h.
#include "traces/where.h"

#include <algorithm>

#include "sim/check.h"
#include "sim/text.h"

namespace seatrial {

RowFilter::RowFilter(const std::vector<WhereCondition>& conditions, RowSource& rows, const std::string& path,
                     Problems& problems)
    : rows_(rows), problems_(problems) {
  const auto& columns = rows.columns();
  for (const WhereCondition& condition : conditions) {
    const auto found = std::find(columns.begin(), columns.end(), condition.column);
    if (found != columns.end()) {
      bound_.push_back({&condition, static_cast<std::size_t>(found - columns.begin())});
      rows.need(bound_.back().column);
      continue;
    }
    std::string hint = "the columns are ";
    for (std::size_t i = 0; i < columns.size() && i < 20; ++i) hint += (i == 0 ? "" : ", ") + quoted(columns[i], 40);
    if (columns.size() > 20) hint += ", ...";
    const std::string near = nearest_name(condition.column, columns);
    if (!near.empty()) hint += " (did you mean \"" + quoted(near) + "\"?)";
    problems.add(condition.place, path.empty() ? "where" : path + ".where",
                 "the file has no column \"" + quoted(condition.column) + "\"", std::move(hint));
  }
}

bool RowFilter::keeps_row() {
  return std::all_of(bound_.begin(), bound_.end(), [this](const Bound& bound) { return holds(bound); });
}

bool RowFilter::holds(const Bound& bound) {
  const std::string_view field = rows_.fields()[bound.column];
  const auto& values = bound.condition->values;
  switch (bound.condition->op) {
    case WhereCondition::Op::Equal:
      return std::find(values.begin(), values.end(), field) != values.end();
    case WhereCondition::Op::NotEqual:
      return std::find(values.begin(), values.end(), field) == values.end();
    case WhereCondition::Op::Less:
    case WhereCondition::Op::LessEqual:
    case WhereCondition::Op::Greater:
    case WhereCondition::Op::GreaterEqual:
      return compare(bound, field);
  }
  CHECK(false);
}

bool RowFilter::compare(const Bound& bound, std::string_view field) {
  if (field.empty()) return false;
  const auto value = parse_number(field);
  if (!value) {
    problems_.add(rows_.place(bound.column), "",
                  bound.condition->column + ": cannot be compared with a number: \"" + quoted(field) + "\"",
                  "`where` compares text with == and != only");
    return false;
  }
  const double number = bound.condition->number;
  switch (bound.condition->op) {
    case WhereCondition::Op::Less:
      return *value < number;
    case WhereCondition::Op::LessEqual:
      return *value <= number;
    case WhereCondition::Op::Greater:
      return *value > number;
    case WhereCondition::Op::GreaterEqual:
      return *value >= number;
    case WhereCondition::Op::Equal:
    case WhereCondition::Op::NotEqual:
      break;
  }
  CHECK(false);
}

}  // namespace seatrial
