// See check_inputs.h.
#include "scenarios/check_inputs.h"

#include "models/workload.h"
#include "traces/openb_nodes.h"
#include "traces/trace.h"

namespace seatrial {
namespace {

template <class Read>
void collect(Problems& problems, Read read) {
  try {
    read();
  } catch (const InputError& error) {
    for (const Problem& problem : error.problems().all()) problems.add(problem);
  }
}

}  // namespace

void check_inputs(const ScenarioSpec& spec, Problems& problems) {
  for (const NodeListImport& list : spec.imports) {
    if (list.nodes.file == "-" || list.rank.file == "-") continue;
    collect(problems, [&] { (void)read_openb_nodes(list.nodes, list.rank, list.rank_seed); });
  }
  for (const WorkloadSpec& entry : spec.workload) {
    if (!entry.trace || entry.trace->file == "-") continue;
    WorkloadBuilder builder;
    collect(problems, [&] { read_trace(*entry.trace, builder); });
  }
}

}  // namespace seatrial
