// Gang placement with undo; see placer.h.
#include "policies/placer.h"

#include <algorithm>

#include "models/cluster.h"
#include "models/gpu_partitions.h"
#include "models/request_class.h"
#include "policies/policy.h"
#include "policies/speed_keeper.h"
#include "sim/check.h"

namespace seatrial {

Placer::Placer(Cluster& cluster, std::unique_ptr<Placement> placement)
    : cluster_(cluster), placement_(std::move(placement)) {}

Placer::~Placer() = default;

void Placer::watch(const SpeedView& view) {
  placement_->watch(view);
  if (placement_->tells_work_apart()) works_ = &view.plan;
}

// Plain pods have one number, whatever the effort.
void Placer::number_pods(const RequestClass& job_class, std::vector<std::uint32_t>& known) {
  for (const GangShape& each : job_class.shapes) {
    for (const PodRequest& pod : {each.main, each.rest}) {
      PodClassKey key{pod, CutEffort::Idle, each.pools, {}, 0};
      if (works_ != nullptr) key.work = works_->work_of_request[job_class.request.index];
      if (job_class.check_model) key.models = job_class.model_allowed;
      for (std::size_t effort = 0; effort < kCutEfforts; ++effort) {
        if (pod.slice != 0) key.effort = static_cast<CutEffort>(effort);
        const auto fresh = static_cast<std::uint32_t>(pod_class_ids_.size());
        known.push_back(pod_class_ids_.emplace(key, fresh).first->second);
      }
    }
  }
}

std::uint32_t Placer::pod_class(const RequestClass& job_class, std::size_t shape, bool rest) {
  if (pod_classes_.size() <= job_class.request.index) pod_classes_.resize(job_class.request.index + 1);
  std::vector<std::uint32_t>& known = pod_classes_[job_class.request.index];
  if (known.empty()) number_pods(job_class, known);
  return known[(shape * 2 + (rest ? 1 : 0)) * kCutEfforts + static_cast<std::size_t>(effort_)];
}

void Placer::bind(NodeId node, const PodRequest& pod, std::uint32_t pods, std::vector<std::uint16_t>& devices,
                  std::uint32_t device) {
  pieces_.push_back(cluster_.bind(node, pod, pods, devices, device));
  placement_->changed(pod, node, true);
}

bool Placer::place_pods(const PodQuestion& question, std::uint32_t pods, std::vector<std::uint16_t>& devices) {
  while (pods > 0) {
    const NodeChoice choice = placement_->choose(question, cluster_);
    if (!choice.node.valid()) return false;
    std::uint32_t here = 1;
    if (pods > 1 && placement_->fills_nodes()) here = cluster_.slots(choice.node, question.pod, pods);
    CHECK(here > 0);
    bind(choice.node, question.pod, here, devices, choice.device);
    pods -= here;
  }
  return true;
}

bool Placer::place_whole_nodes(const RequestClass& job_class, const GangShape& shape,
                               std::vector<std::uint16_t>& devices) {
  std::uint32_t wanted = shape.main_pods;
  for (const PoolId pool : shape.pools) {
    const FreeIndex& index = cluster_.free_index(pool);
    const std::uint32_t level = shape.main.gpus;
    if (cluster_.pool(pool).node_gpus != level) continue;
    const std::uint32_t base = cluster_.pool(pool).first_node;
    for (std::uint32_t n = index.first(level); n != FreeIndex::kNone && wanted > 0; n = index.next(level, n + 1)) {
      const NodeId node{base + n};
      if (!job_class.allows(cluster_, node) || (job_class.needs_cpu && !cluster_.fits(node, shape.main))) continue;
      bind(node, shape.main, 1, devices, Cluster::kAnyDevice);
      --wanted;
    }
  }
  return wanted == 0;
}

bool Placer::place_shape(const RequestClass& job_class, const GangShape& shape, std::vector<std::uint16_t>& devices) {
  if (shape.whole_nodes) {
    std::uint64_t free_nodes = 0;
    for (const PoolId pool : shape.pools) free_nodes += cluster_.free_index(pool).count(shape.main.gpus);
    if (free_nodes < shape.main_pods || !place_whole_nodes(job_class, shape, devices)) return false;
  } else {
    PodQuestion main{shape.main, job_class, shape.pools, pod_class(job_class, shape_, false), false};
    if (!place_pods(main, shape.main_pods, devices)) return false;
  }
  if (shape.rest_pods == 0) return true;
  PodQuestion rest{shape.rest, job_class, shape.pools, pod_class(job_class, shape_, true), shape.whole_nodes};
  return place_pods(rest, shape.rest_pods, devices);
}

bool Placer::place_pod(const RequestClass& job_class, std::uint32_t shape_row, std::uint32_t pod,
                       std::vector<std::uint16_t>& devices) {
  const GangShape& shape = job_class.shapes[shape_row];
  const bool rest = pod >= shape.main_pods;
  effort_ = CutEffort::Idle;
  pieces_.clear();
  const PodQuestion question{rest ? shape.rest : shape.main, job_class, shape.pools,
                             pod_class(job_class, shape_row, rest), rest && shape.whole_nodes};
  return place_pods(question, 1, devices);
}

bool Placer::try_shape(const RequestClass& job_class, std::vector<std::uint16_t>& devices) {
  const GangShape& shape = job_class.shapes[shape_];
  const std::size_t devices_before = devices.size();
  pieces_.clear();
  if (place_shape(job_class, shape, devices)) return true;
  release(shape, pieces_, devices);
  devices.resize(devices_before);
  return false;
}

std::uint32_t Placer::place(const RequestClass& job_class, std::vector<std::uint16_t>& devices) {
  for (shape_ = 0; shape_ < job_class.shapes.size(); ++shape_) {
    effort_ = CutEffort::Idle;
    const std::uint16_t slice = job_class.shapes[shape_].main.slice;
    if (slice == 0) {
      if (try_shape(job_class, devices)) return static_cast<std::uint32_t>(shape_);
      continue;
    }
    GpuPartitions& partitions = *cluster_.partitions();
    const MigNodes* mig = partitions.mig(partitions.kind(slice).pool);
    const bool is_instance = partitions.kind(slice).what == SliceKind::What::Instance;
    CutEffort most = mig == nullptr ? CutEffort::Idle : mig->most_effort();
    if (mig != nullptr && waited_ < mig->mode().partitioner.min_wait) most = std::min(most, CutEffort::Create);
    for (int effort = 0; effort <= static_cast<int>(most); ++effort) {
      effort_ = static_cast<CutEffort>(effort);
      if (mig != nullptr && is_instance && !mig->any_node(effort_, partitions.kind(slice).profile)) continue;
      partitions.set_effort(effort_);
      if (try_shape(job_class, devices)) return static_cast<std::uint32_t>(shape_);
      partitions.undo_cuts();
    }
  }
  pieces_.clear();
  return kNone;
}

void Placer::release(const GangShape& shape, std::span<const Piece> pieces, const std::vector<std::uint16_t>& devices) {
  std::uint32_t main_left = shape.main_pods;
  for (const Piece& piece : pieces) {
    const bool is_main = main_left > 0;
    main_left -= is_main ? piece.pods : 0;
    const PodRequest& pod = is_main ? shape.main : shape.rest;
    std::span<const std::uint16_t> held;
    if (cluster_.tracks_devices()) held = {devices.data() + piece.first_device, piece.gpus};
    cluster_.release(piece, pod, held);
    placement_->changed(pod, piece.node, false);
  }
}

}  // namespace seatrial
