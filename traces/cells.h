// Typed access to the fields of a row. A reader asks for what it needs; what cannot be had becomes a problem with the
// field's place and marks the row as bad, and a harmless value is returned, so that a reader is a straight list of
// assignments and every mistake of a row is reported.
#pragma once

#include <cstdint>
#include <deque>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "traces/row_source.h"

namespace seatrial {

inline constexpr std::int64_t kMaxJobGpus = 10'000'000;

// Index of a column of a RowSource; absent if the file does not have it.
struct ColumnIndex {
  static constexpr std::size_t kAbsent = static_cast<std::size_t>(-1);
  std::size_t index = kAbsent;
  [[nodiscard]] bool present() const { return index != kAbsent; }
};

class Cells {
 public:
  Cells(const RowSource& rows, Problems& problems) : rows_(rows), problems_(problems) {}

  [[nodiscard]] ColumnIndex column(std::string_view name) const;
  // The columns that a format cannot do without; all missing ones are problems.
  void require(std::string_view format, std::initializer_list<std::string_view> names);

  // Forgets the mistakes of the row before. Call it first for each row.
  void begin_row();
  [[nodiscard]] bool row_is_good() const { return good_; }

  // The field as it is in the file; empty if the column is absent.
  [[nodiscard]] std::string_view raw(ColumnIndex column) const {
    return column.present() ? rows_.fields()[column.index] : std::string_view();
  }
  [[nodiscard]] bool has(ColumnIndex column) const { return !raw(column).empty(); }
  // As UTF-8: ill-formed bytes become U+FFFD. Valid until the next begin_row().
  [[nodiscard]] std::string_view text(ColumnIndex column);

  // Instants in seconds, of any sign.
  [[nodiscard]] std::int64_t instant_ns(ColumnIndex column);
  // Lengths of time in seconds, >= 0.
  [[nodiscard]] std::int64_t duration_ns(ColumnIndex column);
  // Instants as "2020-04-01 12:34:56" and the like, counted from an epoch in s since 1970; nothing where the column is
  // absent or has one of the words for "no time".
  [[nodiscard]] std::optional<std::int64_t> wall_clock_ns(ColumnIndex column, std::int64_t epoch_s);
  // Whole numbers, low..high.
  [[nodiscard]] std::int64_t integer(ColumnIndex column, std::int64_t low, std::int64_t high);
  // Numbers of GPUs (or processors), 0..10^7.
  [[nodiscard]] std::uint32_t gpus(ColumnIndex column);
  // A finite decimal number, low..high.
  [[nodiscard]] double number(ColumnIndex column, double low, double high);
  // The same, nothing where the field is empty or the column absent.
  [[nodiscard]] std::optional<std::int64_t> optional_instant_ns(ColumnIndex column);
  [[nodiscard]] std::optional<std::int64_t> optional_duration_ns(ColumnIndex column);
  [[nodiscard]] std::optional<std::int64_t> optional_integer(ColumnIndex column, std::int64_t low, std::int64_t high);

  // Reports `what` about a field and marks the row as bad; the field's text is quoted behind it.
  void problem(ColumnIndex column, std::string_view what);

 private:
  std::optional<std::int64_t> seconds(ColumnIndex column);

  const RowSource& rows_;
  Problems& problems_;
  bool good_ = true;
  std::deque<std::string> repaired_;  // texts of this row that were not UTF-8
};

}  // namespace seatrial
