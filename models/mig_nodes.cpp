// Instances of the nodes of a pool; see mig_nodes.h.
#include "models/mig_nodes.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "models/mig_layout.h"
#include "models/mig_metrics.h"
#include "sim/check.h"

namespace seatrial {
namespace {

std::vector<std::uint32_t> weights_of(const MigFamily& family, const GpuModeSpec& mode) {
  std::vector<std::uint32_t> weights(family.profiles.size(), 0);
  constexpr std::uint32_t kMost = 1'000'000;
  for (const auto& [profile, count] : mode.demand) {
    if (const auto index = family.find(profile)) weights[*index] = std::min(kMost, weights[*index] + count);
  }
  const bool any = std::any_of(weights.begin(), weights.end(), [](std::uint32_t weight) { return weight > 0; });
  return any ? weights : equal_mig_weights(family);
}

}  // namespace

MigNodes::MigNodes(const MigFamily& family, const GpuModeSpec& mode, std::uint32_t nodes, std::uint32_t gpus_per_node)
    : mode_(mode),
      gpus_per_node_(gpus_per_node),
      cut_(gpus_per_node, true),
      weights_(weights_of(family, mode)),
      geometry_(std::make_unique<MigGeometry>(family)),
      lookahead_(std::make_unique<MigLookahead>(*geometry_, weights_, mode.rule)),
      pool_(std::make_unique<MigPool>(*lookahead_, nodes * gpus_per_node)),
      closed_(std::size_t{nodes} * gpus_per_node, 0),
      resting_(std::size_t{nodes} * gpus_per_node, false),
      reserved_(std::size_t{nodes} * gpus_per_node, 0),
      reserved_gpu_(geometry_->profiles(), kNoGpu) {
  for (std::size_t state = 0; state < geometry_->states(); ++state) {
    open_profiles_.push_back(profiles_of(geometry_->open(static_cast<StateId>(state))));
  }
  for (std::size_t effort = 0; effort < kCutEfforts; ++effort) {
    of_gpu_[effort].assign(std::size_t{nodes} * gpus_per_node, 0);
    of_node_[effort].assign(nodes, 0);
  }
  lay_out(mode);
  seen_.assign(std::size_t{nodes} * gpus_per_node, MigGeometry::kEmpty);
  find_losses();
  for (std::uint32_t gpu = 0; gpu < pool_->gpus(); ++gpu) refresh(gpu);
  for (std::uint32_t node = 0; node < nodes; ++node) refresh_node(node);
  effort_ = most_effort();
  most_.assign(geometry_->profiles(), 0);
  for (std::size_t profile = 0; profile < geometry_->profiles() && nodes > 0; ++profile) {
    const bool at_will = mode.partitioner.kind == PartitionerSpec::Kind::Optimizing;
    const std::uint32_t per_gpu = family.profiles[profile].max_instances;
    most_[profile] = at_will ? per_gpu * (gpus_per_node - uncut_) : room(0, profile, 0xffffffffU);
  }
  effort_ = CutEffort::Idle;
}

void MigNodes::lay_out(const GpuModeSpec& mode) {
  std::vector<StateId> initial(gpus_per_node_, MigGeometry::kEmpty);
  for (std::uint32_t device = 0; device < gpus_per_node_ && !mode.layout.empty(); ++device) {
    const auto& layout = mode.layout[device];
    cut_[device] = layout.has_value();
    uncut_ += layout ? 0 : 1;
    if (!layout) continue;
    const auto state = mig_state_of(*lookahead_, mig_layout_counts(geometry_->family(), *layout));
    CHECK(state.has_value());
    initial[device] = *state;
  }
  for (std::uint32_t gpu = 0; gpu < pool_->gpus(); ++gpu) {
    const StateId state = initial[gpu % gpus_per_node_];
    if (state != MigGeometry::kEmpty) pool_->recut(gpu, state);
  }
}

CutEffort MigNodes::most_effort() const {
  return mode_.partitioner.kind == PartitionerSpec::Kind::OnDemand ? CutEffort::Recut : CutEffort::Idle;
}

MigNodes::ProfileMask MigNodes::profiles_of(MigInstances instances) const {
  ProfileMask mask = 0;
  for (; instances != 0; instances &= instances - 1) {
    const std::size_t profile = geometry_->places()[static_cast<std::size_t>(std::countr_zero(instances))].profile;
    mask = static_cast<ProfileMask>(mask | (1U << profile));
  }
  return mask;
}

void MigNodes::find_losses() {
  loss_.weights = std::max(1.0, std::accumulate(weights_.begin(), weights_.end(), 0.0));
  for (std::size_t each = 0; each < geometry_->states(); ++each) {
    const auto state = static_cast<StateId>(each);
    loss_of_.push_back({static_cast<double>(mig_fragmentation_weight(*geometry_, state, weights_)),
                        static_cast<double>(mig_stranded_weight(*geometry_, state, weights_)), 1});
  }
  for (std::uint32_t gpu = 0; gpu < pool_->gpus(); ++gpu) {
    if (!cut_[gpu % gpus_per_node_]) continue;
    loss_.fragmentation += loss_of_[seen_[gpu]].fragmentation;
    loss_.stranded += loss_of_[seen_[gpu]].stranded;
  }
}

void MigNodes::refresh(std::uint32_t gpu) {
  const bool fixed = mode_.partitioner.kind == PartitionerSpec::Kind::Static;
  const StateId now = fixed ? pool_->existing(gpu) : pool_->busy(gpu);
  if (now != seen_[gpu] && cut_[gpu % gpus_per_node_]) {
    loss_.fragmentation += loss_of_[now].fragmentation - loss_of_[seen_[gpu]].fragmentation;
    loss_.stranded += loss_of_[now].stranded - loss_of_[seen_[gpu]].stranded;
    seen_[gpu] = now;
  }
  ProfileMask masks[kCutEfforts] = {0, 0, 0};
  if (cut_[gpu % gpus_per_node_] && closed_[gpu] == 0) {
    masks[0] = profiles_of(pool_->idle(gpu));
    masks[1] = static_cast<ProfileMask>(masks[0] | open_profiles_[pool_->existing(gpu)]);
    masks[2] = masks[1];
    if (!resting_[gpu]) masks[2] = static_cast<ProfileMask>(masks[2] | open_profiles_[pool_->busy(gpu)]);
  }
  for (std::size_t effort = 0; effort < kCutEfforts; ++effort) {
    of_gpu_[effort][gpu] =
        reserved_[gpu] == 0 ? masks[effort] : static_cast<ProfileMask>(masks[effort] & reserved_[gpu]);
  }
}

void MigNodes::refresh_node(std::uint32_t node) {
  for (std::size_t effort = 0; effort < kCutEfforts; ++effort) {
    const ProfileMask* const first = &of_gpu_[effort][std::size_t{node} * gpus_per_node_];
    std::uint32_t mask = 0;
    for (std::uint32_t device = 0; device < gpus_per_node_; ++device) mask |= first[device];
    ProfileMask& known = of_node_[effort][node];
    for (std::uint32_t changed = mask ^ known; changed != 0; changed &= changed - 1) {
      const auto profile = static_cast<std::size_t>(std::countr_zero(changed));
      nodes_with_[effort][profile] += (mask >> profile & 1U) != 0 ? 1U : 0xffffffffU;
    }
    known = static_cast<ProfileMask>(mask);
  }
}

std::uint32_t MigNodes::count_on(std::uint32_t gpu, std::size_t profile, std::uint32_t enough) const {
  if ((of_gpu_[static_cast<std::size_t>(effort_)][gpu] >> profile & 1U) == 0) return 0;
  const MigInstances idle = pool_->idle(gpu) & geometry_->of_profile(profile);
  auto found = static_cast<std::uint32_t>(std::popcount(idle));
  if (effort_ == CutEffort::Idle) return found;
  StateId existing = pool_->existing(gpu);
  StateId busy = geometry_->find(geometry_->instances(pool_->busy(gpu)) | idle);
  while (found < enough && geometry_->fits(existing, profile)) {
    const std::uint8_t place = lookahead_->best_place(existing, profile);
    existing = geometry_->flip(existing, place);
    busy = geometry_->flip(busy, place);
    ++found;
  }
  if (effort_ == CutEffort::Create || resting_[gpu]) return found;
  while (found < enough && geometry_->fits(busy, profile)) {
    const Recut recut = best_recut(*lookahead_, {gpu, existing, busy}, profile, {});
    existing = recut.plan.existing;
    busy = geometry_->flip(busy, recut.plan.instance.place);
    ++found;
  }
  return found;
}

std::uint32_t MigNodes::room(std::uint32_t node, std::size_t profile, std::uint32_t enough) const {
  if ((of_node_[static_cast<std::size_t>(effort_)][node] >> profile & 1U) == 0) return 0;
  if (enough <= 1) return enough;
  std::uint32_t found = 0;
  for (std::uint32_t i = 0; i < gpus_per_node_ && found < enough; ++i) {
    found += count_on(node * gpus_per_node_ + i, profile, enough - found);
  }
  return std::min(found, enough);
}

// On the GPU with the fewest slices that are not busy, as MigPool::find_idle().
MigNodes::Choice MigNodes::choose_idle(std::uint32_t node, std::size_t profile) const {
  Choice best;
  int fewest = 0;
  for (std::uint32_t device = 0; device < gpus_per_node_; ++device) {
    const std::uint32_t gpu = node * gpus_per_node_ + device;
    if ((of_gpu_[0][gpu] >> profile & 1U) == 0) continue;
    const int free = geometry_->slices_free(pool_->busy(gpu));
    if (best.place != MigGeometry::kNoPlacement && free >= fewest) continue;
    const MigInstances idle = pool_->idle(gpu) & geometry_->of_profile(profile);
    fewest = free;
    best = {device, lookahead_->best_among(pool_->busy(gpu), idle), pool_->existing(gpu), 0};
  }
  return best;
}

MigNodes::Choice MigNodes::choose_new(std::uint32_t node, std::size_t profile) const {
  Choice best;
  std::uint32_t best_rank = MigLookahead::kNoRank;
  for (std::uint32_t device = 0; device < gpus_per_node_; ++device) {
    const std::uint32_t gpu = node * gpus_per_node_ + device;
    if ((of_gpu_[1][gpu] >> profile & 1U) == 0) continue;
    const StateId existing = pool_->existing(gpu);
    const std::uint32_t rank = lookahead_->rank(existing, profile);
    if (rank >= best_rank) continue;
    best_rank = rank;
    const std::uint8_t place = lookahead_->best_place(existing, profile);
    best = {device, place, geometry_->flip(existing, place), 0};
  }
  return best;
}

MigNodes::Choice MigNodes::choose_recut(std::uint32_t node, std::size_t profile) const {
  Choice best;
  std::uint64_t least = 0;
  std::uint32_t best_rank = MigLookahead::kNoRank;
  for (std::uint32_t device = 0; device < gpus_per_node_; ++device) {
    const std::uint32_t gpu = node * gpus_per_node_ + device;
    if ((of_gpu_[2][gpu] >> profile & 1U) == 0 || !geometry_->fits(pool_->busy(gpu), profile)) continue;
    const Recut recut = best_recut(*lookahead_, {gpu, pool_->existing(gpu), pool_->busy(gpu)}, profile, {});
    const std::uint32_t rank = lookahead_->rank(pool_->busy(gpu), profile);
    const bool better = recut.loss < least || (recut.loss == least && rank < best_rank);
    if (best.place != MigGeometry::kNoPlacement && !better) continue;
    least = recut.loss;
    best_rank = rank;
    best = {device, recut.plan.instance.place, recut.plan.existing, recut.plan.destroyed};
  }
  return best;
}

MigNodes::Choice MigNodes::choose(std::uint32_t node, std::size_t profile) const {
  Choice choice = choose_idle(node, profile);
  if (choice.place == MigGeometry::kNoPlacement && effort_ >= CutEffort::Create) choice = choose_new(node, profile);
  if (choice.place == MigGeometry::kNoPlacement && effort_ >= CutEffort::Recut) choice = choose_recut(node, profile);
  CHECK(choice.place != MigGeometry::kNoPlacement);
  return choice;
}

MigInstance MigNodes::take(std::uint32_t node, std::size_t profile) {
  const Choice choice = choose(node, profile);
  const MigInstance instance{node * gpus_per_node_ + choice.device, choice.place};
  const StateId before = pool_->existing(instance.gpu);
  if (choice.existing != before) {
    journal_.push_back({instance.gpu, before, choice.destroyed});
    pool_->recut(instance.gpu, choice.existing);
  }
  pool_->use(instance);
  unreserve(profile);
  refresh(instance.gpu);
  refresh_node(node);
  return instance;
}

MigNodes::Preview MigNodes::preview(std::uint32_t node, std::size_t profile) const {
  const Choice choice = choose(node, profile);
  if (mode_.partitioner.kind == PartitionerSpec::Kind::Static) return {choice.device, 0};
  const StateId busy = pool_->busy(node * gpus_per_node_ + choice.device);
  const StateId after = geometry_->flip(busy, choice.place);
  return {choice.device, (loss_of_[after].stranded - loss_of_[busy].stranded) / loss_.weights};
}

void MigNodes::give(MigInstance instance) {
  pool_->release(instance);
  refresh(instance.gpu);
  refresh_node(instance.gpu / gpus_per_node_);
}

void MigNodes::undo() {
  for (std::size_t i = journal_.size(); i-- > 0;) recut(journal_[i].gpu, journal_[i].before);
  journal_.clear();
}

void MigNodes::recut(std::uint32_t gpu, StateId existing) {
  pool_->recut(gpu, existing);
  refresh(gpu);
  refresh_node(gpu / gpus_per_node_);
}

void MigNodes::close(std::uint32_t gpu) {
  ++closed_[gpu];
  pool_->withdraw(gpu);
  refresh(gpu);
  refresh_node(gpu / gpus_per_node_);
}

void MigNodes::open(std::uint32_t gpu) {
  CHECK(closed_[gpu] > 0);
  if (--closed_[gpu] == 0) pool_->restore(gpu);
  refresh(gpu);
  refresh_node(gpu / gpus_per_node_);
}

void MigNodes::reserve(std::uint32_t gpu, std::size_t profile) {
  CHECK(reserved_[gpu] == 0 && reserved_gpu_[profile] == kNoGpu);
  reserved_[gpu] = static_cast<ProfileMask>(1U << profile);
  reserved_gpu_[profile] = gpu;
  refresh(gpu);
  refresh_node(gpu / gpus_per_node_);
}

void MigNodes::unreserve(std::size_t profile) {
  const std::uint32_t gpu = reserved_gpu_[profile];
  if (gpu == kNoGpu) return;
  reserved_gpu_[profile] = kNoGpu;
  reserved_[gpu] = 0;
  refresh(gpu);
  refresh_node(gpu / gpus_per_node_);
}

bool MigNodes::unreserve_all() {
  bool any = false;
  for (std::size_t profile = 0; profile < reserved_gpu_.size(); ++profile) {
    any = any || has_reserved(profile);
    unreserve(profile);
  }
  return any;
}

void MigNodes::set_resting(std::uint32_t gpu, bool resting) {
  resting_[gpu] = resting;
  refresh(gpu);
  refresh_node(gpu / gpus_per_node_);
}

}  // namespace seatrial
