// The CUDA driver, NVML and cuBLAS as they are found when the program runs: opened by name, never linked, so that the
// program starts without them and says what is missing. Declarations are our own (values as in CUDA 13's cuda.h,
// cublas_api.h and nvml.h), so that no toolkit is needed to compile this. Used by seatrial calibrate and profile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace seatrial {

// What a probe needs is not there, or refused; the text is the reason for people.
class Unavailable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

using CuPointer = unsigned long long;  // CUdeviceptr
using CuHandle = void*;                // contexts, modules, functions, streams, events, graphs

// CUdevResource of ABI version 1: type, padding, then the SM resource.
struct CuResource {
  std::uint32_t type = 0;
  unsigned char padding[92] = {};
  std::uint32_t sms = 0;
  std::uint32_t least_sms = 0;
  std::uint32_t sm_alignment = 0;
  unsigned char rest[36] = {};
};
static_assert(sizeof(CuResource) == 144, "as in cuda.h");

enum CuAttribute : int { kAttributeSms = 16, kAttributeL2Bytes = 38, kAttributeMajor = 75, kAttributeMinor = 76 };

// libcuda.so.1. Functions that a driver of CUDA 12 has; those of green contexts may be null.
struct CudaDriver {
  int (*init)(unsigned) = nullptr;
  int (*driver_version)(int*) = nullptr;
  int (*device_count)(int*) = nullptr;
  int (*device_get)(int*, int) = nullptr;
  int (*device_name)(char*, int, int) = nullptr;
  int (*device_memory)(std::size_t*, int) = nullptr;
  int (*device_attribute)(int*, int, int) = nullptr;
  int (*context_retain)(CuHandle*, int) = nullptr;
  int (*context_release)(int) = nullptr;
  int (*context_set)(CuHandle) = nullptr;
  int (*context_synchronize)() = nullptr;
  int (*module_load)(CuHandle*, const void*) = nullptr;
  int (*module_function)(CuHandle*, CuHandle, const char*) = nullptr;
  int (*launch)(CuHandle, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, CuHandle, void**,
                void**) = nullptr;
  int (*allocate)(CuPointer*, std::size_t) = nullptr;
  int (*free)(CuPointer) = nullptr;
  int (*host_allocate)(void**, std::size_t, unsigned) = nullptr;
  int (*host_free)(void*) = nullptr;
  int (*copy_to_device)(CuPointer, const void*, std::size_t, CuHandle) = nullptr;
  int (*copy_to_host)(void*, CuPointer, std::size_t, CuHandle) = nullptr;
  int (*copy_on_device)(CuPointer, CuPointer, std::size_t, CuHandle) = nullptr;
  int (*stream_create)(CuHandle*, unsigned, int) = nullptr;  // with priority
  int (*stream_synchronize)(CuHandle) = nullptr;
  int (*stream_destroy)(CuHandle) = nullptr;
  int (*event_create)(CuHandle*, unsigned) = nullptr;
  int (*event_record)(CuHandle, CuHandle) = nullptr;
  int (*event_synchronize)(CuHandle) = nullptr;
  int (*event_elapsed)(float*, CuHandle, CuHandle) = nullptr;
  int (*event_destroy)(CuHandle) = nullptr;
  int (*capture_begin)(CuHandle, int) = nullptr;
  int (*capture_end)(CuHandle, CuHandle*) = nullptr;
  int (*graph_instantiate)(CuHandle*, CuHandle, unsigned long long) = nullptr;
  int (*graph_launch)(CuHandle, CuHandle) = nullptr;
  int (*graph_exec_destroy)(CuHandle) = nullptr;
  int (*graph_destroy)(CuHandle) = nullptr;
  int (*error_text)(int, const char**) = nullptr;
  int (*device_resource)(int, CuResource*, int) = nullptr;
  int (*resource_split)(CuResource*, unsigned*, const CuResource*, CuResource*, unsigned, unsigned) = nullptr;
  int (*resource_describe)(CuHandle*, CuResource*, unsigned) = nullptr;
  int (*green_create)(CuHandle*, CuHandle, int, unsigned) = nullptr;
  int (*green_destroy)(CuHandle) = nullptr;
  int (*green_context)(CuHandle*, CuHandle) = nullptr;
  int (*green_stream)(CuHandle*, CuHandle, unsigned, int) = nullptr;

