// Offers of pools to a request; see slice_offers.h.
#include "models/slice_offers.h"

#include <algorithm>
#include <string>

#include "models/gpu_catalog.h"
#include "models/gpu_memory.h"
#include "models/gpu_partitions.h"
#include "models/gpu_resource.h"

namespace seatrial {
namespace {

constexpr const char* kNoResource = "no pool gives the GPU resource that it asks for";
constexpr const char* kNoMemory = "it asks for more GPU memory than any GPU or slice that it may use has";
constexpr const char* kNoShares = "no pool that it may use gives shares of a GPU";
constexpr const char* kSeveral = "its pools refuse requests for more than one replica of a shared GPU";
constexpr const char* kNotInLayout = "no MIG layout of its pools has the profile that it asks for";

class Offers {
 public:
  Offers(const Workload& workload, const Request& request, const Cluster& cluster, const ClusterSpec& spec)
      : request_(request), cluster_(cluster), spec_(spec), wanted_(workload.texts().text(request.resource)) {}

  SliceOffers of(std::span<const PoolId> pools) {
    for (const PoolId pool : pools) {
      offer_plain(pool);
      offer_slices(pool);
    }
    if (wanted_ == kAnyResource) {
      std::stable_sort(found_.offers.begin(), found_.offers.end(),
                       [](const SliceOffer& a, const SliceOffer& b) { return a.milli < b.milli; });
    }
    if (!found_.offers.empty()) found_.refusal = nullptr;
    return std::move(found_);
  }

 private:
  [[nodiscard]] bool is_share() const { return request_.gpus == 1 && request_.gpu_milli < kGpuMilli; }

  // The last refusal that says more than "no such resource" is told.
  void refuse(const char* why) {
    if (found_.refusal == nullptr || why != kNoResource) found_.refusal = why;
  }

  void offer_plain(PoolId pool) {
    const GpuModeSpec& mode = spec_.pools[pool.index].gpu_mode;
    const bool plain_mode = mode.mode == SharingMode::Exclusive || mode.mode == SharingMode::Share;
    if (!plain_mode || !(wanted_.empty() || wanted_ == kAnyResource)) return refuse(kNoResource);
    if (is_share() && mode.mode == SharingMode::Exclusive) return refuse(kNoShares);
    if (request_.gpu_memory_mib > memory_of_gpu(pool)) return refuse(kNoMemory);
    if (is_share() && request_.gpu_memory_mib > 0 && mode.stated) return;  // as a share with memory
    found_.offers.push_back({pool, 0, request_.gpu_milli});
  }

  [[nodiscard]] std::int64_t memory_of_gpu(PoolId pool) const {
    if (request_.gpu_memory_mib == 0) return 0;
    if (cluster_.partitions() != nullptr) return cluster_.partitions()->usable_mib(pool);
    const GpuModel* model = find_gpu_model(spec_.pools[pool.index].gpu_model);
    return model == nullptr ? INT64_MAX : usable_memory_mib(*model, 0).value_or(INT64_MAX);
  }

  void offer_slices(PoolId pool) {
    if (cluster_.partitions() == nullptr) return;
    const auto kinds = cluster_.partitions()->kinds();
    for (std::size_t row = 1; row < kinds.size(); ++row) {
      const auto slice = static_cast<std::uint16_t>(row);
      const SliceKind& kind = kinds[row];
      if (kind.pool != pool) continue;
      if (!is_asked_for(kind)) {
        refuse(kNoResource);
      } else if (request_.gpu_memory_mib > kind.memory_mib) {
        refuse(kNoMemory);
      } else if (kind.what == SliceKind::What::Replica && request_.gpus > 1 &&
                 spec_.pools[pool.index].gpu_mode.refuse_several) {
        refuse(kSeveral);
      } else if (kind.what == SliceKind::What::Instance && cluster_.partitions()->mig(pool)->most(kind.profile) == 0) {
        refuse(kNotInLayout);
      } else {
        found_.offers.push_back({pool, slice, kind.what == SliceKind::What::Share ? request_.gpu_milli : kind.milli});
      }
    }
  }

  [[nodiscard]] bool is_asked_for(const SliceKind& kind) const {
    const GpuModeSpec& mode = spec_.pools[kind.pool.index].gpu_mode;
    if (kind.what == SliceKind::What::Share) return is_share() && request_.gpu_memory_mib > 0 && plain_or_any();
    if (is_share()) return false;  // fractions of replicas and instances do not exist
    if (wanted_ == kAnyResource) return true;
    switch (kind.what) {
      case SliceKind::What::Instance: {
        const MigProfile& profile = cluster_.partitions()->mig(kind.pool)->geometry().family().profiles[kind.profile];
        if (mode.single) return wanted_.empty() && cluster_.partitions()->mig(kind.pool)->most(kind.profile) > 0;
        return wanted_ == mig_resource_key(profile.name);
      }
      case SliceKind::What::Replica:
        return wanted_ == gpu_resource_key(mode.resource);
      case SliceKind::What::Whole:
        return wanted_.empty();
      case SliceKind::What::Share:
        return false;
    }
    return false;
  }
  [[nodiscard]] bool plain_or_any() const { return wanted_.empty() || wanted_ == kAnyResource; }

  const Request& request_;
  const Cluster& cluster_;
  const ClusterSpec& spec_;
  const std::string& wanted_;
  SliceOffers found_;
};

}  // namespace

SliceOffers slice_offers(const Workload& workload, const Request& request, const Cluster& cluster,
                         const ClusterSpec& spec, std::span<const PoolId> pools) {
  return Offers(workload, request, cluster, spec).of(pools);
}

}  // namespace seatrial
