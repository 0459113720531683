// What the page of a run shows of cut and shared GPUs: slices of some GPUs over time, which instances existed and were
// busy, re-cuts, who shared a GPU with whom and how much longer that took, and GPU memory. Made from the job table and
// DeviceHistory; like all of ReportData its size does not grow with jobs and nodes. Times are seconds from the first
// submit. Nothing of it with sequential arrivals, where nobody leaves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace seatrial {

class Cluster;
class DeviceHistory;
class JobTable;
class Workload;
struct ReportInput;

// A stretch of time on one place of a cut GPU. `share`: of that time; 1 unless many stretches became one.
struct SliceBar {
  static constexpr std::uint32_t kNobody = 0xffffffffU;
  std::uint8_t place = 0;  // of the geometry
  double begin_s = 0, end_s = 0;
  double share = 1;
  std::uint32_t job = kNobody;  // who held it, where known
};

struct SampledGpu {
  std::size_t pool = 0;  // of DeviceReport::mig
  std::uint32_t node = 0;
  std::uint32_t gpu = 0;        // index on the node
  std::vector<SliceBar> exist;  // instances, in order of their place, then time
  std::vector<SliceBar> busy;
};

struct MigPlaceShown {
  std::uint8_t profile = 0, start = 0, compute = 0;
};

struct MigPoolShown {
  std::uint32_t pool = 0;
  std::uint32_t gpus = 0;  // in MIG mode
  std::uint8_t compute_slices = 0;
  std::vector<std::string> profiles;
  std::vector<std::uint8_t> compute;       // slices of a profile
  std::vector<MigPlaceShown> places;       // of the geometry
  std::vector<std::vector<double>> exist;  // by profile: instances that exist, means over equal intervals; empty: none
  std::vector<std::vector<double>> busy;
  std::uint64_t recuts = 0;
  double recut_s = 0;
  std::vector<double> recut_s_in;  // by interval: GPU time from re-cuts that began in it
  std::vector<std::uint32_t> recuts_in;
};

// Jobs of one kind beside those of another on one GPU, or alone on it.
struct SharingCell {
  std::size_t mode = 0;  // SharingMode
  std::size_t of = 0;    // row of DeviceReport::kinds
  std::optional<std::size_t> beside;
  double gpu_s = 0;   // that jobs `of` held so; split evenly where several kinds were there. Adds up to all they held
  double lost_s = 0;  // GPU time of it that they would not have needed alone on whole GPUs
};

struct MemoryShown {
  std::vector<double> asked_gib, allocated_gib;  // means over equal intervals; allocated: empty where not known
};

struct DeviceReport {
  static constexpr std::size_t kBuckets = 512;
  static constexpr std::size_t kPools = 12;        // MIG pools, the largest
  static constexpr std::size_t kGpus = 24;         // whose slices are shown
  static constexpr std::size_t kBarsKept = 16000;  // of all of these together, one by one
  static constexpr std::size_t kKinds = 12;        // of jobs; the rest is "others"

  bool divided = false;  // GPUs are cut or shared in this run
  std::size_t mig_gpus = 0;
  std::vector<MigPoolShown> mig;
  std::vector<SampledGpu> sampled;
  bool merged = false;  // bars are means over intervals
  std::vector<std::string> kinds;
  bool speed_modelled = false;
  std::vector<SharingCell> sharing;
  std::optional<MemoryShown> memory;
};

// GPU memory of one of the GPUs, slices or shares that the job holds or held last, in MiB; nothing where it is not
// known, or where the cluster gives plain GPUs alone.
[[nodiscard]] std::optional<double> unit_memory_mib(const Cluster& cluster, const Workload& workload,
                                                    const JobTable& table, std::uint32_t job);

// report_devices.cpp. `devices`: none, no re-cuts and slow-downs are known.
[[nodiscard]] DeviceReport device_report(const ReportInput& input, const Cluster& cluster,
                                         const DeviceHistory* devices);
// report_slices.cpp: mig, sampled, merged.
void fill_slices(const ReportInput& input, const Cluster& cluster, const DeviceHistory& devices, DeviceReport& report);
// report_sharing.cpp: kinds, sharing.
void fill_sharing(const ReportInput& input, const Cluster& cluster, const DeviceHistory* devices, DeviceReport& report);

}  // namespace seatrial
