// Which slices existed and were busy, on some GPUs one by one and in all pools over time; see report_devices.h.
#include <algorithm>
#include <cmath>

#include "models/cluster.h"
#include "models/device_ref.h"
#include "models/gpu_partitions.h"
#include "models/workload.h"
#include "reports/bucket_sums.h"
#include "reports/device_history.h"
#include "reports/report_data.h"
#include "reports/report_devices.h"

namespace seatrial {
namespace {

constexpr std::uint32_t kNone = 0xffffffffU;

class SlicePass {
 public:
  SlicePass(const ReportInput& input, const Cluster& cluster, const DeviceHistory& devices, DeviceReport& report)
      : input_(input),
        cluster_(cluster),
        devices_(devices),
        report_(report),
        zero_(input.metrics.first_submit()),
        span_s_((input.metrics.end() - zero_).seconds()),
        shown_(cluster.pools().size(), kNone),
        row_of_device_(cluster.devices_in_all(), kNone) {}

  void run() {
    choose_pools();
    if (report_.mig.empty()) return;
    choose_gpus();
    std::vector<std::size_t> first_row;
    std::size_t rows = 0;
    for (const MigPoolShown& pool : report_.mig) {
      first_row.push_back(rows);
      rows += pool.profiles.size();
    }
    BucketSums exist(rows, DeviceReport::kBuckets, span_s_);
    BucketSums busy(rows, DeviceReport::kBuckets, span_s_);
    add_cuts(first_row, exist);
    add_jobs(first_row, busy);
    for (std::size_t i = 0; i < report_.mig.size(); ++i) {
      MigPoolShown& pool = report_.mig[i];
      for (std::size_t profile = 0; profile < pool.profiles.size(); ++profile) {
        const std::size_t row = first_row[i] + profile;
        pool.exist.push_back(exist.used(row) ? exist.means(row) : std::vector<double>());
        pool.busy.push_back(busy.used(row) ? busy.means(row) : std::vector<double>());
      }
    }
    add_recuts();
    limit_bars();
  }

 private:
  [[nodiscard]] double seconds(Time at) const { return std::clamp((at - zero_).seconds(), 0.0, span_s_); }
  [[nodiscard]] double seconds_of(Time at) const { return at == kBeforeAll ? 0 : seconds(at); }

  void choose_pools() {
    std::vector<std::uint32_t> pools;
    std::vector<std::uint32_t> gpus(cluster_.pools().size(), 0);
    for (std::uint32_t p = 0; p < cluster_.pools().size(); ++p) {
      const MigNodes* mig = cluster_.partitions()->mig({p});
      if (mig == nullptr) continue;
      const std::uint32_t nodes = mig->pool().gpus() / std::max(1U, mig->gpus_per_node());
      gpus[p] = mig->pool().gpus() - mig->uncut_gpus() * nodes;
      report_.mig_gpus += gpus[p];
      if (gpus[p] > 0) pools.push_back(p);
    }
    std::stable_sort(pools.begin(), pools.end(), [&](std::uint32_t a, std::uint32_t b) { return gpus[a] > gpus[b]; });
    if (pools.size() > DeviceReport::kPools) pools.resize(DeviceReport::kPools);
    for (const std::uint32_t p : pools) {
      const MigGeometry& geometry = cluster_.partitions()->mig({p})->geometry();
      MigPoolShown shown;
      shown.pool = p;
      shown.gpus = gpus[p];
      shown.compute_slices = geometry.family().compute_slices;
      for (const MigProfile& profile : geometry.family().profiles) {
        shown.profiles.push_back(profile.name);
        shown.compute.push_back(profile.compute_slices);
      }
      for (const MigGeometry::Place& place : geometry.places()) {
        shown.places.push_back({place.profile, place.start, place.compute});
      }
      shown.recuts_in.assign(DeviceReport::kBuckets, 0);
      shown.recut_s_in.assign(DeviceReport::kBuckets, 0);
      shown_[p] = static_cast<std::uint32_t>(report_.mig.size());
      report_.mig.push_back(std::move(shown));
    }
  }

