// Which pools a request may use and how its gang splits there; see request_class.h.
#include "models/request_class.h"

#include <algorithm>
#include <string_view>

#include "models/slice_offers.h"

namespace seatrial {
namespace {

constexpr std::string_view kGpuTaint = "nvidia.com/gpu";

bool tolerates(const ConstraintSpec& constraint, const Taint& taint, bool gpu_pod) {
  if (taint.effect == "PreferNoSchedule") return true;
  if (gpu_pod && taint.key == kGpuTaint) return true;
  return std::any_of(constraint.tolerations.begin(), constraint.tolerations.end(), [&](const Taint& toleration) {
    const bool key = toleration.key.empty() || toleration.key == taint.key;
    const bool value = toleration.value.empty() || toleration.value == taint.value;
    const bool effect = toleration.effect.empty() || toleration.effect == taint.effect;
    return key && value && effect;
  });
}

bool selects(const ConstraintSpec& constraint, const PoolSpec& pool) {
  return std::all_of(constraint.node_selector.begin(), constraint.node_selector.end(), [&](const auto& wanted) {
    return std::find(pool.labels.begin(), pool.labels.end(), wanted) != pool.labels.end();
  });
}

bool model_matches(std::string_view allowed, std::string_view model) {
  while (true) {
    const std::size_t bar = allowed.find('|');
    if (allowed.substr(0, bar) == model) return true;
    if (bar == std::string_view::npos) return false;
    allowed.remove_prefix(bar + 1);
  }
}

std::int64_t per_pod(std::int64_t amount, std::uint32_t pods) { return (amount + pods - 1) / pods; }

PodRequest pod_of(const Request& request, std::uint32_t gpus, std::uint32_t pods) {
  return {per_pod(request.cpu_milli, pods), per_pod(request.memory_mib, pods), gpus, gpus == 0 ? 0 : request.gpu_milli};
}

// Pods as the trace asks for them: as even as whole GPUs allow.
GangShape even_shape(const Request& request) {
  GangShape shape;
  const std::uint32_t small = request.gpus / request.pods;
  const std::uint32_t larger = request.gpus % request.pods;
  shape.main_pods = larger == 0 ? request.pods : larger;
  shape.rest_pods = request.pods - shape.main_pods;
  shape.main = pod_of(request, larger == 0 ? small : small + 1, request.pods);
  shape.rest = pod_of(request, small, request.pods);
  return shape;
}

// Whole nodes of `node_gpus` and a remainder.
GangShape node_shape(const Request& request, std::uint32_t node_gpus) {
  GangShape shape;
  shape.whole_nodes = true;
  shape.main_pods = request.gpus / node_gpus;
  shape.rest_pods = request.gpus % node_gpus == 0 ? 0 : 1;
  shape.main = pod_of(request, node_gpus, shape.pods());
  shape.rest = pod_of(request, request.gpus % node_gpus, shape.pods());
  return shape;
}

class Resolver {
 public:
  Resolver(const Workload& workload, RequestId id, const Cluster& cluster, const ClassRules& rules)
      : request_(workload.requests()[id]), workload_(workload), cluster_(cluster), rules_(rules) {
    class_.request = class_.base = id;
    class_.gpus = request_.gpus;
    class_.total_milli = request_.total_milli();
    find_models();
    find_pools();
    find_offers();
  }

  RequestClass resolve() {
    if (usable_.empty() && slices_.empty()) {
      class_.infeasible = reason_;
      return std::move(class_);
    }
    for (const SliceOffer& offer : slices_) add_slice_shapes(offer);
    if (!usable_.empty() && request_.pods > 1) add_groups(even_shape(request_));
    if (!usable_.empty() && request_.pods <= 1) add_default_shapes();
    if (class_.shapes.empty()) class_.infeasible = "larger than the pools it may use";
    note_domain();
    if (!class_.shapes.empty()) class_.total_milli = class_.shapes.front().total_milli;
    return std::move(class_);
  }

 private:
  void find_models() {
    const std::string& allowed = workload_.texts().text(request_.gpu_model);
    class_.model_allowed.assign(cluster_.models().size(), 1);
    if (allowed.empty()) return;
    for (std::size_t m = 0; m < cluster_.models().size(); ++m) {
      class_.model_allowed[m] = model_matches(allowed, cluster_.models()[m]) ? 1 : 0;
    }
    class_.check_model = true;
  }

