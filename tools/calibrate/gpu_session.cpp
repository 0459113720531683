// See gpu_session.h.
#include "tools/calibrate/gpu_session.h"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cmath>
#include <utility>

namespace seatrial {

// The embedded image (cmake/embed_bytes.cmake).
extern const unsigned char kKernelImage[];
extern const std::size_t kKernelImageBytes;

namespace {

constexpr unsigned kThreads = 256;
constexpr double kShortUs = 200;  // work is repeated until one pair of events spans this
constexpr double kClockFell = 0.95;
constexpr int kTransposed = 1;
constexpr int kDefaultAlgorithm = -1;

double at_share(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<std::size_t>(std::lround(share * static_cast<double>(sorted.size() - 1)))];
}

}  // namespace

bool has_kernel_image() { return kKernelImageBytes > 1; }
const void* kernel_image() { return kKernelImage; }

DeviceMemory::DeviceMemory(const GpuSession& session, std::size_t bytes) : session_(&session), bytes_(bytes) {
  session.driver().check(session.driver().allocate(&at_, std::max<std::size_t>(bytes, 16)), "cuMemAlloc");
}
DeviceMemory::DeviceMemory(DeviceMemory&& other) noexcept
    : session_(std::exchange(other.session_, nullptr)),
      at_(std::exchange(other.at_, 0)),
      bytes_(std::exchange(other.bytes_, 0)) {}
DeviceMemory& DeviceMemory::operator=(DeviceMemory&& other) noexcept {
  std::swap(session_, other.session_);
  std::swap(at_, other.at_);
  std::swap(bytes_, other.bytes_);
  return *this;
}
DeviceMemory::~DeviceMemory() {
  if (at_ != 0) (void)session_->driver().free(at_);
}

GpuSession::GpuSession(int device) : driver_(CudaDriver::open()), nvml_(static_cast<unsigned>(device)) {
  driver_.check(driver_.device_get(&device_, device), "cuDeviceGet");
  read_facts();
  if (!has_kernel_image()) throw Unavailable("this program was built without nvcc and has no kernels");
  driver_.check(driver_.context_retain(&context_, device_), "cuDevicePrimaryCtxRetain");
  driver_.check(driver_.context_set(context_), "cuCtxSetCurrent");
  driver_.check(driver_.module_load(&module_, kernel_image()), "cuModuleLoadData");
  driver_.check(driver_.stream_create(&own_stream_, /*CU_STREAM_NON_BLOCKING*/ 1, 0), "cuStreamCreate");
  driver_.check(driver_.event_create(&begin_, 0), "cuEventCreate");
  driver_.check(driver_.event_create(&end_, 0), "cuEventCreate");
  stream_ = own_stream_;
}

GpuSession::~GpuSession() {
  if (blas_handle_ != nullptr) (void)blas_.destroy(blas_handle_);
  for (CuHandle event : {begin_, end_}) {
    if (event != nullptr) (void)driver_.event_destroy(event);
  }
  if (own_stream_ != nullptr) (void)driver_.stream_destroy(own_stream_);
  if (context_ != nullptr) (void)driver_.context_release(device_);
}

void GpuSession::read_facts() {
  std::array<char, 256> name{};
  driver_.check(driver_.device_name(name.data(), static_cast<int>(name.size()) - 1, device_), "cuDeviceGetName");
  facts_.name = name.data();
  std::size_t bytes = 0;
  driver_.check(driver_.device_memory(&bytes, device_), "cuDeviceTotalMem");
  facts_.memory_mib = static_cast<double>(bytes) / 1048576;
  const auto attribute = [&](CuAttribute which) {
    int value = 0;
    driver_.check(driver_.device_attribute(&value, which, device_), "cuDeviceGetAttribute");
    return value;
  };
  facts_.sms = attribute(kAttributeSms);
  facts_.major = attribute(kAttributeMajor);
  facts_.minor = attribute(kAttributeMinor);
  facts_.l2_bytes = attribute(kAttributeL2Bytes);
  driver_.check(driver_.driver_version(&facts_.driver_api), "cuDriverGetVersion");
}

void GpuSession::use_stream(CuHandle stream) {
  stream_ = stream;
  if (blas_handle_ != nullptr) Cublas::check(blas_.set_stream(blas_handle_, stream_), "cublasSetStream");
}

void GpuSession::launch_kernel(const char* kernel, std::size_t items, void** arguments) const {
  CuHandle function = nullptr;
  driver_.check(driver_.module_function(&function, module_, kernel), kernel);
  const std::size_t wanted = (items + kThreads - 1) / kThreads;
  const auto most = static_cast<std::size_t>(std::max(1, facts_.sms)) * 8;
  const auto blocks = static_cast<unsigned>(std::clamp<std::size_t>(wanted, 1, most));
  driver_.check(driver_.launch(function, blocks, 1, 1, kThreads, 1, 1, 0, stream_, arguments, nullptr), kernel);
}

