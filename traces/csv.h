// Delimiter-separated tables: a header of column names, then rows of as many fields. Quotes follow RFC 4180 where the
// dialect has them. Fields without quotes are views into the line buffer: no copies, no allocation per row.
// Problems (the row is passed over, reading goes on): ragged rows, NUL, misplaced and unclosed quotes. A file without a
// header, or with more than 1,024 or repeated columns, is an InputError.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "traces/line_reader.h"
#include "traces/row_source.h"

namespace seatrial {

inline constexpr std::size_t kMaxColumns = 1024;

struct CsvDialect {
  char delimiter = ',';
  bool quotes = true;
};

class CsvFile final : public RowSource {
 public:
  CsvFile(InputFile input, Problems& problems, CsvDialect dialect = {});
  // A file without a header line: the first line is data if its field count is that of `columns` and its first field
  // is not their first name; else it is read as a header.
  CsvFile(InputFile input, Problems& problems, const std::vector<std::string>& columns);

  [[nodiscard]] bool next() override;
  [[nodiscard]] Place place(std::size_t field) const override;

 private:
  // Extent of a field in line_, quotes included.
  struct Extent {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool quoted = false;
    bool doubled = false;  // has "" inside
  };

  void read_first_line();
  bool next_line();
  void take_header();
  bool split();
  void split_plain();
  bool split_quoted();
  bool find_quoted_end(Extent& field);
  void store(const Extent& field);
  bool bad_row(std::size_t offset, std::string what);
  [[nodiscard]] Place place_of(std::size_t offset) const;

  LineReader lines_;
  Problems& problems_;
  CsvDialect dialect_;
  std::string_view line_;
  std::vector<std::uint32_t> starts_;  // byte offsets of the fields in line_
  std::deque<std::string> unescaped_;  // fields with doubled quotes of the current row; stable addresses
  std::size_t unescaped_used_ = 0;
  std::size_t count_ = 0;                // fields in the current line
  std::size_t limit_ = kMaxColumns + 1;  // fields kept of a line; one more than fit, to tell
  bool line_is_pending_ = false;         // the first line of a headerless file waits to be read as data
};

}  // namespace seatrial
