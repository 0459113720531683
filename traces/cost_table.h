// Tables of measured times, for fits and predictions of cost models: a CSV file whose columns are those of one of the
// families (models/cost_family.h), in any order and among others. Mistakes of the file are reported with line and
// column, all at once, as an InputError.
#pragma once

#include <string>
#include <vector>

#include "models/cost_family.h"
#include "traces/input_file.h"

namespace seatrial {

struct CostTable {
  const CostFamily* family = nullptr;
  const CostFamily::Columns* layout = nullptr;
  std::vector<std::string> columns;            // of the file
  std::vector<std::vector<std::string>> rows;  // cells as in the file
  std::vector<CostPoint> points;               // one per row
  std::vector<bool> usable;                    // false: a number that must be above 0 is not
};

// The family is the one whose columns are all there; a time column may be empty, "nan" or "NaN": not measured. Rows
// whose numbers are 0, negative or missing are kept and marked.
[[nodiscard]] CostTable read_cost_table(InputFile input);

// The cells as a line of CSV, quoted where they need it.
[[nodiscard]] std::string csv_line(const std::vector<std::string>& cells);
// Nine significant digits at most; the value is finite.
[[nodiscard]] std::string number_cell(double value);

}  // namespace seatrial
