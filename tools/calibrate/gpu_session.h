// One GPU in use: context, kernels, cuBLAS, memory and time. Everything here throws Unavailable with the reason when
// the driver refuses, so that a probe ends and the next one begins.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tools/calibrate/cuda_library.h"

namespace seatrial {

// The image of kernels.cu that the build made; empty where it had no nvcc.
[[nodiscard]] bool has_kernel_image();
[[nodiscard]] const void* kernel_image();

struct DeviceFacts {
  std::string name;
  int sms = 0;
  int major = 0;
  int minor = 0;
  double memory_mib = 0;
  double l2_bytes = 0;
  int driver_api = 0;  // 13000
};

// Median and outer tenths of repeats, microseconds.
struct Timing {
  double median_us = 0;
  double p10_us = 0;
  double p90_us = 0;
  std::size_t repeats = 0;
  double clock_mhz = 0;  // after the repeats; NaN: not known
  double power_w = 0;
  bool throttled = false;  // the clock fell by more than 5 % in both attempts
};

struct TimingRules {
  double least_s = 0.15;
  std::size_t least_repeats = 10;
  double most_s = 2;
};

class GpuSession;

// Device memory that is given back.
class DeviceMemory {
 public:
  DeviceMemory() = default;
  DeviceMemory(const GpuSession& session, std::size_t bytes);
  DeviceMemory(DeviceMemory&& other) noexcept;
  DeviceMemory& operator=(DeviceMemory&& other) noexcept;
  ~DeviceMemory();
  [[nodiscard]] CuPointer at() const { return at_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  const GpuSession* session_ = nullptr;
  CuPointer at_ = 0;
  std::size_t bytes_ = 0;
};

// Row-major C[m,n] = A[m,k] B, where B is [k,n], or [n,k] if `transposed_b`. Batched: strides in elements.
struct Gemm {
  int m = 0;
  int n = 0;
  int k = 0;
  bool transposed_b = true;
  bool transposed_a = false;  // A is [k,m]
  int batch = 1;
  long long stride_a = 0;
  long long stride_b = 0;
  long long stride_c = 0;
  int type = kBrain16;
  int out_type = kBrain16;
  int compute = kCompute32;
  float alpha = 1;
};

class GpuSession {
 public:
  // Throws Unavailable. device: index of the driver.
  explicit GpuSession(int device = 0);
  ~GpuSession();
  GpuSession(const GpuSession&) = delete;
  GpuSession& operator=(const GpuSession&) = delete;

  [[nodiscard]] const CudaDriver& driver() const { return driver_; }
  [[nodiscard]] const DeviceFacts& facts() const { return facts_; }
  [[nodiscard]] const Nvml& nvml() const { return nvml_; }
  [[nodiscard]] int device() const { return device_; }
  [[nodiscard]] CuHandle stream() const { return stream_; }
  // Work goes to another stream (of a green context) until it is set back; cuBLAS too.
  void use_stream(CuHandle stream);
  [[nodiscard]] CuHandle own_stream() const { return own_stream_; }

  // Arguments by value, as the kernel takes them. One block has 256 threads; enough blocks for `items` but at most 8 an
  // SM.
  template <class... Arguments>
  void launch(const char* kernel, std::size_t items, Arguments... arguments) const {
    void* list[] = {static_cast<void*>(&arguments)..., nullptr};
    launch_kernel(kernel, items, list);
  }
  void gemm(const Gemm& of, CuPointer a, CuPointer b, CuPointer c) const;
  // Tells cuBLAS how many SMs there are for it; 0: all.
  void set_blas_sms(int sms) const;
  void upload(CuPointer to, const void* from, std::size_t bytes) const;
  void download(void* to, CuPointer from, std::size_t bytes) const;
  void synchronize() const;

  // Three runs to warm up, then repeats by the rules, each timed by events; short work is repeated inside one pair of
  // events. Repeated once if the clock fell by more than 5 %.
  // Quick: two repeats, whatever the rules say.
  void set_quick(bool quick) { quick_ = quick; }
  [[nodiscard]] bool is_quick() const { return quick_; }
  [[nodiscard]] Timing time(const std::function<void()>& work, TimingRules rules = {}) const;

 private:
  void launch_kernel(const char* kernel, std::size_t items, void** arguments) const;
  [[nodiscard]] Timing time_once(const std::function<void()>& work, TimingRules rules) const;
  [[nodiscard]] double elapsed_us(const std::function<void()>& work, std::size_t times) const;
  void read_facts();

  bool quick_ = false;
  CudaDriver driver_;
  int device_ = 0;
  DeviceFacts facts_;
  Nvml nvml_;
  CuHandle context_ = nullptr;
  CuHandle module_ = nullptr;
  CuHandle own_stream_ = nullptr;
  CuHandle stream_ = nullptr;
  CuHandle begin_ = nullptr;
  CuHandle end_ = nullptr;
  mutable Cublas blas_;
  mutable CuHandle blas_handle_ = nullptr;  // opened when first needed
};

}  // namespace seatrial
