// CSV as RFC 4180 has it: comma, LF line ends, a field in double quotes where it holds a comma, a quote or a line
// break, quotes doubled. Nothing else is changed: a name that begins with `=` stays so.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace seatrial {

// Appends a field, quoted if needed.
void append_csv_field(std::string& out, std::string_view field);
// Quotes what was appended to `out` from `start` on, if needed.
void quote_csv_field(std::string& out, std::size_t start);
void append_integer(std::string& out, std::int64_t value);
// The shortest text that reads back as the same double; empty where it is not finite.
void append_number(std::string& out, double value);
// With exactly two digits after the point.
void append_two_digits(std::string& out, double value);

// Reads one of our own CSV texts, row by row. Fields are valid until the next call.
class CsvRows {
 public:
  explicit CsvRows(std::string_view text) : rest_(text) {}
  // False at the end.
  bool next(std::vector<std::string>& fields);

 private:
  std::string_view rest_;
};

}  // namespace seatrial
