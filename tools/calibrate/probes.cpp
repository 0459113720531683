// See probes.h.
#include "tools/calibrate/probes.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cmath>
#include <exception>
#include <fstream>

#include "sim/error.h"

namespace seatrial {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<Probe, 13> kProbes{{{"reference", "micro", probe_reference},
                                         {"gemm", "micro", probe_gemm},
                                         {"memory", "micro", probe_memory},
                                         {"launch", "micro", probe_launch},
                                         {"pcie", "micro", probe_pcie},
                                         {"mig_placements", "micro", probe_mig_placements},
                                         {"steps", "workloads", probe_steps},
                                         {"llm", "workloads", probe_llm},
                                         {"power", "workloads", probe_power},
                                         {"sm_curves", "partitions", probe_sm_curves},
                                         {"time_slicing", "sharing", probe_time_slicing},
                                         {"streams", "sharing", probe_streams},
                                         {"mps", "sharing", probe_mps}}};

// Seconds; together with the start of the program below 9 minutes.
constexpr std::array<Phase, 4> kPhases{{{"micro", 90}, {"workloads", 120}, {"partitions", 110}, {"sharing", 150}}};

}  // namespace

SampleWriter::SampleWriter(const std::string& path) : path_(path) {
  if (std::ifstream before(path); before) {
    std::string line;
    while (std::getline(before, line)) {
      const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
      const bool ended =
          json.is_object() && json.value("k", Json()) == "status" && json.value("status", Json()) == "ok";
      if (ended && json.contains("probe") && json.at("probe").is_string()) done_.insert(json.at("probe"));
    }
  }
  file_ = std::fopen(path.c_str(), "a");
  if (file_ == nullptr) throw SystemError(path, "cannot write", errno);
}

SampleWriter::~SampleWriter() {
  if (file_ != nullptr) std::fclose(file_);
}

void SampleWriter::add(const Json& line) {
  const std::string text = line.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
  if (std::fwrite(text.data(), 1, text.size(), file_) != text.size() || std::fflush(file_) != 0) {
    throw SystemError(path_, "cannot write", errno);
  }
}

void SampleWriter::put(Json& line, const char* key, const Timing& timing, double unit_us) {
  line[key] = {timing.median_us / unit_us, timing.p10_us / unit_us, timing.p90_us / unit_us};
  line["reps"] = timing.repeats;
  if (std::isfinite(timing.clock_mhz)) line["clk"] = timing.clock_mhz;
  if (std::isfinite(timing.power_w)) line["pw"] = timing.power_w;
  if (timing.throttled) line["throttled"] = true;
}

void SampleWriter::status(const std::string& probe, const std::string& status, const std::string& reason) {
  Json line{{"k", "status"}, {"probe", probe}, {"status", status}};
  if (!reason.empty()) line["reason"] = reason;
  add(line);
  if (status == "ok") done_.insert(probe);
}

void ProbeContext::environment(const char* fact, double value) const {
  if (std::isfinite(value)) out.add({{"k", "environment"}, {fact, value}});
}

std::span<const Probe> probes() { return kProbes; }
std::span<const Phase> phases() { return kPhases; }

void run_phase(const Phase& phase, ProbeContext& context) {
  for (const Probe& probe : kProbes) {
    if (std::string_view(probe.phase) != phase.name || context.out.is_done(probe.name)) continue;
    if (context.out_of_time()) {
      context.out.status(probe.name, "unavailable", "the phase was out of time");
      continue;
    }
    std::fprintf(stderr, "seatrial: measuring %s\n", probe.name);
    try {
      probe.run(context);
      context.out.status(probe.name, "ok");
    } catch (const Unavailable& error) {
      context.out.status(probe.name, "unavailable", error.what());
    } catch (const std::bad_alloc&) {
      context.out.status(probe.name, "unavailable", "out of host memory");
    }
    context.session.use_stream(context.session.own_stream());
  }
}

}  // namespace seatrial
