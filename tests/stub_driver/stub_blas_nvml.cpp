// cuBLAS and NVML without a GPU, for the same tests: products do nothing, the device draws 100 W and more energy at
// each question. STUB_NVML_FAIL makes NVML refuse to begin.
#include <cstdlib>
#include <cstring>

extern "C" {

int cublasCreate_v2(void** handle) {
  *handle = reinterpret_cast<void*>(1);
  return 0;
}
int cublasDestroy_v2(void* /*handle*/) { return 0; }
int cublasSetStream_v2(void* /*handle*/, void* /*stream*/) { return 0; }
int cublasGetVersion_v2(void* /*handle*/, int* version) {
  *version = 130000;
  return 0;
}
int cublasSetSmCountTarget(void* /*handle*/, int /*sms*/) { return 0; }
int cublasGemmEx() { return std::getenv("STUB_BLAS_FAIL") != nullptr ? 15 : 0; }
int cublasGemmStridedBatchedEx() { return 0; }

int nvmlInit_v2() { return std::getenv("STUB_NVML_FAIL") != nullptr ? 9 : 0; }
int nvmlShutdown() { return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned /*index*/, void** device) {
  *device = reinterpret_cast<void*>(1);
  return 0;
}
int nvmlDeviceGetPowerUsage(void* /*device*/, unsigned* mw) {
  *mw = 100'000;
  return 0;
}
int nvmlDeviceGetClockInfo(void* /*device*/, int /*clock*/, unsigned* mhz) {
  *mhz = 1980;
  return 0;
}
int nvmlDeviceGetTemperature(void* /*device*/, int /*sensor*/, unsigned* degrees) {
  *degrees = 40;
  return 0;
}
int nvmlSystemGetDriverVersion(char* text, unsigned size) {
  std::strncpy(text, "580.0-stub", size);
  return 0;
}

}  // extern "C"
