// Who shared a GPU with whom, and how much longer that took; see report_devices.h.
//
// How much longer a job was at work is a fact; when it lost that time, and to whom, is not recorded: it is spread
// evenly over the time for which the job held its GPUs, and evenly over the kinds of jobs that were beside it.
#include <algorithm>
#include <array>
#include <map>
#include <span>

#include "models/cluster.h"
#include "models/device_ref.h"
#include "models/gpu_partitions.h"
#include "models/workload.h"
#include "reports/device_history.h"
#include "reports/report_data.h"
#include "reports/report_devices.h"

namespace seatrial {
namespace {

// A job on one device.
struct Tenancy {
  std::uint32_t device = 0;
  std::uint32_t kind = 0;
  std::int64_t begin_ns = 0, end_ns = 0;
  double milli = 0;
  double lost_share = 0;  // of the job's time
};

std::string kind_words(const Workload& workload, const Request& request) {
  const std::string_view work = workload.texts().text(request.work);
  if (!work.empty()) return std::string(work);
  const std::string_view resource = workload.texts().text(request.resource);
  if (!resource.empty()) return std::string(resource);
  if (request.gpu_milli == kGpuMilli) return "whole GPUs";
  constexpr std::uint32_t kQuarter = kGpuMilli / 4;
  const std::uint32_t quarters = (request.gpu_milli + kQuarter - 1) / kQuarter;
  constexpr std::array<const char*, 5> kWords{"no GPU", "up to 0.25 GPU", "up to 0.5 GPU", "up to 0.75 GPU",
                                              "up to 1 GPU"};
  return kWords[std::min<std::size_t>(quarters, kWords.size() - 1)];
}

class SharingPass {
 public:
  SharingPass(const ReportInput& input, const Cluster& cluster, const DeviceHistory* devices, DeviceReport& report)
      : input_(input), cluster_(cluster), report_(report), longer_ns_(input.workload.size(), 0) {
    for (std::size_t i = 0; devices != nullptr && i < devices->slowed().size(); ++i) {
      longer_ns_[devices->slowed()[i].job.index] += devices->slowed()[i].longer_ns;  // once a run of the job
    }
    node_pool_.reserve(cluster.devices_in_all());
    for (std::uint32_t node = 0; node < cluster.nodes(); ++node) {
      node_pool_.insert(node_pool_.end(), cluster.gpus({node}), cluster.pool_of({node}).index);
    }
  }

  void run() {
    name_kinds();
    collect();
    std::stable_sort(tenancies_.begin(), tenancies_.end(),
                     [](const Tenancy& a, const Tenancy& b) { return a.device < b.device; });
    for (std::size_t begin = 0; begin < tenancies_.size();) {
      std::size_t end = begin;
      while (end < tenancies_.size() && tenancies_[end].device == tenancies_[begin].device) ++end;
      sweep({tenancies_.data() + begin, end - begin});
      begin = end;
    }
    for (const auto& [key, sums] : cells_) {
      const auto& [mode, of, beside] = key;
      SharingCell cell{mode, of, std::nullopt, sums.first / 1000, sums.second / 1000};
      if (beside != kAlone) cell.beside = beside;
      report_.sharing.push_back(cell);
    }
  }

 private:
  static constexpr std::size_t kAlone = SIZE_MAX;
  // The jobs of one kind that are on a device now.
  struct Present {
    std::uint32_t jobs = 0;
    double milli = 0;
    double lost_milli = 0;
  };
  struct Step {
    std::int64_t at_ns = 0;
    bool leaves = false;
    const Tenancy* who = nullptr;
  };

  // Kinds by the jobs that ask so, the most first; beyond the limit they are one.
  void name_kinds() {
    const Workload& workload = input_.workload;
    std::vector<std::uint64_t> jobs(workload.requests().size(), 0);
    for (std::uint32_t job = 0; job < workload.size(); ++job) ++jobs[workload.request_id({job}).index];
    std::map<std::string, std::uint64_t> count;
    for (std::uint32_t i = 0; i < jobs.size(); ++i) {
      if (workload.requests()[{i}].gpus > 0) count[kind_words(workload, workload.requests()[{i}])] += jobs[i];
    }
    std::vector<std::pair<std::uint64_t, std::string>> order;
    for (const auto& [name, jobs_of] : count) order.emplace_back(jobs_of, name);
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    std::map<std::string, std::uint32_t> rows;
    for (const auto& [jobs_of, name] : order) {
      const std::size_t row = std::min(report_.kinds.size(), DeviceReport::kKinds);
      rows[name] = static_cast<std::uint32_t>(row);
      if (report_.kinds.size() < DeviceReport::kKinds) report_.kinds.push_back(name);
    }
    if (order.size() > DeviceReport::kKinds) report_.kinds.emplace_back("others");
    for (std::uint32_t i = 0; i < jobs.size(); ++i) {
      const Request& request = workload.requests()[{i}];
      kind_of_request_.push_back(request.gpus > 0 ? rows[kind_words(workload, request)] : 0);
    }
  }

