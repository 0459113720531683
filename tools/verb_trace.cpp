// `seatrial trace`: statistics of a trace, conversion between formats, synthetic traces.
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "scenarios/document.h"
#include "scenarios/files.h"
#include "scenarios/load.h"
#include "scenarios/reader.h"
#include "tools/console.h"
#include "tools/verbs.h"
#include "traces/convert.h"
#include "traces/describe.h"
#include "traces/generate.h"
#include "traces/registry.h"
#include "traces/trace.h"

namespace seatrial {
namespace {

struct TraceArguments {
  std::string file;
  std::string format = "native";  // of the file
  std::string output = "text";    // of describe
  std::string to = "native";      // of convert and generate
  std::string out = "-";
  std::vector<std::string> overrides;
  std::uint64_t seed = 1;
};

Workload read_workload(const TraceArguments& arguments) {
  std::vector<std::string> names;
  for (const TraceFormat& format : trace_formats()) names.emplace_back(format.name);
  if (find_trace_format(arguments.format) == nullptr) {
    throw InputError({}, "--from", "unknown trace format " + in_quotes(arguments.format),
                     known_names_hint(arguments.format, names));
  }
  TraceOptions options;
  options.format = arguments.format;
  options.file = arguments.file;
  WorkloadBuilder builder;
  read_trace(options, builder);
  return builder.build();
}

void write_workload(const Workload& workload, const TraceArguments& arguments) {
  std::string text;
  if (arguments.to == "native") {
    append_native_csv(workload, text);
  } else if (arguments.to == "batsim") {
    const BatsimLosses lost = append_batsim(workload, text);
    std::string note;
    if (lost.without_gpus > 0) note += std::to_string(lost.without_gpus) + " jobs without a GPU were left out\n";
    if (lost.shares > 0)
      note += std::to_string(lost.shares) + " jobs on a share of a GPU are written with a whole one\n";
    std::fputs(note.c_str(), stderr);
  } else if (const std::uint64_t dropped = append_swf(workload, text); dropped > 0) {
    const std::string note = std::to_string(dropped) + " jobs without a GPU were left out: SWF has no place for them\n";
    std::fputs(note.c_str(), stderr);
  }
  write_text_file(arguments.out, text);
}

int describe(const TraceArguments& arguments) {
  const Workload workload = read_workload(arguments);
  print(arguments.output == "json" ? describe_json(workload).dump(2) + '\n' : describe_text(workload));
  return kDone;
}

int convert(const TraceArguments& arguments) {
  write_workload(read_workload(arguments), arguments);
  return kDone;
}

int generate(const TraceArguments& arguments) {
  std::string text;
  if (!arguments.file.empty()) text = read_input_file(arguments.file, kMaxDocumentBytes);
  if (arguments.file.empty() && arguments.overrides.empty()) {
    throw InputError({}, "trace generate", "nothing says what to generate",
                     "give a file with the keys of workload[].generate, or --set KEY=VALUE");
  }
  const std::string shown_as = arguments.file.empty() ? "(no file)" : arguments.file;
  const GeneratorSpec spec = load_generator_text(text, shown_as, arguments.overrides);
  WorkloadBuilder builder;
  generate_jobs(spec, arguments.seed, builder);
  write_workload(builder.build(), arguments);
  return kDone;
}

void add_from(CLI::App& app, TraceArguments& arguments) {
  app.add_option("FILE", arguments.file, "trace file, plain or gzip; - for standard input")->required();
  app.add_option("--from", arguments.format, "format of the file (default native; see seatrial list formats)");
}

void add_to(CLI::App& app, TraceArguments& arguments) {
  app.add_option("--to", arguments.to, "format to write: native, swf or batsim (default native)")
      ->check(CLI::IsMember({"native", "swf", "batsim"}));
  app.add_option("--out", arguments.out, "file to write (default -: standard output)");
}

}  // namespace

void add_trace(CLI::App& program, std::vector<Verb>& verbs) {
  CLI::App* trace = program.add_subcommand("trace", "statistics of a trace, conversion, synthetic traces");
  trace->require_subcommand(1);
  const auto arguments = std::make_shared<TraceArguments>();

  CLI::App* app = trace->add_subcommand("describe", "how many jobs, how wide, how long, when, and the load they offer");
  add_from(*app, *arguments);
  app->add_option("--format", arguments->output, "what goes to standard output: text or json")
      ->check(CLI::IsMember({"text", "json"}));
  verbs.push_back({app, [arguments] { return describe(*arguments); }});

  app = trace->add_subcommand("convert", "the same jobs in another format");
  add_from(*app, *arguments);
  add_to(*app, *arguments);
  verbs.push_back({app, [arguments] { return convert(*arguments); }});

  app = trace->add_subcommand("generate", "jobs drawn from distributions, as workload[].generate does");
  app->add_option("FILE", arguments->file, "YAML file with the keys of workload[].generate; - for standard input");
  add_repeatable(*app, "--set", arguments->overrides, "KEY=VALUE: one of these keys; may be repeated");
  app->add_option("--seed", arguments->seed, "seed of the random streams (default 1)");
  add_to(*app, *arguments);
  verbs.push_back({app, [arguments] { return generate(*arguments); }});
}

}  // namespace seatrial
