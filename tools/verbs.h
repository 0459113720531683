// The verbs of the program. Each add_* declares its options and returns what runs when the verb was chosen: a function
// that gives the exit status. One file per verb.
#pragma once

#include <CLI/App.hpp>
#include <functional>
#include <string>
#include <vector>

namespace seatrial {

struct Verb {
  CLI::App* app = nullptr;
  std::function<int()> run;
};

// Adds the verb to the program; a verb with verbs of its own adds several.
void add_run(CLI::App& program, std::vector<Verb>& verbs);
void add_compare(CLI::App& program, std::vector<Verb>& verbs);
void add_plan(CLI::App& program, std::vector<Verb>& verbs);
void add_validate(CLI::App& program, std::vector<Verb>& verbs);
void add_list(CLI::App& program, std::vector<Verb>& verbs);
void add_explain(CLI::App& program, std::vector<Verb>& verbs);
void add_trace(CLI::App& program, std::vector<Verb>& verbs);
void add_report(CLI::App& program, std::vector<Verb>& verbs);
void add_fit(CLI::App& program, std::vector<Verb>& verbs);
void add_calibrate(CLI::App& program, std::vector<Verb>& verbs);
void add_profile(CLI::App& program, std::vector<Verb>& verbs);
void add_import(CLI::App& program, std::vector<Verb>& verbs);

// A repeatable option that takes one word each time.
void add_repeatable(CLI::App& app, const std::string& name, std::vector<std::string>& words, const std::string& help);

}  // namespace seatrial
