// `seatrial explain`: why one job of a finished run waited, from the files in its result folder, and what one node more
// would have changed, by simulating the run again.
#include <CLI/CLI.hpp>
#include <memory>

#include "reports/explain.h"
#include "scenarios/what_if.h"
#include "tools/console.h"
#include "tools/verbs.h"

namespace seatrial {

void add_explain(CLI::App& program, std::vector<Verb>& verbs) {
  CLI::App* app = program.add_subcommand("explain", "why a job waited, and what it would have needed");
  const auto folder = std::make_shared<std::string>();
  const auto job = std::make_shared<std::string>();
  app->add_option("RESULT", *folder, "result folder of a run")->required();
  app->add_option("JOB", *job, "job id, as in the first column of jobs.csv")->required();
  verbs.push_back({app, [folder, job] {
                     print(explain(*folder, *job) + what_if_text(what_if(*folder, *job)));
                     return static_cast<int>(kDone);
                   }});
}

}  // namespace seatrial