// cuBLAS is column-major: C' = B' A' of the row-major matrices, whose transposes they are to it.
void GpuSession::gemm(const Gemm& of, CuPointer a, CuPointer b, CuPointer c) const {
  if (blas_handle_ == nullptr) {
    blas_ = Cublas::open();
    Cublas::check(blas_.create(&blas_handle_), "cublasCreate");
    Cublas::check(blas_.set_stream(blas_handle_, stream_), "cublasSetStream");
  }
  const double alpha64 = of.alpha;
  const double zero64 = 0;
  const float zero32 = 0;
  const int alpha_int = 1;
  const int zero_int = 0;
  const void* alpha = &of.alpha;
  const void* beta = &zero32;
  if (of.compute == kCompute64) {
    alpha = &alpha64;
    beta = &zero64;
  } else if (of.compute == kCompute32I) {
    alpha = &alpha_int;
    beta = &zero_int;
  }
  const int lead_a = of.transposed_a ? of.m : of.k;
  const int lead_b = of.transposed_b ? of.k : of.n;
  const int op_a = of.transposed_a ? kTransposed : 0;
  const int op_b = of.transposed_b ? kTransposed : 0;
  const auto pointer = [](CuPointer at) { return std::bit_cast<void*>(static_cast<std::uintptr_t>(at)); };
  if (of.batch == 1) {
    Cublas::check(blas_.gemm(blas_handle_, op_b, op_a, of.n, of.m, of.k, alpha, pointer(b), of.type, lead_b, pointer(a),
                             of.type, lead_a, beta, pointer(c), of.out_type, of.n, of.compute, kDefaultAlgorithm),
                  "cublasGemmEx");
    return;
  }
  Cublas::check(blas_.gemm_batched(blas_handle_, op_b, op_a, of.n, of.m, of.k, alpha, pointer(b), of.type, lead_b,
                                   of.stride_b, pointer(a), of.type, lead_a, of.stride_a, beta, pointer(c), of.out_type,
                                   of.n, of.stride_c, of.batch, of.compute, kDefaultAlgorithm),
                "cublasGemmStridedBatchedEx");
}

void GpuSession::set_blas_sms(int sms) const {
  if (blas_handle_ != nullptr && blas_.set_sms != nullptr) {
    Cublas::check(blas_.set_sms(blas_handle_, sms), "cublasSetSmCountTarget");
  }
}

void GpuSession::upload(CuPointer to, const void* from, std::size_t bytes) const {
  driver_.check(driver_.copy_to_device(to, from, bytes, stream_), "cuMemcpyHtoD");
  synchronize();
}
void GpuSession::download(void* to, CuPointer from, std::size_t bytes) const {
  driver_.check(driver_.copy_to_host(to, from, bytes, stream_), "cuMemcpyDtoH");
  synchronize();
}
void GpuSession::synchronize() const { driver_.check(driver_.stream_synchronize(stream_), "cuStreamSynchronize"); }

double GpuSession::elapsed_us(const std::function<void()>& work, std::size_t times) const {
  driver_.check(driver_.event_record(begin_, stream_), "cuEventRecord");
  for (std::size_t i = 0; i < times; ++i) work();
  driver_.check(driver_.event_record(end_, stream_), "cuEventRecord");
  driver_.check(driver_.event_synchronize(end_), "cuEventSynchronize");
  float ms = 0;
  driver_.check(driver_.event_elapsed(&ms, begin_, end_), "cuEventElapsedTime");
  return 1000.0 * static_cast<double>(ms);
}

Timing GpuSession::time_once(const std::function<void()>& work, TimingRules rules) const {
  for (int warm_up = 0; warm_up < 3; ++warm_up) work();
  synchronize();
  const double first_us = std::max(elapsed_us(work, 1), 0.1);
  const auto inner = quick_ ? 1 : static_cast<std::size_t>(std::clamp(kShortUs / first_us, 1.0, 10'000.0));
  std::vector<double> times;
  const auto begin = std::chrono::steady_clock::now();
  const auto passed_s = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(); };
  while (passed_s() < rules.most_s && (passed_s() < rules.least_s || times.size() < rules.least_repeats)) {
    times.push_back(elapsed_us(work, inner) / static_cast<double>(inner));
  }
  if (times.empty()) times.push_back(first_us);
  std::sort(times.begin(), times.end());
  Timing timing{at_share(times, 0.5), at_share(times, 0.1), at_share(times, 0.9), times.size(), 0, 0, false};
  timing.clock_mhz = nvml_.sm_clock_mhz();
  timing.power_w = nvml_.power_w();
  return timing;
}

Timing GpuSession::time(const std::function<void()>& work, TimingRules rules) const {
  if (quick_) rules = {0, 2, 2};
  Timing timing;
  for (int attempt = 0; attempt < 2; ++attempt) {
    const double before_mhz = nvml_.sm_clock_mhz();
    timing = time_once(work, rules);
    timing.throttled = timing.clock_mhz < kClockFell * before_mhz;  // false where either is not known
    if (!timing.throttled) break;
  }
  return timing;
}

}  // namespace seatrial
