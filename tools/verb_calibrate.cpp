// `seatrial calibrate`: measures this machine's GPU and writes raw samples for `seatrial fit`. Clocks, power limits,
// MIG and compute modes are never changed.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <memory>

#include "scenarios/calibrated_speed.h"
#include "sim/error.h"
#include "tools/calibrate/probes.h"
#include "tools/calibrate/verify.h"
#include "tools/console.h"
#include "tools/verbs.h"
#include "tools/version.h"

namespace seatrial {
namespace {

using Json = nlohmann::ordered_json;

struct CalibrateArguments {
  std::string out = "raw.jsonl";
  std::vector<std::string> phases;
  int device = 0;
  bool quick = false;
  ClientRun client;
  VerifyOptions verify;
};

int refuse(const std::exception& error) {
  std::fprintf(stderr, "seatrial: no GPU can be measured here: %s\n", error.what());
  return kAbsent;
}

// The samples' own date: a measurement belongs to a time, unlike everything that is simulated.
std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  char text[32];
  if (gmtime_r(&now, &parts) == nullptr) return "unknown";
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

void write_environment(const GpuSession& session, SampleWriter& out) {
  const DeviceFacts& facts = session.facts();
  Json line{{"k", "environment"},
            {"tool", "seatrial calibrate"},
            {"tool_version", kVersion},
            {"git", kRevision},
            {"started", utc_now()},
            {"device", facts.name},
            {"sms", facts.sms},
            {"memory_mib", facts.memory_mib},
            {"l2_bytes", facts.l2_bytes},
            {"compute_capability", std::to_string(facts.major) + '.' + std::to_string(facts.minor)},
            {"driver_api", facts.driver_api},
            {"driver", session.nvml().driver_version()}};
  if (!session.nvml().present()) line["nvml"] = session.nvml().why_absent();
  if (std::isfinite(session.nvml().sm_clock_mhz())) line["clock_mhz"] = session.nvml().sm_clock_mhz();
  out.add(line);
}

int calibrate(const CalibrateArguments& arguments) {
  std::unique_ptr<GpuSession> session;
  try {
    session = std::make_unique<GpuSession>(arguments.device);
  } catch (const Unavailable& error) {
    return refuse(error);
  }
  session->set_quick(arguments.quick);
  SampleWriter out(arguments.out);
  write_environment(*session, out);
  const std::string id = catalog_id(session->facts().name);
  for (const Phase& phase : phases()) {
    const auto& asked = arguments.phases;
    if (!asked.empty() && std::find(asked.begin(), asked.end(), phase.name) == asked.end()) continue;
    const auto budget =
        std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>(phase.budget_s));
    ProbeContext context{*session, out, id.empty() ? session->facts().name : id,
                         std::chrono::steady_clock::now() + budget};
    run_phase(phase, context);
  }
  print("raw samples: " + arguments.out + "\nnext: seatrial fit " + arguments.out + " --out mine.json\n");
  return kDone;
}

int client(const CalibrateArguments& arguments) {
  try {
    print(run_client(arguments.client));
  } catch (const Unavailable& error) {
    return refuse(error);
  }
  return kDone;
}

int verify_calibration(const CalibrateArguments& arguments) {
  try {
    print(verify_text(verify(arguments.verify)));
  } catch (const Unavailable& error) {
    return refuse(error);
  }
  return kDone;
}

}  // namespace

void add_calibrate(CLI::App& program, std::vector<Verb>& verbs) {
  CLI::App* app = program.add_subcommand("calibrate", "measures this machine's GPU, for fitted cost models");
  app->require_subcommand(0, 1);
  const auto arguments = std::make_shared<CalibrateArguments>();
  std::vector<std::string> names;
  for (const Phase& phase : phases()) names.emplace_back(phase.name);
  app->add_option("--out", arguments->out, "file for raw samples; one that is there is continued (default raw.jsonl)");
  app->add_option("--phase", arguments->phases, "micro, workloads, partitions or sharing (default: all)")
      ->check(CLI::IsMember(names));
  app->add_flag("--quick", arguments->quick,
                "two repeats of everything: shows what can be measured, not how fast it is");
  app->add_option("--device", arguments->device, "index of the GPU (default 0)")->check(CLI::Range(0, 63));

  CLI::App* beside = app->add_subcommand("client", "one client of the sharing probes");
  beside->add_option("--work", arguments->client.work, "what it does")->required();
  beside->add_option("--batch", arguments->client.batch, "its size")->check(CLI::Range(1, 100'000));
  beside->add_option("--seconds", arguments->client.seconds, "how long it is timed")->check(CLI::Range(0.01, 3600.0));
  beside->add_option("--steps", arguments->client.steps, "so many steps instead")->check(CLI::Range(0, 100'000'000));
  beside->add_option("--start-ns", arguments->client.start_ns, "instant of the steady clock to begin at");

  CLI::App* check = app->add_subcommand("verify", "a queue of jobs for real and simulated, with the errors");
  check->add_option("--calibration", arguments->verify.calibration, "fitted from samples of this GPU")->required();
  check->add_option("--jobs", arguments->verify.jobs, "in the queue (default 15)")->check(CLI::Range(2, 200));
  check->add_option("--mean-job-s", arguments->verify.mean_job_s, "how long they are (default 5)")
      ->check(CLI::Range(0.01, 600.0));
  verbs.push_back({app, [arguments, beside, check] {
                     if (beside->parsed()) return client(*arguments);
                     return check->parsed() ? verify_calibration(*arguments) : calibrate(*arguments);
                   }});
}

}  // namespace seatrial
