// A CUDA driver without a GPU, for tests of the program's own: memory is the host's, kernels do nothing, every pair of
// events is a quarter of a millisecond apart. STUB_CUDA_FAIL names a function that shall fail, STUB_CUDA_DEVICES is the
// number of devices. Compiled once more with STUB_OLD as a driver that lacks the newer half.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

constexpr int kOk = 0;
constexpr int kFails = 100;               // CUDA_ERROR_NO_DEVICE
constexpr std::size_t kCopied = 1 << 20;  // of a copy, at most: the rest would only cost time

int status(const char* function) {
  const char* failing = std::getenv("STUB_CUDA_FAIL");
  return failing != nullptr && std::string_view(failing) == function ? kFails : kOk;
}

struct Resource {
  unsigned type;
  unsigned char padding[92];
  unsigned sms, least, alignment;
  unsigned char rest[36];
};

int copy(const char* function, void* to, const void* from, std::size_t bytes) {
  if (status(function) == kOk) std::memmove(to, from, std::min(bytes, kCopied));
  return status(function);
}
void* pointer(unsigned long long at) { return reinterpret_cast<void*>(at); }

}  // namespace

extern "C" {

int cuInit(unsigned /*flags*/) { return status("cuInit"); }
int cuDriverGetVersion(int* version) {
  *version = 13000;
  return status("cuDriverGetVersion");
}
int cuDeviceGetCount(int* count) {
  const char* devices = std::getenv("STUB_CUDA_DEVICES");
  *count = devices == nullptr ? 1 : std::atoi(devices);
  return status("cuDeviceGetCount");
}
int cuDeviceGet(int* device, int index) {
  *device = index;
  return status("cuDeviceGet");
}
int cuDeviceGetName(char* name, int size, int /*device*/) {
  std::strncpy(name, "Stub GPU", static_cast<std::size_t>(size));
  return status("cuDeviceGetName");
}
int cuDeviceTotalMem_v2(std::size_t* bytes, int /*device*/) {
  *bytes = std::size_t{16} << 30U;
  return status("cuDeviceTotalMem_v2");
}
int cuDeviceGetAttribute(int* value, int attribute, int /*device*/) {
  *value = attribute == 16 ? 132 : attribute == 38 ? 1 << 20 : attribute == 75 ? 9 : 0;
  return status("cuDeviceGetAttribute");
}
int cuGetErrorString(int /*error*/, const char** text) {
  *text = "the stub was told to fail";
  return kOk;
}

#ifndef STUB_OLD

int cuDevicePrimaryCtxRetain(void** context, int /*device*/) {
  *context = pointer(1);
  return status("cuDevicePrimaryCtxRetain");
}
int cuDevicePrimaryCtxRelease_v2(int /*device*/) { return kOk; }
int cuCtxSetCurrent(void* /*context*/) { return status("cuCtxSetCurrent"); }
int cuCtxSynchronize() { return status("cuCtxSynchronize"); }
int cuModuleLoadData(void** module, const void* /*image*/) {
  *module = pointer(2);
  return status("cuModuleLoadData");
}
int cuModuleGetFunction(void** function, void* /*module*/, const char* /*name*/) {
  *function = pointer(3);
  return status("cuModuleGetFunction");
}
int cuLaunchKernel(void* /*function*/, unsigned /*x*/, unsigned /*y*/, unsigned /*z*/, unsigned /*bx*/, unsigned /*by*/,
                   unsigned /*bz*/, unsigned /*shared*/, void* /*stream*/, void** /*arguments*/, void** /*extra*/) {
  return status("cuLaunchKernel");
}
int cuMemAlloc_v2(unsigned long long* at, std::size_t bytes) {
  if (status("cuMemAlloc_v2") != kOk) return 2;
  *at = reinterpret_cast<unsigned long long>(std::calloc(1, bytes));
  return *at == 0 ? 2 : kOk;
}
int cuMemFree_v2(unsigned long long at) {
  std::free(pointer(at));
  return kOk;
}
int cuMemHostAlloc(void** at, std::size_t bytes, unsigned /*flags*/) {
  *at = std::calloc(1, bytes);
  return status("cuMemHostAlloc");
}
int cuMemFreeHost(void* at) {
  std::free(at);
  return kOk;
}
int cuMemcpyHtoDAsync_v2(unsigned long long to, const void* from, std::size_t bytes, void* /*stream*/) {
  return copy("cuMemcpyHtoDAsync_v2", pointer(to), from, bytes);
}
int cuMemcpyDtoHAsync_v2(void* to, unsigned long long from, std::size_t bytes, void* /*stream*/) {
  return copy("cuMemcpyDtoHAsync_v2", to, pointer(from), bytes);
}
int cuMemcpyDtoDAsync_v2(unsigned long long to, unsigned long long from, std::size_t bytes, void* /*stream*/) {
  return copy("cuMemcpyDtoDAsync_v2", pointer(to), pointer(from), bytes);
}
int cuStreamCreateWithPriority(void** stream, unsigned /*flags*/, int /*priority*/) {
  *stream = pointer(4);
  return status("cuStreamCreateWithPriority");
}
int cuStreamSynchronize(void* /*stream*/) { return status("cuStreamSynchronize"); }
int cuStreamDestroy_v2(void* /*stream*/) { return kOk; }
int cuEventCreate(void** event, unsigned /*flags*/) {
  *event = pointer(5);
  return status("cuEventCreate");
}
int cuEventRecord(void* /*event*/, void* /*stream*/) { return status("cuEventRecord"); }
int cuEventSynchronize(void* /*event*/) { return status("cuEventSynchronize"); }
int cuEventElapsedTime(float* ms, void* /*begin*/, void* /*end*/) {
  *ms = 0.25F;
  return status("cuEventElapsedTime");
}
int cuEventDestroy_v2(void* /*event*/) { return kOk; }
int cuStreamBeginCapture_v2(void* /*stream*/, int /*mode*/) { return status("cuStreamBeginCapture_v2"); }
int cuStreamEndCapture(void* /*stream*/, void** graph) {
  *graph = pointer(6);
  return status("cuStreamEndCapture");
}
int cuGraphInstantiateWithFlags(void** exec, void* /*graph*/, unsigned long long /*flags*/) {
  *exec = pointer(7);
  return status("cuGraphInstantiateWithFlags");
}
int cuGraphLaunch(void* /*exec*/, void* /*stream*/) { return status("cuGraphLaunch"); }
int cuGraphExecDestroy(void* /*exec*/) { return kOk; }
int cuGraphDestroy(void* /*graph*/) { return kOk; }

int cuDeviceGetDevResource(int /*device*/, Resource* resource, int /*type*/) {
  *resource = Resource{1, {}, 132, 8, 8, {}};
  return status("cuDeviceGetDevResource");
}
int cuDevSmResourceSplitByCount(Resource* part, unsigned* groups, const Resource* all, Resource* rest,
                                unsigned /*flags*/, unsigned sms) {
  *groups = 1;
  *part = *all;
  *rest = *all;
  part->sms = (sms + 7) / 8 * 8;
  rest->sms = all->sms - part->sms;
  return status("cuDevSmResourceSplitByCount");
}
int cuDevResourceGenerateDesc(void** description, Resource* /*resource*/, unsigned /*count*/) {
  *description = pointer(8);
  return status("cuDevResourceGenerateDesc");
}
int cuGreenCtxCreate(void** context, void* /*description*/, int /*device*/, unsigned /*flags*/) {
  *context = pointer(9);
  return status("cuGreenCtxCreate");
}
int cuGreenCtxDestroy(void* /*context*/) { return kOk; }
int cuCtxFromGreenCtx(void** context, void* /*green*/) {
  *context = pointer(10);
  return kOk;
}
int cuGreenCtxStreamCreate(void** stream, void* /*green*/, unsigned /*flags*/, int /*priority*/) {
  *stream = pointer(11);
  return status("cuGreenCtxStreamCreate");
}

#endif

}  // extern "C"
