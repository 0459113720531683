// What is known of workloads, GPUs and slices when work shares a device: measured speeds alone and in pairs, profiles,
// slices. Plain tables by dense index; made once (SpeedTablesBuilder, fed by the readers of traces/speed_tables.h),
// read by the sharing models. Nothing here is built in: every figure comes from a file that a scenario names, or from
// the GPU catalogue.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace seatrial {

// What a kind of work does to a GPU, alone on a whole one. The defaults are a kernel-bound job that fills the GPU.
struct WorkloadProfile {
  double compute = 1;          // share of the GPU's SM time that it uses, (0, 1]
  double bandwidth = 0;        // share of the GPU's memory bandwidth that it uses, [0, 1]
  double compute_bound = 1;    // part of its time that waits for SMs, [0, 1]
  double bandwidth_bound = 0;  // part of its time that waits for memory bandwidth, [0, 1]
  double duty = 1;             // part of its time with work on the GPU at all, (0, 1]
  double power = 1;          // power above idle at full clock, relative to the work that a coupling was fitted on, >= 0
  double sm_saturation = 1;  // share of the SMs beyond which it gets no faster, (0, 1]
  double sm_exponent = 1;    // of the SM-fraction curve below that share, > 0
};

// A kind of work: a model at a batch size, and how many GPUs its gang has. Measured speeds hold for that size.
struct WorkloadType {
  std::string name;
  std::uint32_t gpus = 1;
  WorkloadProfile profile;
};

// What a job may use of a device, as shares of the whole GPU with MIG off (a 1g slice of an A100: 14/108 of the SMs,
// 1/8 of the bandwidth). Both in (0, 1].
struct GpuSlice {
  double compute = 1;
  double bandwidth = 1;
};
inline constexpr std::uint16_t kWholeGpu = 0;  // index of the slice that is all of it

inline constexpr double kNotMeasured = std::numeric_limits<double>::quiet_NaN();

class SpeedTables {
 public:
  static constexpr std::size_t kMaxWorkloads = 1024;
  static constexpr std::size_t kMaxGpus = 64;

  [[nodiscard]] const std::vector<std::string>& gpus() const { return gpus_; }
  [[nodiscard]] const std::vector<WorkloadType>& workloads() const { return workloads_; }
  [[nodiscard]] const GpuSlice& slice(std::uint16_t index) const { return slices_[index]; }
  [[nodiscard]] const WorkloadProfile& profile(std::uint16_t workload) const { return workloads_[workload].profile; }
  // Index, or kAbsent.
  static constexpr std::uint16_t kAbsent = 0xffff;
  [[nodiscard]] std::uint16_t find_gpu(std::string_view name) const;
  [[nodiscard]] std::uint16_t find_workload(std::string_view name, std::uint32_t gpus) const;

  // Steps/s alone; 0: could not run (out of memory); kNotMeasured.
  [[nodiscard]] double isolated_steps_per_s(std::uint16_t gpu, std::uint16_t workload) const {
    return isolated_[std::size_t{gpu} * workloads_.size() + workload];
  }
  // Speed of `workload` beside `other`, 1 = as alone on that GPU; 0: the pair could not run; kNotMeasured.
  [[nodiscard]] double pair_speed(std::uint16_t gpu, std::uint16_t workload, std::uint16_t other) const {
    if (pairs_[gpu].empty()) return kNotMeasured;
    return pairs_[gpu][std::size_t{workload} * workloads_.size() + other];
  }
  // False where the pair was tried and failed. What was not measured is taken to run.
  [[nodiscard]] bool can_pair(std::uint16_t gpu, std::uint16_t workload, std::uint16_t other) const {
    return !(pair_speed(gpu, workload, other) == 0);
  }

 private:
  friend class SpeedTablesBuilder;

  std::vector<std::string> gpus_;
  std::vector<WorkloadType> workloads_;
  std::vector<GpuSlice> slices_;
  std::vector<double> isolated_;            // gpu-major
  std::vector<std::vector<double>> pairs_;  // per GPU: workload-major, or empty
};

// Collects measurements in any order. Indexes are given out in order of first mention.
class SpeedTablesBuilder {
 public:
  SpeedTablesBuilder();

  // Index of a name, added if it is new; SpeedTables::kAbsent if there is no room for another one.
  std::uint16_t gpu(std::string_view name);
  std::uint16_t workload(std::string_view name, std::uint32_t gpus);
  // Adds a slice, or finds an equal one; both shares in (0, 1].
  std::uint16_t slice(const GpuSlice& slice);

  void set_profile(std::uint16_t workload, const WorkloadProfile& profile);
  [[nodiscard]] const WorkloadProfile& profile(std::uint16_t workload) const { return tables_.profile(workload); }
  // A measurement; false if there already is one.
  bool set_isolated(std::uint16_t gpu, std::uint16_t workload, double steps_per_s);
  struct Pair {
    std::uint16_t gpu = 0;
    std::uint16_t workload = 0;
    std::uint16_t other = 0;
  };
  // The first one stands; returns it.
  double set_colocated(const Pair& pair, double steps_per_s);

  // Turns steps/s of pairs into speeds. A pair whose member could not run alone, or was not measured alone, has none.
  // Speeds above 1 (noise) become 1.
  [[nodiscard]] SpeedTables build() const;

 private:
  struct PairSteps {
    Pair pair;
    double steps_per_s;
  };

  SpeedTables tables_;
  std::map<std::pair<std::string, std::uint32_t>, std::uint16_t, std::less<>> workload_index_;
  std::map<std::pair<std::uint16_t, std::uint16_t>, double> isolated_;
  std::map<std::uint64_t, PairSteps> colocated_;
};

}  // namespace seatrial
