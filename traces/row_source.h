// Rows of text fields under named columns: what all table-like inputs have in common, whatever separates their
// fields. The `where` filter and the readers of the formats see files only through this.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/error.h"

namespace seatrial {

class RowSource {
 public:
  RowSource() = default;
  RowSource(const RowSource&) = delete;
  RowSource& operator=(const RowSource&) = delete;
  virtual ~RowSource() = default;

  // Moves to the next well-formed row; false at the end. Malformed rows become problems and are passed over.
  [[nodiscard]] virtual bool next() = 0;
  // Says that this field will be looked at; a source may leave fields that only `where` can name empty until then.
  virtual void need(std::size_t /*field*/) {}
  // Place of a field of the current row.
  [[nodiscard]] virtual Place place(std::size_t field) const = 0;

  [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
  // One field per column, raw; valid until next().
  [[nodiscard]] std::span<const std::string_view> fields() const { return {fields_.data(), columns_.size()}; }
  // Number of the current row from 0: data rows of the file, malformed ones included; header, comments and blank
  // lines do not count.
  [[nodiscard]] std::uint64_t row() const { return rows_begun_ - 1; }
  [[nodiscard]] std::uint64_t rows_begun() const { return rows_begun_; }
  // Where the columns are named, for messages about missing ones.
  [[nodiscard]] const Place& header_place() const { return header_place_; }

 protected:
  std::vector<std::string> columns_;
  std::vector<std::string_view> fields_;  // at least columns_.size()
  std::uint64_t rows_begun_ = 0;
  Place header_place_;
};

}  // namespace seatrial