  void find_pools() {
    const std::string& tenant = workload_.texts().text(request_.tenant);
    const ConstraintSpec& constraint = rules_.spec.constraints[request_.constraint];
    for (std::uint32_t p = 0; p < cluster_.pools().size(); ++p) {
      const Pool& pool = cluster_.pools()[p];
      const PoolSpec& spec = rules_.spec.pools[p];
      if (rules_.only_pools != nullptr &&
          !std::binary_search(rules_.only_pools->begin(), rules_.only_pools->end(), PoolId{p})) {
        reason_ = "no pool of its flavor";
        continue;
      }
      if (!pool.tenants.empty() && std::find(pool.tenants.begin(), pool.tenants.end(), tenant) == pool.tenants.end()) {
        reason_ = "no pool for its tenant";
        continue;
      }
      if (!selects(constraint, spec)) {
        reason_ = "no pool with the labels that it selects";
        continue;
      }
      const bool tolerated = std::all_of(spec.taints.begin(), spec.taints.end(), [&](const Taint& taint) {
        return tolerates(constraint, taint, request_.gpus > 0);
      });
      if (!tolerated) {
        reason_ = "no pool whose taints it tolerates";
        continue;
      }
      if (request_.gpus > 0 && !has_model({p})) continue;
      usable_.push_back({p});
    }
  }

  // Pools that give slices, shares with memory or replicas are told apart from those that give plain GPUs.
  void find_offers() {
    if (request_.gpus == 0 || usable_.empty()) return;
    SliceOffers found = slice_offers(workload_, request_, cluster_, rules_.spec, usable_);
    if (found.refusal != nullptr) reason_ = found.refusal;
    usable_.clear();
    for (const SliceOffer& offer : found.offers) {
      if (offer.slice == 0) usable_.push_back(offer.pool);
      if (offer.slice != 0) slices_.push_back(offer);
    }
  }

  // One pod where it fits a node, else one for each slice.
  void add_slice_shapes(const SliceOffer& offer) {
    const auto add = [&](GangShape shape) {
      shape.pools = {offer.pool};
      for (PodRequest* pod : {&shape.main, &shape.rest}) {
        pod->gpu_milli = offer.milli;
        pod->gpu_memory_mib = request_.gpu_memory_mib;
        pod->slice = offer.slice;
      }
      add_shape(std::move(shape));
    };
    const std::size_t before = class_.shapes.size();
    Request request = request_;
    if (request.pods <= 1) {
      GangShape single;
      single.main_pods = 1;
      single.main = pod_of(request, request.gpus, 1);
      add(single);
      if (class_.shapes.size() > before) return;
      request.pods = request.gpus;
    }
    if (request.pods > 1) add(even_shape(request));
  }

  // GPUs of the pool's largest node; of a counted pool, whose one node grows and shrinks, the most it will have.
  std::uint32_t node_gpus(PoolId id) const {
    const Pool& pool = cluster_.pool(id);
    return pool.counted ? rules_.reachable_nodes[id.index] * cluster_.gpus_per_counted_node(id) : pool.node_gpus;
  }

  bool has_model(PoolId id) {
    const Pool& pool = cluster_.pool(id);
    if (node_gpus(id) == 0) return false;
    for (std::uint32_t n = 0; n < pool.nodes; ++n) {
      const NodeId node{pool.first_node + n};
      if (class_.allows(cluster_, node) && (pool.counted || cluster_.gpus(node) > 0)) return true;
    }
    reason_ = "no pool with the GPU model that it asks for";
    return false;
  }

  // Nodes of the pool with room for one such pod each, up to `enough`.
  std::uint32_t room(PoolId id, const PodRequest& pod, std::uint32_t enough) const {
    const Pool& pool = cluster_.pool(id);
    if (pool.counted) return counted_room(id, pod, enough);
    std::uint64_t slots = 0;
    const std::uint32_t nodes = std::min(pool.nodes, rules_.reachable_nodes[id.index]);
    for (std::uint32_t n = 0; n < nodes && slots < enough; ++n) {
      const NodeId node{pool.first_node + n};
      if (!class_.allows(cluster_, node)) continue;
      std::uint32_t low = 0;
      for (std::uint32_t step = 1U << 24U; step > 0; step /= 2) {
        if (low + step <= enough && cluster_.fits_empty(node, pod, low + step)) low += step;
      }
      slots += low;
    }
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(slots, enough));
  }

  // The same for a counted pool: its GPUs as they will be at most, cpu and memory as they are.
  std::uint32_t counted_room(PoolId id, const PodRequest& pod, std::uint32_t enough) const {
    const NodeId node{cluster_.pool(id).first_node};
    if (!class_.allows(cluster_, node)) return 0;
    std::uint32_t low = 0;
    const PodRequest rest{pod.cpu_milli, pod.memory_mib, 0, 0};
    for (std::uint32_t step = 1U << 24U; step > 0; step /= 2) {
      const std::uint32_t pods = low + step;
      const bool gpus = static_cast<std::uint64_t>(pods) * pod.gpus <= node_gpus(id);
      if (pods <= enough && gpus && cluster_.fits_empty(node, rest, pods)) low = pods;
    }
    return low;
  }