  // The same number from each pool, evenly spread over its GPUs.
  void choose_gpus() {
    const std::size_t each = std::max<std::size_t>(1, DeviceReport::kGpus / report_.mig.size());
    for (std::size_t i = 0; i < report_.mig.size(); ++i) {
      const MigPoolShown& pool = report_.mig[i];
      const MigNodes& mig = *cluster_.partitions()->mig({pool.pool});
      std::vector<std::uint32_t> cut;
      for (std::uint32_t gpu = 0; gpu < mig.pool().gpus(); ++gpu) {
        if (mig.is_cut(gpu % mig.gpus_per_node())) cut.push_back(gpu);
      }
      const std::size_t count = std::min(each, cut.size());
      for (std::size_t k = 0; k < count; ++k) {
        const std::uint32_t gpu = cut[k * cut.size() / count];
        const NodeId node{cluster_.pool({pool.pool}).first_node + gpu / mig.gpus_per_node()};
        const std::uint32_t index = gpu % mig.gpus_per_node();
        row_of_device_[cluster_.first_device(node) + index] = static_cast<std::uint32_t>(report_.sampled.size());
        report_.sampled.push_back({i, node.index, index, {}, {}});
      }
    }
  }

  void add_cuts(const std::vector<std::size_t>& first_row, BucketSums& sums) {
    std::vector<const CutChange*> last(cluster_.devices_in_all(), nullptr);
    const auto close = [&](const CutChange& cut, double end_s) {
      const std::uint32_t node = node_of(cut.device);
      const std::uint32_t shown = shown_[cluster_.pool_of({node}).index];
      if (shown == kNone) return;
      const MigPoolShown& pool = report_.mig[shown];
      const MigInstances instances = cluster_.partitions()->mig({pool.pool})->geometry().instances(cut.state);
      for (std::size_t place = 0; place < pool.places.size(); ++place) {
        if (((instances >> place) & 1U) == 0) continue;
        sums.add(first_row[shown] + pool.places[place].profile, seconds_of(cut.at), end_s, 1);
        const std::uint32_t row = row_of_device_[cut.device];
        if (row != kNone) add_bar(report_.sampled[row].exist, place, seconds_of(cut.at), end_s);
      }
    };
    for (const CutChange& cut : devices_.cuts()) {
      if (last[cut.device] != nullptr) close(*last[cut.device], seconds_of(cut.at));
      last[cut.device] = &cut;
    }
    for (const CutChange* cut : last) {
      if (cut != nullptr) close(*cut, span_s_);
    }
  }

  // An instance that lives on through a change of its neighbours is one bar.
  static void add_bar(std::vector<SliceBar>& bars, std::size_t place, double begin_s, double end_s) {
    if (!(end_s > begin_s)) return;
    const auto before =
        std::find_if(bars.rbegin(), bars.rend(), [&](const SliceBar& bar) { return bar.place == place; });
    if (before != bars.rend() && before->end_s == begin_s) {
      before->end_s = end_s;
    } else {
      bars.push_back({static_cast<std::uint8_t>(place), begin_s, end_s});
    }
  }

  [[nodiscard]] std::uint32_t node_of(std::uint32_t device) {
    if (node_of_device_.empty()) {
      for (std::uint32_t node = 0; node < cluster_.nodes(); ++node) {
        node_of_device_.insert(node_of_device_.end(), cluster_.gpus({node}), node);
      }
    }
    return node_of_device_[device];
  }

  void add_jobs(const std::vector<std::size_t>& first_row, BucketSums& sums) {
    std::vector<Stay> stays;
    for (std::uint32_t job = 0; job < input_.workload.size(); ++job) {
      if (input_.table.start[{job}] == kNever || input_.workload.request({job}).gpus == 0) continue;
      input_.history.stays({job}, stays);
      for (const Stay& stay : stays) {
        for (const Piece& piece : stay.pieces) add_piece(job, stay, piece, first_row, sums);
      }
    }
  }

