// `seatrial import`: measurements of other tools to raw samples that `seatrial fit` reads, and to workload profiles
// that scenarios name.
#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <memory>

#include "scenarios/files.h"
#include "sim/error.h"
#include "tools/console.h"
#include "tools/verbs.h"
#include "traces/import_measurements.h"

namespace seatrial {
namespace {

struct ImportArguments {
  std::string format;
  std::string file;
  std::string out = "-";
  std::string device;
  std::string model;
  std::string name;
  bool samples = false;
};

std::string name_of(const ImportArguments& arguments) {
  if (!arguments.name.empty()) return arguments.name;
  const std::string file = arguments.file.substr(arguments.file.rfind('/') + 1);
  return file.substr(0, file.find('.'));
}

InputFile input_of(const ImportArguments& arguments) {
  InputRequest request;
  request.file = arguments.file;
  return InputFile(std::move(request));
}
std::string text_of(const ImportArguments& arguments) { return read_input_file(arguments.file, kMaxImportBytes); }

std::string import_vidur_file(const ImportArguments& arguments) {
  if (arguments.device.empty()) {
    throw InputError({}, "import vidur", "the file does not name its device",
                     "give --device and, for operators, --model");
  }
  return import_vidur(input_of(arguments), {arguments.device, arguments.model});
}

struct Form {
  const char* name;
  std::string (*import)(const ImportArguments&);
};
constexpr std::array<Form, 6> kForms{
    {{"vidur", import_vidur_file},
     {"aiconfigurator", [](const ImportArguments& of) { return import_aiconfigurator(input_of(of), of.device); }},
     {"gavel", [](const ImportArguments& of) { return import_gavel(text_of(of), of.file); }},
     {"chrome-trace", [](const ImportArguments& of) { return import_chrome_trace(text_of(of), of.file, name_of(of)); }},
     {"nsight", [](const ImportArguments& of) { return import_nsight(of.file, name_of(of)); }},
     {"dcgm", [](const ImportArguments& of) {
        return import_dcgm(text_of(of), of.file, of.samples ? DcgmResult::Samples : DcgmResult::Profiles);
      }}}};

int import(const ImportArguments& arguments) {
  if (arguments.format == "nsight" && !has_nsight_import()) {
    std::fputs("seatrial: built without SQLite; nsight cannot be imported\n", stderr);
    return kAbsent;
  }
  for (const Form& form : kForms) {
    if (arguments.format == form.name) write_text_file(arguments.out, form.import(arguments));
  }
  return kDone;
}

}  // namespace

void add_import(CLI::App& program, std::vector<Verb>& verbs) {
  CLI::App* app = program.add_subcommand("import", "measurements of other tools, to samples for fit and to profiles");
  const auto arguments = std::make_shared<ImportArguments>();
  std::vector<std::string> names;
  for (const Form& form : kForms) names.emplace_back(form.name);
  app->add_option("FORMAT", arguments->format,
                  "vidur, aiconfigurator, gavel (to samples); chrome-trace, nsight, dcgm (to profiles)")
      ->required()
      ->check(CLI::IsMember(names));
  app->add_option("FILE", arguments->file, "what the tool wrote; - for standard input")->required();
  app->add_option("--out", arguments->out, "file to write (default -: standard output)");
  app->add_option("--device", arguments->device, "vidur: device or system; aiconfigurator: stack or system");
  app->add_option("--model", arguments->model, "vidur: the model, for instance Llama-2-7b-hf");
  app->add_option("--name", arguments->name, "chrome-trace, nsight: name of the profile (default: of the file)");
  app->add_flag("--samples", arguments->samples, "dcgm: samples of power by busy share instead of profiles");
  verbs.push_back({app, [arguments] { return import(*arguments); }});
}

}  // namespace seatrial