  void collect() {
    std::vector<Stay> stays;
    for (std::uint32_t i = 0; i < input_.workload.size(); ++i) {
      const JobId job{i};
      if (input_.table.start[job] == kNever || input_.workload.request(job).gpus == 0) continue;
      input_.history.stays(job, stays);
      std::int64_t held_ns = 0;
      for (const Stay& stay : stays) held_ns += stay.end_ns - stay.begin_ns;
      const double lost = held_ns > 0 ? static_cast<double>(longer_ns_[i]) / static_cast<double>(held_ns) : 0;
      const auto kind = kind_of_request_[input_.workload.request_id(job).index];
      const double milli = unit_milli(input_.workload, input_.table, job);
      for (const Stay& stay : stays) {
        if (stay.end_ns <= stay.begin_ns) continue;
        for (const Piece& piece : stay.pieces) add_piece(stay, piece, {0, kind, 0, 0, milli, lost});
      }
    }
  }

  // Several slices of one GPU are held by one job.
  void add_piece(const Stay& stay, const Piece& piece, Tenancy one) {
    const std::size_t first = tenancies_.size();
    one.begin_ns = stay.begin_ns;
    one.end_ns = stay.end_ns;
    for (const std::uint16_t ref : input_.table.devices(piece)) {
      one.device = cluster_.first_device(piece.node) + device_index(ref);
      const auto same = std::find_if(tenancies_.begin() + static_cast<std::ptrdiff_t>(first), tenancies_.end(),
                                     [&](const Tenancy& other) { return other.device == one.device; });
      if (same != tenancies_.end()) {
        same->milli += one.milli;
      } else {
        tenancies_.push_back(one);
      }
    }
  }

  void sweep(std::span<const Tenancy> on_device) {
    const SharingMode mode = mode_of(on_device.front().device);
    if (mode == SharingMode::Exclusive) return;
    steps_.clear();
    for (const Tenancy& one : on_device) {
      steps_.push_back({one.begin_ns, false, &one});
      steps_.push_back({one.end_ns, true, &one});
    }
    std::stable_sort(steps_.begin(), steps_.end(), [](const Step& a, const Step& b) {
      return a.at_ns != b.at_ns ? a.at_ns < b.at_ns : a.leaves > b.leaves;
    });
    std::vector<Present> present(report_.kinds.size());
    std::int64_t since_ns = 0;
    for (const Step& step : steps_) {
      if (step.at_ns > since_ns)
        add(static_cast<std::size_t>(mode), present, static_cast<double>(step.at_ns - since_ns));
      since_ns = step.at_ns;
      Present& kind = present[step.who->kind];
      const double sign = step.leaves ? -1 : 1;
      kind.jobs = step.leaves ? kind.jobs - 1 : kind.jobs + 1;
      kind.milli += sign * step.who->milli;
      kind.lost_milli += sign * step.who->milli * step.who->lost_share;
      if (kind.jobs == 0) kind = {};
    }
  }

  // The time is split over the kinds beside each; a job is not beside itself.
  void add(std::size_t mode, const std::vector<Present>& present, double ns) {
    std::size_t kinds = 0;
    for (const Present& kind : present) kinds += kind.jobs > 0 ? 1 : 0;
    for (std::size_t of = 0; kinds > 0 && of < present.size(); ++of) {
      if (present[of].jobs == 0) continue;
      const std::size_t others = present[of].jobs > 1 ? kinds : kinds - 1;
      const double part = ns / 1e9 / static_cast<double>(std::max<std::size_t>(1, others));
      for (std::size_t beside = 0; beside < present.size(); ++beside) {
        if (present[beside].jobs > (beside == of ? 1U : 0U)) count({mode, of, beside}, present[of], part);
      }
      if (others == 0) count({mode, of, kAlone}, present[of], part);
    }
  }

  using Key = std::array<std::size_t, 3>;  // mode, of, beside
  void count(const Key& key, const Present& jobs, double seconds) {
    auto& [held, lost] = cells_[key];
    held += jobs.milli * seconds;
    lost += jobs.lost_milli * seconds;
  }

  [[nodiscard]] SharingMode mode_of(std::uint32_t device) const {
    return cluster_.partitions() == nullptr ? SharingMode::Share
                                            : cluster_.partitions()->mode({node_pool_[device]}).mode;
  }

  const ReportInput& input_;
  const Cluster& cluster_;
  DeviceReport& report_;
  std::vector<std::int64_t> longer_ns_;   // by job
  std::vector<std::uint32_t> node_pool_;  // by device
  std::vector<std::uint32_t> kind_of_request_;
  std::vector<Tenancy> tenancies_;
  std::vector<Step> steps_;
  std::map<Key, std::pair<double, double>> cells_;  // milli-GPUs x seconds held, and of it lost
};

}  // namespace

void fill_sharing(const ReportInput& input, const Cluster& cluster, const DeviceHistory* devices,
                  DeviceReport& report) {
  report.speed_modelled = input.summary.divided.slowed_jobs.has_value();
  SharingPass(input, cluster, devices, report).run();
}

}  // namespace seatrial
