// See event_log.h.
#include "reports/event_log.h"

#include "models/workload.h"
#include "reports/csv.h"
#include "sim/check.h"
#include "sim/text.h"

namespace seatrial {

const char* fact_kind_name(FactKind kind) {
  switch (kind) {
    case FactKind::Submitted:
      return "submitted";
    case FactKind::Rejected:
      return "rejected";
    case FactKind::Failed:
      return "failed";
    case FactKind::Started:
      return "started";
    case FactKind::Resumed:
      return "resumed";
    case FactKind::Bound:
      return "bound";
    case FactKind::Released:
      return "released";
    case FactKind::Progress:
      return "progress";
    case FactKind::Stalled:
      return "stalled";
    case FactKind::Preempted:
      return "preempted";
    case FactKind::Completed:
      return "completed";
    case FactKind::Capacity:
      return "capacity";
    case FactKind::Slowed:
      return "slowed";
    case FactKind::OutOfMemory:
      return "out-of-memory";
    case FactKind::Admitted:
      return "admitted";
    case FactKind::QuotaReleased:
      return "quota-released";
    case FactKind::Evicted:
      return "evicted";
    case FactKind::Held:
      return "held";
    case FactKind::HoldOver:
      return "hold-over";
    case FactKind::Lost:
      return "work-lost";
    case FactKind::Recut:
      return "recut";
  }
  CHECK(false);
}

EventLog::EventLog(const Workload& workload, std::vector<std::string> pool_names, const NodeNames& nodes,
                   ByteSink& sink)
    : workload_(workload), pool_names_(std::move(pool_names)), nodes_(nodes), buffer_(sink) {
  for (std::string& name : pool_names_) quote_csv_field(name, 0);
  buffer_.text += "t_s,event,job,pool,gpus_milli,node\n";
}

void EventLog::add(const Fact& fact) {
  std::string& out = buffer_.text;
  const bool capacity = fact.kind == FactKind::Capacity;
  const bool recut = fact.kind == FactKind::Recut;
  const bool placed = fact.kind == FactKind::Bound || fact.kind == FactKind::Released || fact.kind == FactKind::Held ||
                      fact.kind == FactKind::HoldOver || recut;
  append_seconds(out, fact.at.ns);
  out += ',';
  out += fact_kind_name(fact.kind);
  out += ',';
  const std::size_t start = out.size();
  if (!capacity && !recut) workload_.append_name(JobId{fact.job}, out);
  quote_csv_field(out, start);
  out += ',';
  if ((capacity || placed) && fact.pool < pool_names_.size()) out += pool_names_[fact.pool];
  out += ',';
  append_integer(out, recut || fact.kind == FactKind::Slowed || fact.kind == FactKind::Lost ? 0 : fact.milli);
  out += ',';
  if (capacity) append_integer(out, fact.node);
  const std::size_t node = out.size();
  if (placed) nodes_.append(NodeId{fact.node}, out);
  quote_csv_field(out, node);
  out += '\n';
  buffer_.flush_if_full();
}

void EventLog::observe(std::span<const Fact> facts) {
  for (const Fact& fact : facts) add(fact);
}

void EventLog::finish(Time) { buffer_.flush(); }

}  // namespace seatrial
