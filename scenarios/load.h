// A scenario file to a ScenarioSpec. Every problem of the file is found in one go and thrown together as InputError:
// unknown and duplicate keys, wrong kinds, missing units, ranges, unknown names, settings that contradict each other,
// trace files that are not there. docs/scenario.md describes the keys.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/spec.h"

namespace seatrial {

struct LoadOptions {
  std::vector<std::string> overrides;  // "PATH=VALUE" each, in order; see override.h
  bool check_files = true;             // are the files that the scenario names there?
};

// Reads and checks the file (`-`: standard input). Throws InputError and SystemError.
[[nodiscard]] ScenarioSpec load_scenario(const std::string& file, const LoadOptions& options = {});

// The same for text that was read already; `file` is what messages show and what relative paths start from.
[[nodiscard]] ScenarioSpec load_scenario_text(std::string text, const std::string& file,
                                              const LoadOptions& options = {});

// Reads a mapping of the keys of `workload[].generate` alone, as `seatrial trace generate` takes it.
[[nodiscard]] GeneratorSpec load_generator_text(std::string text, const std::string& file,
                                                const std::vector<std::string>& overrides);

// May a scenario be called that? `[A-Za-z0-9._-]`, 1 to 100 characters, no leading dot or dash.
[[nodiscard]] bool is_scenario_name(std::string_view name);

}  // namespace seatrial