  // Could the pools of the shape hold it if they were empty? Main pods are no smaller than the rest.
  bool feasible(const GangShape& shape) const {
    std::uint64_t main = 0;
    std::uint64_t rest = 0;
    for (const PoolId pool : shape.pools) {
      main += room(pool, shape.main, shape.main_pods);
      if (shape.rest_pods == 0) continue;
      rest += shape.whole_nodes ? room_by_node(pool, shape) : room(pool, shape.rest, shape.pods());
    }
    return main >= shape.main_pods && (shape.rest_pods == 0 || rest >= shape.pods());
  }

  // Nodes that could take the remainder or a whole-node pod: one of each per node.
  std::uint32_t room_by_node(PoolId id, const GangShape& shape) const {
    const Pool& pool = cluster_.pool(id);
    std::uint32_t found = 0;
    const std::uint32_t nodes = std::min(pool.nodes, rules_.reachable_nodes[id.index]);
    for (std::uint32_t n = 0; n < nodes && found < shape.pods(); ++n) {
      const NodeId node{pool.first_node + n};
      found += class_.allows(cluster_, node) && cluster_.fits_empty(node, shape.rest) ? 1 : 0;
    }
    return found;
  }

  void add_shape(GangShape shape) {
    if (feasible(shape)) class_.shapes.push_back(std::move(shape));
  }

  // The same pods on each pool alone, or on all pools together.
  void add_groups(const GangShape& shape) {
    GangShape next = shape;
    if (rules_.span_pools) {
      next.pools = usable_;
      add_shape(next);
      return;
    }
    for (const PoolId pool : usable_) {
      next.pools = {pool};
      add_shape(next);
    }
  }

  // One pod where it fits a node; whole nodes and a remainder where it does not.
  void add_default_shapes() {
    GangShape single;
    single.main_pods = 1;
    single.main = pod_of(request_, request_.gpus, 1);
    for (const PoolId pool : usable_) {
      if (node_gpus(pool) >= request_.gpus && room(pool, single.main, 1) == 1) single.pools.push_back(pool);
    }
    if (!single.pools.empty()) class_.shapes.push_back(single);
    std::vector<std::uint32_t> sizes;
    for (const PoolId pool : usable_) {
      const std::uint32_t gpus = node_gpus(pool);
      if (gpus < request_.gpus && gpus > 0 && (!rules_.span_pools || !contains(sizes, gpus))) sizes.push_back(gpus);
    }
    for (const PoolId pool : usable_) {
      const std::uint32_t gpus = node_gpus(pool);
      if (!contains(sizes, gpus)) continue;
      GangShape shape = node_shape(request_, gpus);
      shape.pools = {pool};
      if (rules_.span_pools) {
        shape.pools = usable_;
        sizes.erase(std::find(sizes.begin(), sizes.end(), gpus));
      }
      add_shape(shape);
    }
  }

  static bool contains(const std::vector<std::uint32_t>& values, std::uint32_t value) {
    return std::find(values.begin(), values.end(), value) != values.end();
  }

  void note_domain() {
    for (GangShape& shape : class_.shapes) {
      shape.total_milli = shape.main_pods * shape.main.total_milli() + shape.rest_pods * shape.rest.total_milli();
      for (const PoolId pool : shape.pools) {
        if (std::find(class_.pools.begin(), class_.pools.end(), pool) == class_.pools.end())
          class_.pools.push_back(pool);
        const PodRequest& pod = shape.main;
        const bool asks = pod.cpu_milli > 0 || pod.memory_mib > 0;
        class_.needs_cpu = class_.needs_cpu || pod.is_share() || pod.slice != 0 ||
                           (cluster_.pool(pool).limits_cpu && asks) || cluster_.pool(pool).limits_pods ||
                           request_.gpus == 0;
      }
    }
    std::sort(class_.pools.begin(), class_.pools.end());
    bool mixed = false;
    for (const PoolId id : class_.pools) {
      const Pool& pool = cluster_.pool(id);
      for (std::uint32_t n = 0; n < pool.nodes && !mixed; ++n) {
        mixed = class_.model_allowed[cluster_.model_index({pool.first_node + n})] == 0;
      }
    }
    class_.check_model = class_.check_model && mixed;
  }

  RequestClass class_;
  const Request& request_;
  const Workload& workload_;
  const Cluster& cluster_;
  const ClassRules& rules_;
  std::vector<PoolId> usable_;  // that give plain GPUs
  std::vector<SliceOffer> slices_;
  const char* reason_ = "no pool with GPUs";
};

}  // namespace

RequestClass resolve_class(const Workload& workload, RequestId request, const Cluster& cluster,
                           const ClassRules& rules) {
  return Resolver(workload, request, cluster, rules).resolve();
}

}  // namespace seatrial
