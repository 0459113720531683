// See what_if.h.
#include "scenarios/what_if.h"

#include <algorithm>

#include "reports/file_layer.h"
#include "reports/summary.h"
#include "scenarios/load.h"
#include "scenarios/run.h"
#include "sim/error.h"
#include "sim/text.h"

namespace seatrial {
namespace {

constexpr std::string_view kOverride = "# --set ";

// Overrides stand at the end of a result's scenario, as comments.
std::vector<std::string> overrides_of(const std::string& text) {
  std::vector<std::string> overrides;
  const std::size_t marker = text.rfind("# overrides of the command line:\n");
  for (std::size_t begin = marker; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    if (line.starts_with(kOverride)) overrides.push_back(line.substr(kOverride.size()));
    begin = end + 1;
  }
  return overrides;
}

std::optional<JobId> job_named(const Workload& jobs, const std::string& name) {
  for (std::uint32_t j = 0; j < jobs.size(); ++j) {
    if (jobs.name({j}) == name) return JobId{j};
  }
  return std::nullopt;
}

// Everything that is simulated for one answer.
class Replay {
 public:
  Replay(const ScenarioSpec& spec, std::uint64_t seed)
      : spec_(spec), jobs_(std::make_shared<const Workload>(build_workload(spec, seed))) {
    options_.seed = seed;
  }

  WhatIf ask(const std::string& name, const std::string& fact_hash) {
    WhatIf answer;
    const auto job = job_named(*jobs_, name);
    const auto as_it_was = simulate(spec_, jobs_, options_);
    if (!job || as_it_was->fact_hash != fact_hash) {
      answer.unknown = "another version of the program or of the input files made this result";
      return answer;
    }
    answer.waited = as_it_was->table.waited[*job];
    if (answer.waited.ns == 0) return answer;
    for (std::size_t i = 0; i < spec_.cluster.pools.size(); ++i) {
      if (spec_.cluster.pools[i].nodes.empty() && !is_imported(i)) answer.pools.push_back(with_one_more(i, *job));
    }
    if (answer.pools.empty()) answer.unknown = "no pool is given by its number of nodes";
    return answer;
  }

 private:
  [[nodiscard]] bool is_imported(std::size_t pool) const {
    return std::any_of(spec_.imports.begin(), spec_.imports.end(),
                       [&](const NodeListImport& import) { return import.pool == pool; });
  }

  MoreNodes with_one_more(std::size_t pool, JobId job) {
    ScenarioSpec larger = spec_;
    ++larger.cluster.pools[pool].count;
    const auto run = simulate(larger, jobs_, options_);
    MoreNodes more{spec_.cluster.pools[pool].name, spec_.cluster.pools[pool].gpus, std::nullopt,
                   run->table.waited[job]};
    if (run->table.start[job] != kNever) more.start = run->table.start[job];
    return more;
  }

  const ScenarioSpec& spec_;
  std::shared_ptr<const Workload> jobs_;
  RunOptions options_;
};

}  // namespace

WhatIf what_if(const std::string& result_folder, const std::string& job) {
  const auto read = [&](const char* name) { return read_whole_file(system_files(), result_folder + '/' + name); };
  const Summary summary = read_summary_json(read("summary.json"), result_folder + "/summary.json");
  const std::string text = read("scenario.yaml");
  WhatIf answer;
  if (summary.header.scenario_file.empty() || summary.header.scenario_file == "-") {
    answer.unknown = "the result does not say which scenario file it was made from";
    return answer;
  }
  LoadOptions options;
  options.overrides = overrides_of(text);
  try {
    const ScenarioSpec spec = load_scenario_text(text, summary.header.scenario_file, options);
    const bool fixed = spec.cluster.changes.empty() && std::none_of(spec.workload.begin(), spec.workload.end(),
                                                                    [](const auto& w) { return w.sequential; });
    if (fixed) return Replay(spec, summary.header.seed).ask(job, summary.header.fact_hash);
    answer.unknown = "capacity changes over time, or arrivals are sequential";
  } catch (const InputError& error) {
    answer.unknown =
        error.problems().all().empty() ? "its input cannot be read" : error.problems().all().front().text();
  }
  return answer;
}

std::string what_if_text(const WhatIf& answer) {
  if (!answer.unknown.empty()) return "\nWhat more nodes would have changed is not known: " + answer.unknown + ".\n";
  std::string text;
  for (const MoreNodes& more : answer.pools) {
    text += text.empty() ? "\nSimulated again, from the beginning with\n" : "";
    text.append("  one node more in ").append(quoted(more.pool)).append(" (").append(std::to_string(more.gpus));
    text.append(more.gpus == 1 ? " GPU): " : " GPUs): ");
    if (!more.start) {
      text += "it would not have started\n";
      continue;
    }
    text.append("it would have started at ").append(seconds_text(more.start->ns)).append(" s, after ");
    text.append(human_duration(more.waited.seconds())).append(" instead of ");
    text.append(human_duration(answer.waited.seconds())).append(" of waiting\n");
  }
  return text;
}

}  // namespace seatrial
