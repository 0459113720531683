// `seatrial validate`: every problem of a scenario and of the files it names, nothing run.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "scenarios/check_inputs.h"
#include "scenarios/document.h"
#include "scenarios/files.h"
#include "scenarios/load.h"
#include "scenarios/mend.h"
#include "tools/console.h"
#include "tools/verbs.h"
#include "tools/version.h"

namespace seatrial {
namespace {

using Json = nlohmann::ordered_json;

struct ValidateArguments {
  std::string scenario;
  std::vector<std::string> overrides;
  std::string format = "text";
  bool fix = false;
  bool diff = false;
};

// The problems as a program wants them.
std::string problems_json(const Problems& problems) {
  Json list = Json::array();
  for (const Problem& problem : problems.all()) {
    Json entry;
    entry["file"] = quoted(problem.place.file, 200);
    entry["line"] = problem.place.line;
    entry["column"] = problem.place.column;
    entry["path"] = problem.path;
    entry["what"] = problem.what;
    entry["hint"] = problem.hint;
    list.push_back(std::move(entry));
  }
  Json out;
  out["problems"] = std::move(list);
  out["more"] = problems.more();
  return out.dump(2) + '\n';
}

// A path as the part of a URI that it is: what is not plain becomes %XX.
std::string uri_of(const std::string& path) {
  constexpr const char* kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || std::string_view("/._-~").find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    }
  }
  return out;
}

// Our columns count bytes, those of SARIF characters. Nothing where the line is not known or shorter than that.
std::optional<std::size_t> character_column(std::string_view text, const Place& place) {
  for (std::uint32_t line = 1; line < place.line; ++line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (place.line == 0 || place.column == 0 || place.column > text.size() + 1) return std::nullopt;
  const std::string_view before = text.substr(0, place.column - 1);
  const auto follows = [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; };
  return before.size() - static_cast<std::size_t>(std::count_if(before.begin(), before.end(), follows)) + 1;
}

// scenario: its name and its text, by which columns are told; other files get lines alone.
Json sarif_result(const Problem& problem, const std::pair<std::string, std::string>& scenario) {
  Json result;
  result["ruleId"] = "scenario";
  result["level"] = "error";
  result["message"]["text"] = (problem.path.empty() ? "" : problem.path + ": ") + problem.what +
                              (problem.hint.empty() ? "" : "; " + problem.hint);
  if (problem.place.file.empty()) return result;
  Json location;
  location["artifactLocation"]["uri"] = uri_of(problem.place.file);
  if (problem.place.line != 0) location["region"]["startLine"] = problem.place.line;
  if (problem.place.file == scenario.first) {
    if (const auto column = character_column(scenario.second, problem.place)) {
      location["region"]["startColumn"] = *column;
    }
  }
  result["locations"].push_back({{"physicalLocation", std::move(location)}});
  return result;
}

// SARIF 2.1.0, which code hosts show beside the lines of a change.
std::string problems_sarif(const Problems& problems, const std::string& scenario) {
  std::pair<std::string, std::string> text{scenario, ""};
  try {
    if (scenario != "-") text.second = read_input_file(scenario, kMaxDocumentBytes);
  } catch (const InputError&) {
    text.second.clear();  // what could not be read is among the problems
  }
  Json run;
  run["tool"]["driver"] = {{"name", "seatrial"},
                           {"version", kVersion},
                           {"rules", Json::array({{{"id", "scenario"},
                                                   {"shortDescription",
                                                    {{"text",
                                                      "A mistake in a scenario or in a "
                                                      "file that it names."}}}}})}};
  run["columnKind"] = "unicodeCodePoints";
  run["results"] = Json::array();
  for (const Problem& problem : problems.all()) run["results"].push_back(sarif_result(problem, text));
  if (problems.more() != 0) run["properties"]["more"] = problems.more();
  Json out;
  out["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json";
  out["version"] = "2.1.0";
  out["runs"].push_back(std::move(run));
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

// Mends what leaves no doubt, says what it changed, and with --fix writes it.
void mend(const ValidateArguments& arguments) {
  const char* option = arguments.fix ? "--fix" : "--diff";
  if (arguments.scenario == "-") throw InputError({}, option, "standard input cannot be mended", "name a file");
  if (!arguments.overrides.empty()) throw InputError({}, option, "does not go with --set", "mend the file first");
  const std::string text = read_input_file(arguments.scenario, kMaxDocumentBytes);
  const MendedScenario mended = mend_scenario_text(text, arguments.scenario);
  if (mended.mends == 0) return;
  std::fputs(line_diff(text, mended.text, arguments.scenario).c_str(), stderr);
  if (arguments.fix) write_text_file(arguments.scenario, mended.text);
}

int validate_scenario(const ValidateArguments& arguments) {
  if (arguments.fix || arguments.diff) mend(arguments);
  Problems problems;
  try {
    LoadOptions options;
    options.overrides = arguments.overrides;
    check_inputs(load_scenario(arguments.scenario, options), problems);
  } catch (const InputError& error) {
    problems = error.problems();
  }
  if (arguments.format == "json") print(problems_json(problems));
  if (arguments.format == "sarif") print(problems_sarif(problems, arguments.scenario));
  problems.throw_if_any();
  if (arguments.format == "text") print(quoted(arguments.scenario, 200) + ": no problems\n");
  return kDone;
}

}  // namespace

void add_validate(CLI::App& program, std::vector<Verb>& verbs) {
  CLI::App* app = program.add_subcommand("validate", "all problems of a scenario at once, nothing run");
  const auto arguments = std::make_shared<ValidateArguments>();
  app->add_option("SCENARIO", arguments->scenario, "scenario file (YAML or JSON), - for standard input")->required();
  add_repeatable(*app, "--set", arguments->overrides, "PATH=VALUE: change the scenario; may be repeated");
  app->add_option("--format", arguments->format, "what goes to standard output: text, json or sarif")
      ->check(CLI::IsMember({"text", "json", "sarif"}));
  app->add_flag(
      "--fix", arguments->fix,
      "mend misspelt names, units and quotes in the file where only one thing can be meant, and show the diff");
  app->add_flag("--diff", arguments->diff, "show what --fix would change");
  verbs.push_back({app, [arguments] { return validate_scenario(*arguments); }});
}

}  // namespace seatrial
