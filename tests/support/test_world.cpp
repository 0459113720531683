// See test_world.h.
#include "tests/support/test_world.h"

#include "sim/text.h"

namespace seatrial {

std::string describe(const TestWorld& world) {
  std::string out = world.order + ' ' + world.admission + ' ' + world.preemption + ' ' + world.placement + ' ' +
                    world.estimate + (world.queues_per_tenant ? " per-tenant" : "");
  for (const TestPool& pool : world.pools) {
    out += "; pool " + std::to_string(pool.nodes) + " x " + std::to_string(pool.gpus);
    for (const std::string& tenant : pool.tenants) out += " for " + tenant;
  }
  for (const TestChange& change : world.changes) {
    out += "; pool " + std::to_string(change.pool) + " to " + std::to_string(change.nodes) + " at " +
           seconds_text(change.at_ns);
  }
  out += '\n';
  for (std::size_t row = 0; row < world.jobs.size(); ++row) {
    const TestJob& job = world.jobs[row];
    out += "  " + std::to_string(row) + ": submit " + seconds_text(job.submit_ns) + " run " +
           seconds_text(job.duration_ns) + " gpus " + std::to_string(job.gpus);
    if (job.estimate_ns >= 0) out += " estimate " + seconds_text(job.estimate_ns);
    if (!job.tenant.empty()) out += " tenant " + job.tenant;
    out += '\n';
  }
  return out;
}

}  // namespace seatrial
