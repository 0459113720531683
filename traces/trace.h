// Files to workloads. A TraceReader streams one file of one format; read_trace() opens it (gzip or plain), filters,
// truncates and scales it, and adds its jobs to a WorkloadBuilder. Formats are listed in registry.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/workload.h"
#include "sim/error.h"
#include "sim/time.h"

namespace seatrial {

// One condition of `where`: on a column of the file, on its raw text, before truncate and load.
struct WhereCondition {
  enum class Op : std::uint8_t { Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual };
  std::string column;
  Op op = Op::Equal;
  std::vector<std::string> values;  // Equal with several: any of them; equality compares text
  double number = 0;                // for the ordering operators
  Place place;                      // of the condition in the scenario
};

struct TraceOptions {
  std::string format;
  std::string file;  // `-`: standard input
  std::vector<WhereCondition> where;
  Duration truncate{0};    // submit and run times down to whole multiples; 0: exact
  Duration round_up{0};    // run times up to whole multiples, estimates as they are; 0: exact
  double load = 1.0;       // > 0; divides the distances of submits from the first kept one
  std::string order_file;  // openb only; empty: order of the file
  std::int64_t order_seed = 0;
  std::int64_t default_cpu_milli_per_gpu = 0;  // where the trace has none
  std::int64_t default_memory_mib_per_gpu = 0;
  std::uint32_t default_gpu_memory_mib = 0;
  std::string default_resource;  // of requests for whole GPUs
  std::string default_work;
  // Kind of work, weight: drawn for each row of the file instead of default_work, if any are given.
  std::vector<std::pair<std::string, double>> work_mix;
  std::uint32_t gpus_per_pod = 0;  // pods of this many GPUs each; 0: the format's own rule
  std::uint32_t constraint = 0;    // given to every record; see Request
  Place place;                     // of the entry in the scenario
  std::string path;                // of the entry, as in "workload[0].trace"

  // Path of a key of the entry, as in "workload[0].trace.load".
  [[nodiscard]] std::string key(const char* name) const { return path.empty() ? name : path + '.' + name; }
};

// Reads the whole trace into the builder. Throws InputError (every problem found, up to the limit, with row and
// column) and SystemError (cannot read). seed: of what is drawn for the jobs because the file does not tell it.
void read_trace(const TraceOptions& options, WorkloadBuilder& builder, std::uint64_t seed = 1);

}  // namespace seatrial
