// Traces as text in a test: written to a temporary file, read back through read_trace().
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/workload.h"
#include "traces/trace.h"

namespace seatrial {

// A file with this content, removed at the end of its life.
class TempFile {
 public:
  explicit TempFile(std::string_view content);
  TempFile(const TempFile&) = delete;
  TempFile& operator=(const TempFile&) = delete;
  ~TempFile();
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// One gzip member.
[[nodiscard]] std::string gzip(std::string_view content);

// The jobs of a trace; options.file is set here.
[[nodiscard]] Workload read_text(TraceOptions options, std::string_view content);
[[nodiscard]] Workload read_text(const std::string& format, std::string_view content);

// The message of the InputError that reading gives, with `trace` for the name of the file; "" if there is none.
[[nodiscard]] std::string error_of(TraceOptions options, std::string_view content);
[[nodiscard]] std::string error_of(const std::string& format, std::string_view content);

// A condition of `where`, at where.yaml:3:5.
[[nodiscard]] WhereCondition condition(std::string column, WhereCondition::Op op, double number);
[[nodiscard]] WhereCondition condition(std::string column, std::vector<std::string> values);

// "name submit duration gpus", one line per job, in submit order: for comparison with a literal.
[[nodiscard]] std::string jobs_text(const Workload& workload);

}  // namespace seatrial
