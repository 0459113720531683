// See run_profile.h.
#include "traces/run_profile.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

namespace seatrial {
namespace {

struct FamilyWord {
  const char* word;  // lower case, somewhere in the kernel's name
  const char* family;
};
// The first that matches counts: attention and convolutions are built of what also names matrix products.
constexpr std::array<FamilyWord, 37> kWords{{{"nccl", "collective"},
                                             {"flash", "attention"},
                                             {"fmha", "attention"},
                                             {"attention", "attention"},
                                             {"attn", "attention"},
                                             {"mha_", "attention"},
                                             {"conv", "convolution"},
                                             {"wgrad", "convolution"},
                                             {"dgrad", "convolution"},
                                             {"fprop", "convolution"},
                                             {"implicit", "convolution"},
                                             {"winograd", "convolution"},
                                             {"gemm", "gemm"},
                                             {"gemv", "gemm"},
                                             {"cutlass", "gemm"},
                                             {"xmma", "gemm"},
                                             {"cublas", "gemm"},
                                             {"nvjet", "gemm"},
                                             {"matmul", "gemm"},
                                             {"embedding", "embedding"},
                                             {"gather", "embedding"},
                                             {"index", "embedding"},
                                             {"scatter", "embedding"},
                                             {"softmax", "reduction"},
                                             {"norm", "reduction"},
                                             {"reduce", "reduction"},
                                             {"sum", "reduction"},
                                             {"copy", "copy"},
                                             {"transpose", "copy"},
                                             {"cat", "copy"},
                                             {"elementwise", "elementwise"},
                                             {"pointwise", "elementwise"},
                                             {"activation", "elementwise"},
                                             {"adam", "elementwise"},
                                             {"multi_tensor", "elementwise"},
                                             {"fill", "elementwise"},
                                             {"triton_poi", "elementwise"}}};

// Families that wait for the arithmetic units; the others wait for memory.
bool waits_for_sms(std::string_view family) {
  return family == "gemm" || family == "attention" || family == "convolution";
}

// Length of the union of intervals.
double union_us(std::vector<std::pair<double, double>> intervals) {
  std::sort(intervals.begin(), intervals.end());
  double sum = 0;
  double reached = intervals.empty() ? 0 : intervals.front().first;
  for (const auto& [start, end] : intervals) {
    sum += std::max(0.0, end - std::max(start, reached));
    reached = std::max(reached, end);
  }
  return sum;
}

double share(double part, double whole) { return whole > 0 ? std::clamp(part / whole, 0.0, 1.0) : 0; }

}  // namespace

void GpuActivity::add_kernel(std::string_view name, double start_us, double end_us) {
  auto at = index_.find(name);
  if (at == index_.end()) at = index_.emplace(std::string(name), static_cast<std::uint32_t>(index_.size())).first;
  kernels_.push_back({at->second, start_us, end_us});
  busy_.emplace_back(start_us, end_us);
}

void GpuActivity::add_copy(const std::string& direction, double bytes, double start_us, double end_us) {
  copied_bytes_[direction] += bytes;
  busy_.emplace_back(start_us, end_us);
}

const char* kernel_family(std::string_view name) {
  std::string lower;
  for (const char c : name) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (const FamilyWord& of : kWords) {
    if (lower.find(of.word) != std::string::npos) return of.family;
  }
  return "other";
}

class ProfileMaker {
 public:
  explicit ProfileMaker(const GpuActivity& activity) : activity_(activity), kernels_(activity.kernels_) {
    std::sort(kernels_.begin(), kernels_.end(), [](const KernelRun& a, const KernelRun& b) {
      return std::pair(a.start_us, a.name) < std::pair(b.start_us, b.name);
    });
  }

  void fill(RunProfile& profile) {
    find_iterations(profile);
    count_kernels(profile);
    double last_us = activity_.busy_.front().second;
    double first_us = activity_.busy_.front().first;
    for (const auto& [start, end] : activity_.busy_) {
      first_us = std::min(first_us, start);
      last_us = std::max(last_us, end);
    }
    profile.span_s = (last_us - first_us) / 1e6;
    profile.busy_ratio = share(union_us(activity_.busy_), last_us - first_us);
    profile.copied_bytes = activity_.copied_bytes_;
  }

 private:
  void find_iterations(RunProfile& profile) {
    std::vector<double> steps = activity_.steps_;
    std::sort(steps.begin(), steps.end());
    profile.marked_steps = steps.size() > 2;
    if (!profile.marked_steps) {
      profile.iteration = find_period(kernels_);
      return;
    }
    profile.iteration = period_of_marks(steps);
    profile.iteration->kernels = kernels_.size() / steps.size();
  }

  void count_kernels(RunProfile& profile) {
    std::vector<const std::string*> names(activity_.index_.size());
    for (const auto& [name, index] : activity_.index_) names[index] = &name;
    for (const KernelRun& run : kernels_) {
      const std::string& name = *names[run.name];
      for (auto* of : {&profile.kernels[name], &profile.families[kernel_family(name)]}) {
        ++of->first;
        of->second += run.end_us - run.start_us;
      }
    }
  }

  const GpuActivity& activity_;
  std::vector<KernelRun> kernels_;
};

RunProfile profile_of(const GpuActivity& activity, std::string name, std::string source) {
  RunProfile profile;
  profile.name = std::move(name);
  profile.source = std::move(source);
  ProfileMaker(activity).fill(profile);
  double all_us = 0;
  double sms_us = 0;
  for (const auto& [family, of] : profile.families) {
    all_us += of.second;
    if (waits_for_sms(family)) sms_us += of.second;
  }
  profile.work.duty = std::max(1e-6, *profile.busy_ratio);
  profile.work.compute_bound = share(sms_us, all_us);
  profile.work.bandwidth_bound = 1 - profile.work.compute_bound;
  // A kernel that waits for one resource is taken to fill it while it runs.
  profile.work.compute = std::max(1e-6, profile.work.duty * profile.work.compute_bound);
  profile.work.bandwidth = profile.work.duty * profile.work.bandwidth_bound;
  profile.work_basis = "busy time measured; shares of SMs and bandwidth assumed from kernel families";
  return profile;
}

void use_counters(RunProfile& profile) {
  WorkloadProfile& work = profile.work;
  if (profile.busy_ratio) work.duty = std::clamp(*profile.busy_ratio, 1e-6, 1.0);
  const std::optional<double> sms = profile.sm_ratio ? profile.sm_ratio : profile.busy_ratio;
  if (sms) work.compute = std::clamp(*sms, 1e-6, 1.0);
  if (profile.dram_ratio) {
    work.bandwidth = std::clamp(*profile.dram_ratio, 0.0, 1.0);
    // The busier of the two is what it waits for, in proportion.
    const double tensor = profile.tensor_ratio.value_or(work.compute);
    work.bandwidth_bound = share(work.bandwidth, work.bandwidth + tensor);
    work.compute_bound = 1 - work.bandwidth_bound;
  }
  profile.work_basis = profile.dram_ratio
                           ? "counters; what it waits for assumed from their proportion"
                           : "busy share alone; the rest is that of a kernel that fills the GPU (assumed)";
}

}  // namespace seatrial
