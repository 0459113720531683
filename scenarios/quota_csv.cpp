// See quota_csv.h.
#include "scenarios/quota_csv.h"

#include "reports/csv.h"
#include "scenarios/quota_resources.h"
#include "scenarios/run.h"

namespace seatrial {
namespace {

std::string limit_text(const QuotaRules& rules, const QuotaLimit& limit) {
  if (limit.kind == QuotaLimit::Kind::None) return "";
  if (limit.kind == QuotaLimit::Kind::NoFlavor) {
    return "found no flavor of the queue with the resource and pools that could hold it";
  }
  const QuotaResource& resource = rules.resources[rules.resource_of[limit.of.index].index];
  const std::string left = quota_amount_text(resource, limit.left);
  const std::string& node = rules.kueue.quotas.nodes[limit.node.index].name;
  std::string text = "asked for " + quota_amount_text(resource, limit.asked) + " of flavor " +
                     rules.kueue.quotas.flavor_resources[limit.of.index].flavor + ": ";
  switch (limit.kind) {
    case QuotaLimit::Kind::None:
    case QuotaLimit::Kind::NoFlavor:
      break;
    case QuotaLimit::Kind::TooLarge:
      text += "the queue can never have more than " + left;
      break;
    case QuotaLimit::Kind::Nominal:
      text += left + " of the quota were left, and there is no cohort to borrow from";
      break;
    case QuotaLimit::Kind::Borrowing:
      text += "the borrowing limit of " + node + " left " + left;
      break;
    case QuotaLimit::Kind::Cohort:
      text += "of all that cohort " + node + " has, " + left + " were left";
      break;
  }
  return text;
}

}  // namespace

void write_quotas_csv(const SimulatedRun& run, ByteSink& sink) {
  const QuotaRules& rules = *run.parts.quotas;
  const Workload& jobs = run.parts.workload;
  Buffered buffer(sink);
  std::string& out = buffer.text;
  out += "job_id,queue,flavor,limit\n";
  for (const JobId job : jobs.file_order()) {
    const QuotaRecord& record = run.quota_records[job];
    if (!record.queue.valid()) continue;
    const std::size_t start = out.size();
    jobs.append_name(job, out);
    quote_csv_field(out, start);
    out += ',';
    append_csv_field(out, rules.kueue.quotas.nodes[record.queue.index].name);
    out += ',';
    if (record.flavor.valid()) append_csv_field(out, rules.flavor_names[record.flavor.index]);
    out += ',';
    append_csv_field(out, limit_text(rules, record.limit));
    out += '\n';
    buffer.flush_if_full();
  }
  buffer.flush();
}

}  // namespace seatrial
