// `seatrial profile -- CMD`: runs a CUDA program unchanged, with an injection library that records what the GPU did and
// NVML sampled beside it, and writes a workload profile.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <thread>

#include "scenarios/files.h"
#include "sim/error.h"
#include "tools/calibrate/child.h"
#include "tools/calibrate/cuda_library.h"
#include "tools/console.h"
#include "tools/verbs.h"
#include "traces/gpu_records.h"

namespace seatrial {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxRecordBytes = std::size_t{2} << 30U;
constexpr auto kSampleEvery = std::chrono::milliseconds(100);

struct ProfileArguments {
  std::vector<std::string> command;
  std::string out = "profile.json";
  std::string name;
  bool overhead = false;
};

// What NVML saw while the program ran.
struct Watched {
  double power_sum_w = 0;
  std::size_t power_samples = 0;
  double peak_memory_mib = 0;
  double energy_j = std::nan("");
  double wall_s = 0;
  int status = 0;
};

Watched watch(Child& child, const Nvml& nvml) {
  Watched watched;
  const double before_j = nvml.energy_j();
  const auto begin = std::chrono::steady_clock::now();
  while (!child.has_ended()) {
    const double watts = nvml.power_w();
    if (std::isfinite(watts)) {
      watched.power_sum_w += watts;
      ++watched.power_samples;
    }
    const double mib = nvml.memory_used_mib();
    if (std::isfinite(mib)) watched.peak_memory_mib = std::max(watched.peak_memory_mib, mib);
    std::this_thread::sleep_for(kSampleEvery);
  }
  watched.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  watched.energy_j = nvml.energy_j() - before_j;
  watched.status = child.wait();
  return watched;
}

std::string injection_library() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return (program.parent_path() / "libseatrial_inject.so").string();
}

RunProfile profile_of_run(const ProfileArguments& arguments, const std::string& folder, const Watched& watched) {
  GpuActivity activity;
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) read_gpu_records(read_input_file(file, kMaxRecordBytes), file, activity);
  if (activity.empty()) {
    throw InputError({}, "profile", "the program ran no kernel on the GPU", "is it a CUDA program?");
  }
  const std::string name = arguments.name.empty() ? fs::path(arguments.command[0]).filename().string() : arguments.name;
  RunProfile profile = profile_of(activity, name, "seatrial profile");
  if (watched.peak_memory_mib > 0) profile.peak_memory_mib = watched.peak_memory_mib;  // of all programs on the GPU
  if (watched.power_samples > 0) profile.power_w = watched.power_sum_w / static_cast<double>(watched.power_samples);
  if (std::isfinite(watched.energy_j)) profile.energy_j = watched.energy_j;
  return profile;
}

// Wall time of the program on its own.
double plain_wall_s(const ProfileArguments& arguments, const Nvml& nvml) {
  Child child(arguments.command, {}, Child::Output::Inherit);
  return watch(child, nvml).wall_s;
}

int profile(const ProfileArguments& arguments) {
  std::string device;
  try {
    const CudaDriver driver = CudaDriver::open();
    char text[256] = {};
    if (driver.device_name(text, sizeof text - 1, 0) == 0) device = text;
  } catch (const Unavailable& error) {
    std::fprintf(stderr, "seatrial: nothing can be profiled here: %s\n", error.what());
    return kAbsent;
  }
  const std::string library = injection_library();
  if (!fs::exists(library)) {
    std::fprintf(stderr, "seatrial: %s is not there: the program was built without CUPTI\n", library.c_str());
    return kAbsent;
  }
  const Nvml nvml(0);
  const double plain_s = arguments.overhead ? plain_wall_s(arguments, nvml) : 0;
  const PrivateFolder folder;
  Child child(arguments.command, {{"CUDA_INJECTION64_PATH", library}, {"SEATRIAL_INJECT_OUT", folder.path()}},
              Child::Output::Inherit);
  const Watched watched = watch(child, nvml);
  if (watched.status == 127) throw InputError({}, "profile", "cannot run " + seatrial::quoted(arguments.command[0]));
  RunProfile profile = profile_of_run(arguments, folder.path(), watched);
  profile.device = device;
  write_text_file(arguments.out, profiles_text({profile}));
  if (watched.status != 0) std::fprintf(stderr, "seatrial: the program ended with status %d\n", watched.status);
  if (arguments.overhead && plain_s > 0) {
    std::fprintf(stderr, "seatrial: %.3f s profiled, %.3f s without: %.2f %% overhead of the whole run\n",
                 watched.wall_s, plain_s, 100 * (watched.wall_s / plain_s - 1));
  }
  return kDone;
}

}  // namespace

void add_profile(CLI::App& program, std::vector<Verb>& verbs) {
  CLI::App* app = program.add_subcommand("profile", "runs a CUDA program and writes its workload profile");
  const auto arguments = std::make_shared<ProfileArguments>();
  app->add_option("--out", arguments->out, "profile to write (default profile.json)");
  app->add_option("--name", arguments->name, "of the kind of work (default: the program's)");
  app->add_flag("--overhead", arguments->overhead, "runs the program once more without the library, and compares");
  app->add_option("CMD", arguments->command, "the program and its arguments, behind --")->required();
  app->positionals_at_end();
  verbs.push_back({app, [arguments] { return profile(*arguments); }});
}

}  // namespace seatrial
