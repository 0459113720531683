// Loaded into a CUDA program by the driver (CUDA_INJECTION64_PATH), it asks CUPTI what ran on the GPU and appends
// records to a file of this process in the folder SEATRIAL_INJECT_OUT (traces/gpu_records.h). Records are written when
// CUPTI hands over a buffer, once a second at least, so that a program that leaves through _exit loses little. The
// program is never stopped: what fails here is said on standard error, once.
#include <cupti.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <string>

namespace {

constexpr std::size_t kBufferBytes = std::size_t{8} << 20U;
constexpr unsigned kFlushMs = 1000;

#if CUPTI_API_VERSION >= 130000
using Kernel = CUpti_ActivityKernel10;
#else
using Kernel = CUpti_ActivityKernel9;
#endif
using Copy = CUpti_ActivityMemcpy6;
using Set = CUpti_ActivityMemset4;
using Marker = CUpti_ActivityMarker2;

struct Writer {
  std::mutex mutex;
  std::FILE* file = nullptr;
  std::map<std::string, unsigned long> names;
};

// Lives as long as the process: CUPTI may call at any time.
Writer& writer() {
  static Writer* const kept = new Writer;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): see above
  return *kept;
}

unsigned long long ns(std::uint64_t time) { return static_cast<unsigned long long>(time); }

const char* direction(std::uint8_t kind) {
  switch (kind) {
    case CUPTI_ACTIVITY_MEMCPY_KIND_HTOD:
      return "host_to_device";
    case CUPTI_ACTIVITY_MEMCPY_KIND_DTOH:
      return "device_to_host";
    case CUPTI_ACTIVITY_MEMCPY_KIND_DTOD:
      return "device_to_device";
    case CUPTI_ACTIVITY_MEMCPY_KIND_PTOP:
      return "peer_to_peer";
    default:
      return "other";
  }
}

void write_kernel(Writer& to, const Kernel& kernel) {
  std::string name = kernel.name != nullptr ? kernel.name : "unknown";
  for (char& c : name) c = c == '\n' ? ' ' : c;
  const auto [at, fresh] = to.names.emplace(name, to.names.size());
  if (fresh) std::fprintf(to.file, "N %lu %s\n", at->second, name.c_str());
  std::fprintf(to.file, "K %lu %llu %llu\n", at->second, ns(kernel.start), ns(kernel.end));
}

void write_record(Writer& to, const CUpti_Activity* record) {
  switch (record->kind) {
    case CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL:
    case CUPTI_ACTIVITY_KIND_KERNEL:
      write_kernel(to, *reinterpret_cast<const Kernel*>(record));
      break;
    case CUPTI_ACTIVITY_KIND_MEMCPY: {
      const auto& copy = *reinterpret_cast<const Copy*>(record);
      std::fprintf(to.file, "C %s %llu %llu %llu\n", direction(copy.copyKind), ns(copy.bytes), ns(copy.start),
                   ns(copy.end));
      break;
    }
    case CUPTI_ACTIVITY_KIND_MEMSET: {
      const auto& set = *reinterpret_cast<const Set*>(record);
      std::fprintf(to.file, "S %llu %llu\n", ns(set.start), ns(set.end));
      break;
    }
    case CUPTI_ACTIVITY_KIND_MARKER: {
      const auto& marker = *reinterpret_cast<const Marker*>(record);
      const bool begins = (static_cast<unsigned>(marker.flags) & CUPTI_ACTIVITY_FLAG_MARKER_START) != 0;
      if (begins && marker.name != nullptr && std::strncmp(marker.name, "step", 4) == 0) {
        std::fprintf(to.file, "I %llu\n", ns(marker.timestamp));
      }
      break;
    }
    default:
      break;
  }
}

void CUPTIAPI give_buffer(std::uint8_t** buffer, std::size_t* size, std::size_t* most_records) {
  *buffer = static_cast<std::uint8_t*>(std::aligned_alloc(8, kBufferBytes));
  *size = *buffer != nullptr ? kBufferBytes : 0;
  *most_records = 0;
}

void CUPTIAPI take_buffer(CUcontext /*context*/, std::uint32_t /*stream*/, std::uint8_t* buffer, std::size_t /*size*/,
                          std::size_t valid) {
  Writer& to = writer();
  const std::lock_guard<std::mutex> lock(to.mutex);
  CUpti_Activity* record = nullptr;
  while (to.file != nullptr && cuptiActivityGetNextRecord(buffer, valid, &record) == CUPTI_SUCCESS)
    write_record(to, record);
  if (to.file != nullptr) std::fflush(to.file);
  std::free(buffer);
}

void flush_all() { (void)cuptiActivityFlushAll(1); }

bool enabled(CUpti_ActivityKind kind) { return cuptiActivityEnable(kind) == CUPTI_SUCCESS; }

}  // namespace

// The name that the driver looks for in the library of CUDA_INJECTION64_PATH.
extern "C" int InitializeInjection() {  // NOLINT(readability-identifier-naming)
  const char* folder = std::getenv("SEATRIAL_INJECT_OUT");
  if (folder == nullptr) return 1;
  const std::string path = std::string(folder) + '/' + std::to_string(::getpid()) + ".records";
  writer().file = std::fopen(path.c_str(), "w");
  const bool works = writer().file != nullptr &&
                     cuptiActivityRegisterCallbacks(give_buffer, take_buffer) == CUPTI_SUCCESS &&
                     enabled(CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL);
  if (!works) {
    std::fprintf(stderr,
                 "seatrial profile: CUPTI cannot be used in this process (another profiler?); it goes on without\n");
    return 1;
  }
  (void)enabled(CUPTI_ACTIVITY_KIND_MEMCPY);
  (void)enabled(CUPTI_ACTIVITY_KIND_MEMSET);
  (void)enabled(CUPTI_ACTIVITY_KIND_MARKER);
  (void)cuptiActivityFlushPeriod(kFlushMs);
  (void)std::atexit(flush_all);
  return 1;
}
