// What `seatrial calibrate` measures, as a table of probes in phases. A probe writes raw samples (traces/raw_samples.h)
// and ends with a status line; one that cannot be had says why and the next one begins. A probe whose status stands in
// the file already is passed over, so that an interrupted calibration goes on where it stopped.
#pragma once

#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <string>

#include "tools/calibrate/gpu_session.h"

namespace seatrial {

// Appends lines to a file; each is on the disk when the call returns. Throws SystemError.
class SampleWriter {
 public:
  // Reads which probes have ended well in a file that is there, and appends to it.
  explicit SampleWriter(const std::string& path);
  ~SampleWriter();
  SampleWriter(const SampleWriter&) = delete;
  SampleWriter& operator=(const SampleWriter&) = delete;

  void add(const nlohmann::ordered_json& line);
  // Adds clock, power and repeats of a timing, and [median, p10, p90] under `key` in that unit.
  static void put(nlohmann::ordered_json& line, const char* key, const Timing& timing, double unit_us = 1);
  void status(const std::string& probe, const std::string& status, const std::string& reason = {});
  [[nodiscard]] bool is_done(const std::string& probe) const { return done_.count(probe) > 0; }

 private:
  std::string path_;
  std::FILE* file_ = nullptr;
  std::set<std::string> done_;
};

struct ProbeContext {
  GpuSession& session;
  SampleWriter& out;
  std::string device_id;  // of the catalogue, else the device's name
  std::chrono::steady_clock::time_point deadline;

  [[nodiscard]] bool out_of_time() const { return std::chrono::steady_clock::now() >= deadline; }
  void environment(const char* fact, double value) const;
};

struct Probe {
  const char* name;
  const char* phase;  // micro, workloads, partitions, sharing
  void (*run)(ProbeContext&);
};
[[nodiscard]] std::span<const Probe> probes();

struct Phase {
  const char* name;
  double budget_s;
};
[[nodiscard]] std::span<const Phase> phases();

// Runs the probes of a phase one after another. Never throws Unavailable.
void run_phase(const Phase& phase, ProbeContext& context);

// probe_micro.cpp, probe_work.cpp, probe_share.cpp
void probe_reference(ProbeContext& context);
void probe_gemm(ProbeContext& context);
void probe_memory(ProbeContext& context);
void probe_launch(ProbeContext& context);
void probe_pcie(ProbeContext& context);
void probe_mig_placements(ProbeContext& context);
void probe_steps(ProbeContext& context);
void probe_llm(ProbeContext& context);
void probe_power(ProbeContext& context);
void probe_sm_curves(ProbeContext& context);
void probe_streams(ProbeContext& context);
void probe_time_slicing(ProbeContext& context);
void probe_mps(ProbeContext& context);

// Work that the sharing probes run beside each other, with its name in samples: "convolutions (batch size 64)".
struct SharedWork {
  const char* work;
  int batch;
  [[nodiscard]] std::string name() const;
};
[[nodiscard]] std::span<const SharedWork> shared_works();

// The program's own client: steps of a work for some seconds from an instant of the steady clock on. Prints
// "steps_per_s N" to standard output.
struct ClientRun {
  std::string work;
  int batch = 1;
  double seconds = 3;
  long long start_ns = 0;  // steady clock; 0: at once
  int steps = 0;           // instead of seconds; 0: seconds
};
[[nodiscard]] std::string run_client(const ClientRun& run);

}  // namespace seatrial
