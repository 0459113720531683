// What a trace format implements: rows of one open file, each to a job. Opened through the table in registry.h.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "models/workload.h"
#include "traces/cells.h"
#include "traces/row_source.h"

namespace seatrial {

enum class RowResult : std::uint8_t {
  Job,      // the record is filled
  Skipped,  // not a job by the format's own rule; counted
  Bad,      // has problems, which were added
};

class TraceReader {
 public:
  TraceReader(std::unique_ptr<RowSource> rows, Problems& problems) : rows_(std::move(rows)), cells_(*rows_, problems) {}
  TraceReader(const TraceReader&) = delete;
  TraceReader& operator=(const TraceReader&) = delete;
  virtual ~TraceReader() = default;

  [[nodiscard]] RowSource& rows() { return *rows_; }
  // The current row of rows() as a job. Texts are valid until the next call.
  [[nodiscard]] RowResult read(JobRecord& record) {
    cells_.begin_row();
    record = JobRecord{};
    record.row = rows_->row();
    const RowResult result = map(record);
    return cells_.row_is_good() ? result : RowResult::Bad;
  }

 protected:
  // Fills the record, whose row is set already. The result matters only if no problem was reported.
  virtual RowResult map(JobRecord& record) = 0;

  std::unique_ptr<RowSource> rows_;
  Cells cells_;
};

}  // namespace seatrial
