// See fuzz_trace.h.
#include "tests/support/fuzz_trace.h"

#include <span>

#include "sim/check.h"
#include "tests/support/trace_files.h"
#include "traces/convert.h"
#include "traces/registry.h"

namespace seatrial {

bool fuzz_trace(std::uint8_t choice, std::string_view content) {
  const std::span<const TraceFormat> formats = trace_formats();
  TraceOptions options;
  options.format = formats[choice % formats.size()].name;
  const unsigned extras = choice / static_cast<unsigned>(formats.size());
  if ((extras & 1U) != 0) options.truncate = Duration{kNsPerSecond};
  if ((extras & 2U) != 0) options.load = 1.5;
  if ((extras & 4U) != 0) options.where.push_back(condition("gpus", WhereCondition::Op::Less, 8));
  try {
    const Workload workload = read_text(options, content);
    std::string native;
    append_native_csv(workload, native);
    const Workload again = read_text("native", native);
    CHECK(jobs_text(again).size() >= jobs_text(workload).size());
    return true;
  } catch (const InputError&) {
    return false;
  }
}

}  // namespace seatrial
