// The `where` of a trace entry: which rows to keep, by the raw text of the file's own columns. Conditions are bound to
// columns once; then a row costs one comparison per condition.
#pragma once

#include <vector>

#include "traces/row_source.h"
#include "traces/trace.h"

namespace seatrial {

class RowFilter {
 public:
  // A condition on a column that the file lacks is a problem at the condition's place, with the nearest name.
  // `path` is that of the trace entry.
  RowFilter(const std::vector<WhereCondition>& conditions, RowSource& rows, const std::string& path,
            Problems& problems);

  // True if every condition holds for the current row. An ordering operator never holds for an empty field; on other
  // text that is not a number it is a problem with the field's place.
  [[nodiscard]] bool keeps_row();

 private:
  struct Bound {
    const WhereCondition* condition;
    std::size_t column;
  };
  bool holds(const Bound& bound);
  bool compare(const Bound& bound, std::string_view field);

  const RowSource& rows_;
  Problems& problems_;
  std::vector<Bound> bound_;
};

}  // namespace seatrial
