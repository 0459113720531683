// What a program did with a GPU, as far as a profiler or a monitor saw it, and the workload profile made of that: the
// JSON that `seatrial profile` and `seatrial import` write and that a scenario names (`workload.profile`). Times are in
// microseconds of any one clock.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/iteration_period.h"
#include "models/speed_tables.h"

namespace seatrial {

inline constexpr const char* kProfileSchema = "seatrial.profile/1";

// Collected in any order.
class GpuActivity {
 public:
  void add_kernel(std::string_view name, double start_us, double end_us);
  void add_copy(const std::string& direction, double bytes, double start_us, double end_us);
  void add_busy(double start_us, double end_us) { busy_.emplace_back(start_us, end_us); }  // memset and the like
  void add_step(double start_us) { steps_.push_back(start_us); }  // the program's own mark of an iteration

  [[nodiscard]] bool empty() const { return kernels_.empty(); }

 private:
  friend class ProfileMaker;
  std::map<std::string, std::uint32_t, std::less<>> index_;
  std::vector<KernelRun> kernels_;
  std::map<std::string, double> copied_bytes_;
  std::vector<std::pair<double, double>> busy_;
  std::vector<double> steps_;
};

// "gemm", "attention", "convolution", "reduction", "copy", "collective", "embedding", "elementwise" or "other", by
// words in the kernel's name.
[[nodiscard]] const char* kernel_family(std::string_view name);

// A number that a profile may lack is absent, never 0.
struct RunProfile {
  std::string name;    // of the run or the pod
  std::string source;  // "chrome-trace", "nsight-systems", "dcgm", "seatrial profile"
  std::string device;
  double span_s = 0;
  std::optional<double> busy_ratio;    // of the span with work on the GPU
  std::optional<double> tensor_ratio;  // counters, where they were read
  std::optional<double> dram_ratio;
  std::optional<double> sm_ratio;
  std::optional<double> peak_memory_mib;
  std::optional<double> power_w;  // mean
  std::optional<double> energy_j;
  std::optional<IterationPeriod> iteration;
  bool marked_steps = false;                                         // the program marked its iterations itself
  std::map<std::string, std::pair<std::uint64_t, double>> families;  // kernels and microseconds
  std::map<std::string, std::pair<std::uint64_t, double>> kernels;
  std::map<std::string, double> copied_bytes;
  WorkloadProfile work;    // for the simulator
  std::string work_basis;  // what `work` rests on
};

// The activity must not be empty. `work`: duty is the busy share of the steady part; the parts of its time that wait
// for SMs and for memory are those of the kernel families, which is an assumption that `work_basis` states.
[[nodiscard]] RunProfile profile_of(const GpuActivity& activity, std::string name, std::string source);
// Fills `work` from counters where they are there.
void use_counters(RunProfile& profile);

struct DeviceFailure {
  double at_s = 0;  // since the first value of the file
  std::string gpu;
  double code = 0;  // XID
};

[[nodiscard]] std::string profiles_text(const std::vector<RunProfile>& profiles,
                                        const std::vector<DeviceFailure>& failures = {});
// What a scenario needs of a profile file: names and work. Throws InputError.
struct NamedWork {
  std::string name;
  WorkloadProfile work;
  std::optional<double> iteration_s;
  std::optional<double> peak_memory_mib;
};
[[nodiscard]] std::vector<NamedWork> read_profiles(const std::string& text, const std::string& file);

}  // namespace seatrial
