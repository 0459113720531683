// timeline.json.gz read back and held against the rules that Perfetto has for trace events.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace seatrial {

// What gzip holds; throws std::runtime_error if it is damaged.
[[nodiscard]] std::string gunzipped(const std::string& bytes);

struct TraceEventCounts {
  std::size_t slices = 0;
  std::size_t arrows = 0;
  std::size_t tracks = 0;
  std::size_t samples = 0;
  std::vector<std::string> problems;  // broken rules, one line each
};

// Looks whether every event has the members and whole numbers that readers need, slices of a track follow each other
// without overlap, every process and thread has a name, arrows come in pairs that begin in an open preempted slice and
// end in one that has just begun, and counters are counts that never go back in time.
TraceEventCounts check_trace_events(const nlohmann::json& trace);

}  // namespace seatrial
