// `seatrial report`: the HTML report of a finished run, comparison or plan, built anew from its result folder.
#include <CLI/CLI.hpp>
#include <memory>

#include "reports/page.h"
#include "tools/console.h"
#include "tools/verbs.h"

namespace seatrial {

void add_report(CLI::App& program, std::vector<Verb>& verbs) {
  CLI::App* app = program.add_subcommand("report", "report.html built anew from a result folder");
  const auto folder = std::make_shared<std::string>();
  app->add_option("RESULT", *folder, "result folder of run, compare or plan")->required();
  verbs.push_back({app, [folder] {
                     rebuild_report(*folder);
                     print("report:  " + *folder + "/report.html\n");
                     return static_cast<int>(kDone);
                   }});
}

}  // namespace seatrial
