// events.csv: every fact of a run as a row, for `--log events`. Streams: memory does not grow with the run.
#pragma once

#include <string>
#include <vector>

#include "models/fact.h"
#include "reports/byte_sink.h"
#include "reports/csv_writers.h"

namespace seatrial {

// t_s,event,job,pool,gpus_milli,node
// job is empty for capacity changes, pool and node where the event has none; for capacity, node is the number of nodes.
class EventLog final : public Observer {
 public:
  EventLog(const Workload& workload, std::vector<std::string> pool_names, const NodeNames& nodes, ByteSink& sink);
  void observe(std::span<const Fact> facts) override;
  // Writes what is left in the buffer.
  void finish(Time end) override;

 private:
  void add(const Fact& fact);

  const Workload& workload_;
  std::vector<std::string> pool_names_;  // already quoted
  const NodeNames& nodes_;
  Buffered buffer_;
};

// "submitted", "started", ...
[[nodiscard]] const char* fact_kind_name(FactKind kind);

}  // namespace seatrial
