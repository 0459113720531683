// The program: chooses the verb and turns every way to end into an exit status (see the contract in docs).
// 0 done, 1 a goal was missed, 2 wrong input, 3 a bug, 4 something needed is absent, 5 the system refused, 130
// interrupted.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>

#include "scenarios/reader.h"
#include "scenarios/run.h"
#include "sim/error.h"
#include "tools/console.h"
#include "tools/verbs.h"
#include "tools/version.h"

namespace seatrial {
namespace {

constexpr const char* kAbout =
    "seatrial simulates Kubernetes GPU clusters: how long jobs wait, how busy the GPUs are, and why.\n"
    "Begin with: seatrial run scenarios/library/quickstart.yaml";

std::string version_text() {
  return std::string("seatrial ") + kVersion + "\nrevision " + kRevision + "\nbuild " + kBuild;
}

// CLI11 would call an unknown verb an unexpected argument, and its word for verb is subcommand.
void refuse_unknown_verb(const CLI::App& program, int argc, char** argv) {
  if (argc >= 2 && argv[1][0] == '-') return;
  std::vector<std::string> names;
  for (const CLI::App* app : program.get_subcommands([](const CLI::App*) { return true; })) {
    if (argc >= 2 && app->get_name() == argv[1]) return;
    names.push_back(app->get_name());
  }
  if (argc < 2) throw InputError({}, "seatrial", "no verb", known_names_hint("", names) + "; --help explains them");
  throw InputError({}, "seatrial", std::string("unknown verb ") + in_quotes(argv[1]), known_names_hint(argv[1], names));
}

int run_program(int argc, char** argv) {
  CLI::App program(kAbout, "seatrial");
  program.set_version_flag("--version", version_text(), "version, git revision and build options");
  program.set_help_flag("-h,--help", "this text");
  program.require_subcommand(1);
  std::vector<Verb> verbs;
  add_run(program, verbs);
  add_compare(program, verbs);
  add_plan(program, verbs);
  add_validate(program, verbs);
  add_list(program, verbs);
  add_explain(program, verbs);
  add_trace(program, verbs);
  add_report(program, verbs);
  add_fit(program, verbs);
  add_import(program, verbs);
  add_calibrate(program, verbs);
  add_profile(program, verbs);
  refuse_unknown_verb(program, argc, argv);
  try {
    program.parse(argc, argv);
  } catch (const CLI::Success& asked) {  // --help, --version
    std::ostringstream text;
    program.exit(asked, text, text);
    print(text.str());
    return kDone;
  } catch (const CLI::ParseError& error) {
    throw InputError({}, "seatrial", quoted(error.what(), 200), "--help explains every option");
  }
  for (const Verb& verb : verbs) {
    if (verb.app->parsed()) return verb.run();
  }
  return kWrongInput;
}

// Messages that cannot be written have nowhere else to go.
void complain(const char* prefix, const char* what) {
  std::fputs(prefix, stderr);
  std::fputs(what, stderr);
  if (const std::string_view text = what; text.empty() || text.back() != '\n') std::fputc('\n', stderr);
}

// Memory that runs out where no exception may pass, in a destructor for instance: the same words and status as anywhere
// else. What was being written stays under its temporary name, which the next run removes.
[[noreturn]] void leave_without_memory() {
  try {
    if (const std::exception_ptr thrown = std::current_exception()) std::rethrow_exception(thrown);
  } catch (const std::bad_alloc&) {
    complain("seatrial: ", "not enough memory");
    std::_Exit(kSystemRefused);
  } catch (...) {
    std::abort();
  }
  std::abort();
}

int guarded(int argc, char** argv) {
  std::set_terminate(leave_without_memory);
  try {
    occupy_standard_streams();
    ignore_write_signals();
    return run_program(argc, argv);
  } catch (const Interrupted&) {
    complain("seatrial: ", "interrupted; nothing was written");
    return interrupted_status();
  } catch (const InputError& error) {
    complain("", error.what());
    return kWrongInput;
  } catch (const SystemError& error) {
    complain("seatrial: ", error.what());
    return kSystemRefused;
  } catch (const std::bad_alloc&) {
    complain("seatrial: ", "not enough memory");
    return kSystemRefused;
  } catch (const std::exception& error) {
    complain("seatrial: a bug: ", error.what());
    return kBug;
  } catch (...) {
    complain("seatrial: a bug: ", "an exception without a message");
    return kBug;
  }
}

}  // namespace

void add_repeatable(CLI::App& app, const std::string& name, std::vector<std::string>& words, const std::string& help) {
  app.add_option(name, words, help)
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

}  // namespace seatrial

int main(int argc, char** argv) { return seatrial::guarded(argc, argv); }
