// Options that the verbs with many runs share (compare, plan): the scenario and its changes, seeds, threads, output.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/many_runs.h"

namespace seatrial {

struct SimulationArguments {
  std::string scenario;
  std::string out_dir;
  std::string seed;
  std::vector<std::string> overrides;
  std::uint32_t jobs = 0;
  std::uint32_t replications = 0;
  std::string format = "text";
  std::string runs_folder;
  std::string database;
  bool quiet = false;
  bool no_report = false;
};

void add_simulation_options(CLI::App& app, SimulationArguments& arguments);

// Is a database asked for that this program was built without? Says so on standard error.
[[nodiscard]] bool database_absent(const std::string& path);
// A whole number from 0, or nothing for empty text. Throws InputError.
[[nodiscard]] std::optional<std::uint64_t> parse_seed(const std::string& text);
// The part of a request that all verbs share. The seed becomes an override.
void fill_request(const SimulationArguments& arguments, ManyRunsRequest& request);

// Options and their values as words of a command line; what is empty is left out.
class CommandWords {
 public:
  void add(const char* option) { words_.emplace_back(option); }
  void add(const char* option, const std::string& value);
  void add(const char* option, const std::vector<std::string>& values);
  [[nodiscard]] const std::vector<std::string>& all() const { return words_; }

 private:
  std::vector<std::string> words_;
};

// What goes to standard output, made only in the form that is asked for.
struct ResultForms {
  std::function<std::string()> text, json, junit, markdown;
};
struct ResultPlace {
  const std::string& folder;
  const std::string& report;  // empty: none was written
};
void print_result(const SimulationArguments& arguments, const ResultPlace& place, const ResultForms& forms);

// "seatrial VERB SCENARIO --set ... --seeds N" and the words given, quoted for a shell: repeats the result.
[[nodiscard]] std::string command_text(const char* verb, const SimulationArguments& arguments,
                                       const std::vector<std::string>& words);

}  // namespace seatrial
