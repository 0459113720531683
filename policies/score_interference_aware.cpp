// interference-aware: where the job and those that it joins lose the least speed together, as the models of the
// scenario predict it (models/sharing_scores.h). A job's own loss is also that of a GPU type on which it is slower than
// on the best one of the cluster, so that work goes to the types that suit it. A device whose jobs were measured not to
// run beside the newcomer is refused, and so is a loss above `limit`: then the job waits for a better partner.
//   loss = sum over the jobs there (share of their speed that they lose) + 1 - own / alone x (1 - types (1 - alone /
//   best)) score = int(100 (1 - loss)), at least 0
#include <algorithm>
#include <optional>
#include <vector>

#include "models/sharing_scores.h"
#include "policies/registry.h"
#include "policies/shared_devices.h"
#include "policies/speed_keeper.h"

namespace seatrial {
namespace {

constexpr double kNoLimit = 1000;  // no device has as many jobs that could stand still

class InterferenceAware final : public NodeScore {
 public:
  InterferenceAware(double limit, double types) : limit_(limit), types_(types) {}

  void watch(const SpeedView& view) override {
    plan_ = &view.plan;
    running_ = &view.running;
    costs_.emplace(*view.plan.model);
    find_best_types();
  }

  void asked(const PodQuestion& question) override {
    if (plan_ != nullptr) work_ = plan_->work_of_request[question.job_class.request.index];
  }

  Result score(const PodRequest& pod, NodeId node, const Cluster& cluster) override {
    if (plan_ == nullptr || pod.gpus == 0) return {100, Cluster::kAnyDevice};
    const double type_speed = speed_of_type(plan_->kind_of_node[node.index].gpu);
    Result best{-1, Cluster::kAnyDevice};
    bool any = false;
    std::uint32_t best_free = 0;
    for_each_shared_device(pod, node, cluster, [&](std::uint32_t device, std::uint32_t wish) {
      any = true;
      const std::int32_t here = score_of(pod, node, device, type_speed);
      const std::uint32_t free = cluster.devices(node)[device];
      if (here < best.score || here < 0 || (here == best.score && free >= best_free)) return;
      best = {here, wish};
      best_free = free;
    });
    return any ? best : Result{rounded(1 - type_speed), Cluster::kAnyDevice};
  }

  [[nodiscard]] bool tells_work_apart() const override { return true; }

 private:
  static std::int32_t rounded(double loss) { return std::max(0, static_cast<std::int32_t>(100.0 * (1 - loss))); }
  static double share(Rate rate) { return static_cast<double>(rate.units) / static_cast<double>(kFullRate.units); }

  // -1: refused.
  std::int32_t score_of(const PodRequest& pod, NodeId node, std::uint32_t device, double type_speed) {
    const DeviceKind kind = running_->kind(node, device);
    const auto sharers = running_->sharers(node, device);
    const std::uint16_t slice = plan_->slice_of_kind.empty() ? kWholeGpu : plan_->slice_of_kind[pod.slice];
    const JoinCost cost = costs_->of({kind, sharers, {JobId{}, work_, slice}});
    const double others = share(cost.others_lost);
    const double own = share(cost.own_lost);
    if (!sharers.empty() && (!cost.can_run || others + own > limit_)) return -1;
    return rounded(others + 1 - (1 - own) * type_speed);
  }

  // Speed alone on a type over that on the best type of the cluster, as far as types are to count; 1: no difference.
  [[nodiscard]] double speed_of_type(std::uint16_t gpu) const {
    const double best = static_cast<double>(best_[work_].units);
    if (best <= 0) return 1;
    return 1 - types_ * (1 - static_cast<double>(plan_->model->exclusive(gpu, work_).units) / best);
  }

  void find_best_types() {
    best_.assign(plan_->tables->workloads().size(), kStalled);
    for (const DeviceKind& kind : plan_->kind_of_node) {
      for (std::size_t work = 0; work < best_.size(); ++work) {
        const Rate here = plan_->model->exclusive(kind.gpu, static_cast<std::uint16_t>(work));
        if (here.units > best_[work].units) best_[work] = here;
      }
    }
  }

  double limit_;
  double types_;
  const SpeedPlan* plan_ = nullptr;
  const SpeedKeeper* running_ = nullptr;
  std::optional<JoinCosts> costs_;
  std::vector<Rate> best_;  // by workload: alone on the best GPU type
  std::uint16_t work_ = 0;  // of the present question
};

}  // namespace

PlacementRegistration score_interference_aware() {
  using Kind = ParameterDoc::Kind;
  PlacementRegistration entry;
  entry.doc = {"placement",
               "interference-aware",
               "Where the job and those it shares a GPU with lose the least speed, as `models` predict it.",
               {{"limit", "loss, in jobs at full speed, above which a job waits rather than shares", "jobs",
                 Kind::Number, 0, kNoLimit, "none"},
                {"types", "how much of a slower GPU type counts as a loss", "1", Kind::Number, 0, 1, "1"}}};
  entry.needs_speed = true;
  entry.make_score = [](const PolicyContext&, const Parameters& parameters) -> std::unique_ptr<NodeScore> {
    return std::make_unique<InterferenceAware>(parameters.number("limit", kNoLimit), parameters.number("types", 1));
  };
  return entry;
}

}  // namespace seatrial