  // Opens and initialises the driver and asks for devices. Throws Unavailable: no library, a function that it lacks, no
  // device, with the driver's own words.
  [[nodiscard]] static CudaDriver open();
  // Throws Unavailable with the driver's words where status is not 0.
  void check(int status, const char* what) const;
};

enum BlasType : int { kReal32 = 0, kReal64 = 1, kReal16 = 2, kInteger8 = 3, kInteger32 = 10, kBrain16 = 14 };
enum BlasCompute : int { kCompute32 = 68, kCompute64 = 70, kCompute32I = 72, kComputeTf32 = 77 };

// libcublas.so.13 or .12.
struct Cublas {
  int (*create)(CuHandle*) = nullptr;
  int (*destroy)(CuHandle) = nullptr;
  int (*set_stream)(CuHandle, CuHandle) = nullptr;
  int (*version)(CuHandle, int*) = nullptr;
  int (*set_sms)(CuHandle, int) = nullptr;
  int (*gemm)(CuHandle, int, int, int, int, int, const void*, const void*, int, int, const void*, int, int, const void*,
              void*, int, int, int, int) = nullptr;
  int (*gemm_batched)(CuHandle, int, int, int, int, int, const void*, const void*, int, int, long long, const void*,
                      int, int, long long, const void*, void*, int, int, long long, int, int, int) = nullptr;

  [[nodiscard]] static Cublas open();
  static void check(int status, const char* what);
};

struct NvmlMemory {
  unsigned long long total = 0, free = 0, used = 0;
};
struct NvmlUtilization {
  unsigned gpu = 0, memory = 0;
};
struct NvmlPlacement {
  unsigned start = 0, size = 0;
};

// libnvidia-ml.so.1: what is sampled beside a measurement. Each function may be null; NVML is never needed.
class Nvml {
 public:
  // Opens and initialises it for one device; `why` says why there is none.
  explicit Nvml(unsigned device_index);
  ~Nvml();
  Nvml(const Nvml&) = delete;
  Nvml& operator=(const Nvml&) = delete;

  [[nodiscard]] bool present() const { return device_ != nullptr; }
  [[nodiscard]] const std::string& why_absent() const { return why_; }
  // NaN where the device does not tell.
  [[nodiscard]] double power_w() const;
  [[nodiscard]] double energy_j() const;  // since the driver was loaded
  [[nodiscard]] double sm_clock_mhz() const;
  [[nodiscard]] double temperature_c() const;
  [[nodiscard]] double busy_ratio() const;
  [[nodiscard]] double memory_used_mib() const;
  [[nodiscard]] double clock_reasons() const;  // bit mask
  [[nodiscard]] std::string driver_version() const;
  // Starts of the legal placements of a MIG profile (its index in nvml.h), "0,2,4 of 2"; throws Unavailable.
  [[nodiscard]] std::string mig_placements(unsigned profile) const;

 private:
  template <class Function, class... Arguments>
  [[nodiscard]] double asked(Function function, double scale, Arguments... arguments) const;

  CuHandle device_ = nullptr;
  std::string why_;
  int (*shutdown_)() = nullptr;
  int (*power_)(CuHandle, unsigned*) = nullptr;
  int (*energy_)(CuHandle, unsigned long long*) = nullptr;
  int (*clock_)(CuHandle, int, unsigned*) = nullptr;
  int (*temperature_)(CuHandle, int, unsigned*) = nullptr;
  int (*utilization_)(CuHandle, NvmlUtilization*) = nullptr;
  int (*memory_)(CuHandle, NvmlMemory*) = nullptr;
  int (*reasons_)(CuHandle, unsigned long long*) = nullptr;
  int (*driver_version_)(char*, unsigned) = nullptr;
  int (*profile_info_)(CuHandle, unsigned, void*) = nullptr;
  int (*placements_)(CuHandle, unsigned, NvmlPlacement*, unsigned*) = nullptr;
};

}  // namespace seatrial
