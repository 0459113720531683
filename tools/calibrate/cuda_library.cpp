// See cuda_library.h.
#include "tools/calibrate/cuda_library.h"

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "models/runtime_library.h"

namespace seatrial {
namespace {

// Looks functions up and remembers which ones are missing.
class Functions {
 public:
  explicit Functions(const char* file) : file_(file), library_(file) {}

  template <class Function>
  void need(const char* name, Function& function) {
    if (!library_.look_up(name, function)) missing_ += (missing_.empty() ? "" : ", ") + std::string(name);
    if (function != nullptr) ++found_;
  }
  template <class Function>
  void want(const char* name, Function& function) {
    if (!library_.look_up(name, function)) function = nullptr;
  }
  [[nodiscard]] bool opened() const { return found_ > 0; }
  void check() const {
    if (missing_.empty()) return;
    if (!opened()) throw Unavailable(std::string(file_) + " is not there");
    throw Unavailable(std::string(file_) + " is too old: it lacks " + missing_);
  }

 private:
  const char* file_;
  RuntimeLibrary library_;
  std::string missing_;
  int found_ = 0;
};

void look_up_basics(Functions& functions, CudaDriver& driver) {
  functions.need("cuInit", driver.init);
  functions.need("cuDriverGetVersion", driver.driver_version);
  functions.need("cuDeviceGetCount", driver.device_count);
  functions.need("cuDeviceGet", driver.device_get);
  functions.need("cuDeviceGetName", driver.device_name);
  functions.need("cuDeviceTotalMem_v2", driver.device_memory);
  functions.need("cuDeviceGetAttribute", driver.device_attribute);
  functions.need("cuDevicePrimaryCtxRetain", driver.context_retain);
  functions.need("cuDevicePrimaryCtxRelease_v2", driver.context_release);
  functions.need("cuCtxSetCurrent", driver.context_set);
  functions.need("cuCtxSynchronize", driver.context_synchronize);
  functions.need("cuModuleLoadData", driver.module_load);
  functions.need("cuModuleGetFunction", driver.module_function);
  functions.need("cuLaunchKernel", driver.launch);
  functions.need("cuGetErrorString", driver.error_text);
}

void look_up_memory(Functions& functions, CudaDriver& driver) {
  functions.need("cuMemAlloc_v2", driver.allocate);
  functions.need("cuMemFree_v2", driver.free);
  functions.need("cuMemHostAlloc", driver.host_allocate);
  functions.need("cuMemFreeHost", driver.host_free);
  functions.need("cuMemcpyHtoDAsync_v2", driver.copy_to_device);
  functions.need("cuMemcpyDtoHAsync_v2", driver.copy_to_host);
  functions.need("cuMemcpyDtoDAsync_v2", driver.copy_on_device);
}

void look_up_streams(Functions& functions, CudaDriver& driver) {
  functions.need("cuStreamCreateWithPriority", driver.stream_create);
  functions.need("cuStreamSynchronize", driver.stream_synchronize);
  functions.need("cuStreamDestroy_v2", driver.stream_destroy);
  functions.need("cuEventCreate", driver.event_create);
  functions.need("cuEventRecord", driver.event_record);
  functions.need("cuEventSynchronize", driver.event_synchronize);
  functions.need("cuEventElapsedTime", driver.event_elapsed);
  functions.need("cuEventDestroy_v2", driver.event_destroy);
  functions.need("cuStreamBeginCapture_v2", driver.capture_begin);
  functions.need("cuStreamEndCapture", driver.capture_end);
  functions.need("cuGraphInstantiateWithFlags", driver.graph_instantiate);
  functions.need("cuGraphLaunch", driver.graph_launch);
  functions.need("cuGraphExecDestroy", driver.graph_exec_destroy);
  functions.need("cuGraphDestroy", driver.graph_destroy);
}

void look_up_green(Functions& functions, CudaDriver& driver) {
  functions.want("cuDeviceGetDevResource", driver.device_resource);
  functions.want("cuDevSmResourceSplitByCount", driver.resource_split);
  functions.want("cuDevResourceGenerateDesc", driver.resource_describe);
  functions.want("cuGreenCtxCreate", driver.green_create);
  functions.want("cuGreenCtxDestroy", driver.green_destroy);
  functions.want("cuCtxFromGreenCtx", driver.green_context);
  functions.want("cuGreenCtxStreamCreate", driver.green_stream);
}

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

}  // namespace

CudaDriver CudaDriver::open() {
  CudaDriver driver;
  Functions functions("libcuda.so.1");
  look_up_basics(functions, driver);
  look_up_memory(functions, driver);
  look_up_streams(functions, driver);
  look_up_green(functions, driver);
  functions.check();
  driver.check(driver.init(0), "cuInit");
  int devices = 0;
  driver.check(driver.device_count(&devices), "cuDeviceGetCount");
  if (devices < 1) throw Unavailable("the CUDA driver sees no device");
  return driver;
}

void CudaDriver::check(int status, const char* what) const {
  if (status == 0) return;
  const char* text = nullptr;
  if (error_text != nullptr) (void)error_text(status, &text);
  throw Unavailable(std::string(what) + ": " + (text != nullptr ? text : "error") + " (" + std::to_string(status) +
                    ')');
}

Cublas Cublas::open() {
  std::string why;
  for (const char* file : {"libcublas.so.13", "libcublas.so.12"}) {
    Cublas blas;
    Functions functions(file);
    functions.need("cublasCreate_v2", blas.create);
    functions.need("cublasDestroy_v2", blas.destroy);
    functions.need("cublasSetStream_v2", blas.set_stream);
    functions.need("cublasGetVersion_v2", blas.version);
    functions.need("cublasGemmEx", blas.gemm);
    functions.need("cublasGemmStridedBatchedEx", blas.gemm_batched);
    functions.want("cublasSetSmCountTarget", blas.set_sms);
    try {
      functions.check();
      return blas;
    } catch (const Unavailable& error) {
      why += (why.empty() ? "" : "; ") + std::string(error.what());
    }
  }
  throw Unavailable(why);
}

void Cublas::check(int status, const char* what) {
  if (status != 0) throw Unavailable(std::string(what) + ": cuBLAS status " + std::to_string(status));
}

Nvml::Nvml(unsigned device_index) {
  int (*init)() = nullptr;
  int (*handle)(unsigned, CuHandle*) = nullptr;
  Functions functions("libnvidia-ml.so.1");
  functions.need("nvmlInit_v2", init);
  functions.need("nvmlDeviceGetHandleByIndex_v2", handle);
  functions.want("nvmlShutdown", shutdown_);
  functions.want("nvmlDeviceGetPowerUsage", power_);
  functions.want("nvmlDeviceGetTotalEnergyConsumption", energy_);
  functions.want("nvmlDeviceGetClockInfo", clock_);
  functions.want("nvmlDeviceGetTemperature", temperature_);
  functions.want("nvmlDeviceGetUtilizationRates", utilization_);
  functions.want("nvmlDeviceGetMemoryInfo", memory_);
  functions.want("nvmlDeviceGetCurrentClocksEventReasons", reasons_);
  functions.want("nvmlSystemGetDriverVersion", driver_version_);
  functions.want("nvmlDeviceGetGpuInstanceProfileInfo", profile_info_);
  functions.want("nvmlDeviceGetGpuInstancePossiblePlacements_v2", placements_);
  try {
    functions.check();
  } catch (const Unavailable& error) {
    why_ = error.what();
    return;
  }
  if (const int status = init(); status != 0) {
    why_ = "nvmlInit: status " + std::to_string(status);
    shutdown_ = nullptr;
    return;
  }
  if (const int status = handle(device_index, &device_); status != 0) {
    why_ = "nvmlDeviceGetHandleByIndex: status " + std::to_string(status);
    device_ = nullptr;
  }
}

Nvml::~Nvml() {
  if (shutdown_ != nullptr) (void)shutdown_();
}

template <class Function, class... Arguments>
double Nvml::asked(Function function, double scale, Arguments... arguments) const {
  unsigned value = 0;
  if (device_ == nullptr || function == nullptr || function(device_, arguments..., &value) != 0) return kUnknown;
  return scale * value;
}

double Nvml::power_w() const { return asked(power_, 1e-3); }
double Nvml::sm_clock_mhz() const { return asked(clock_, 1, 1); }  // NVML_CLOCK_SM
double Nvml::temperature_c() const { return asked(temperature_, 1, 0); }

double Nvml::energy_j() const {
  unsigned long long mj = 0;
  if (device_ == nullptr || energy_ == nullptr || energy_(device_, &mj) != 0) return kUnknown;
  return static_cast<double>(mj) / 1000;
}

double Nvml::clock_reasons() const {
  unsigned long long mask = 0;
  if (device_ == nullptr || reasons_ == nullptr || reasons_(device_, &mask) != 0) return kUnknown;
  return static_cast<double>(mask);
}

double Nvml::busy_ratio() const {
  NvmlUtilization utilization;
  if (device_ == nullptr || utilization_ == nullptr || utilization_(device_, &utilization) != 0) return kUnknown;
  return utilization.gpu / 100.0;
}

double Nvml::memory_used_mib() const {
  NvmlMemory memory;
  if (device_ == nullptr || memory_ == nullptr || memory_(device_, &memory) != 0) return kUnknown;
  return static_cast<double>(memory.used) / 1048576;
}

std::string Nvml::driver_version() const {
  std::array<char, 96> text{};
  if (device_ == nullptr || driver_version_ == nullptr || driver_version_(text.data(), text.size()) != 0) return {};
  return text.data();
}

std::string Nvml::mig_placements(unsigned profile) const {
  if (device_ == nullptr) throw Unavailable(why_);
  if (profile_info_ == nullptr || placements_ == nullptr) throw Unavailable("NVML lists no MIG placements");
  // nvmlGpuInstanceProfileInfo_t: the id comes first; the rest is not looked at.
  std::array<std::uint64_t, 32> info{};
  if (const int status = profile_info_(device_, profile, info.data()); status != 0) {
    throw Unavailable("nvmlDeviceGetGpuInstanceProfileInfo: status " + std::to_string(status));
  }
  const auto id = static_cast<unsigned>(info[0] & 0xffffffffU);
  unsigned count = 0;
  if (const int status = placements_(device_, id, nullptr, &count); status != 0) {
    throw Unavailable("nvmlDeviceGetGpuInstancePossiblePlacements: status " + std::to_string(status));
  }
  std::vector<NvmlPlacement> list(count);
  if (count == 0 || placements_(device_, id, list.data(), &count) != 0) throw Unavailable("no placement");
  std::string text;
  for (const NvmlPlacement& placement : list) text += (text.empty() ? "" : ",") + std::to_string(placement.start);
  return text + " of " + std::to_string(list.front().size);
}

}  // namespace seatrial