  void add_piece(std::uint32_t job, const Stay& stay, const Piece& piece, const std::vector<std::size_t>& first_row,
                 BucketSums& sums) {
    const std::uint32_t shown = shown_[cluster_.pool_of(piece.node).index];
    if (shown == kNone) return;
    const double begin = seconds(Time{stay.begin_ns});
    const double end = seconds(Time{stay.end_ns});
    for (const std::uint16_t ref : input_.table.devices(piece)) {
      const std::uint8_t place = device_place(ref);
      if (place == kWholeDevice) continue;
      sums.add(first_row[shown] + report_.mig[shown].places[place].profile, begin, end, 1);
      const std::uint32_t row = row_of_device_[cluster_.first_device(piece.node) + device_index(ref)];
      if (row != kNone && end > begin) report_.sampled[row].busy.push_back({place, begin, end, 1, job});
    }
  }

  void add_recuts() {
    const double width = span_s_ / static_cast<double>(DeviceReport::kBuckets);
    for (const RecutNote& note : devices_.recuts()) {
      const std::uint32_t shown = shown_[note.pool];
      if (shown == kNone || width <= 0) continue;
      MigPoolShown& pool = report_.mig[shown];
      const auto bucket = std::min(static_cast<std::size_t>(seconds(note.at) / width), DeviceReport::kBuckets - 1);
      ++pool.recuts;
      pool.recut_s += note.delay.seconds();
      ++pool.recuts_in[bucket];
      pool.recut_s_in[bucket] += note.delay.seconds();
    }
  }

  // Too many bars become means over intervals, which get longer until they are few enough.
  void limit_bars() {
    const auto bars = [&] {
      std::size_t count = 0;
      for (const SampledGpu& gpu : report_.sampled) count += gpu.exist.size() + gpu.busy.size();
      return count;
    };
    report_.merged = bars() > DeviceReport::kBarsKept;
    for (std::size_t buckets = 1024; buckets >= 64 && bars() > DeviceReport::kBarsKept; buckets /= 2) {
      for (SampledGpu& gpu : report_.sampled) {
        merge(gpu.exist, report_.mig[gpu.pool].places.size(), buckets);
        merge(gpu.busy, report_.mig[gpu.pool].places.size(), buckets);
      }
    }
    for (SampledGpu& gpu : report_.sampled) {
      for (std::vector<SliceBar>* list : {&gpu.exist, &gpu.busy}) {
        std::stable_sort(list->begin(), list->end(), [](const SliceBar& a, const SliceBar& b) {
          return a.place != b.place ? a.place < b.place : a.begin_s < b.begin_s;
        });
      }
    }
  }

  void merge(std::vector<SliceBar>& bars, std::size_t places, std::size_t buckets) const {
    BucketSums sums(places, buckets, span_s_);
    for (const SliceBar& bar : bars) sums.add(bar.place, bar.begin_s, bar.end_s, bar.share);
    bars.clear();
    const double width = span_s_ / static_cast<double>(buckets);
    for (std::size_t place = 0; place < places; ++place) {
      if (!sums.used(place)) continue;
      const std::vector<double> means = sums.means(place);
      const auto level = [&](std::size_t i) { return std::round(means[i] * 16) / 16; };  // what can be told apart
      for (std::size_t i = 0; i < buckets;) {
        std::size_t end = i + 1;
        while (end < buckets && level(end) == level(i)) ++end;
        if (level(i) > 0) {
          bars.push_back({static_cast<std::uint8_t>(place), static_cast<double>(i) * width,
                          static_cast<double>(end) * width, level(i)});
        }
        i = end;
      }
    }
  }

  const ReportInput& input_;
  const Cluster& cluster_;
  const DeviceHistory& devices_;
  DeviceReport& report_;
  Time zero_;
  double span_s_;
  std::vector<std::uint32_t> shown_;           // by pool: row of report_.mig
  std::vector<std::uint32_t> row_of_device_;   // of report_.sampled
  std::vector<std::uint32_t> node_of_device_;  // filled when first asked for
};

}  // namespace

void fill_slices(const ReportInput& input, const Cluster& cluster, const DeviceHistory& devices, DeviceReport& report) {
  SlicePass(input, cluster, devices, report).run();
}

}  // namespace seatrial
