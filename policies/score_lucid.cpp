// lucid: the pack limit of Lucid (Hu et al., ASPLOS 2023), which knows no speeds of pairs, only how busy each job keeps
// a GPU. Free GPUs come first; else a job may join one that is alone on its GPU, asks for as many GPUs, and fits by GPU
// memory and by the sum of the sharing classes (models/sharing_scores.h). Nobody else is joined: the job waits.
// Not there, because a placement is asked for a class of equal requests, not for one job: that the queued job's
// priority be at most twice the other's, and that sharing is off while few jobs come.
#include "models/sharing_scores.h"
#include "policies/registry.h"
#include "policies/shared_devices.h"
#include "policies/speed_keeper.h"

namespace seatrial {
namespace {

constexpr std::int32_t kFreeGpu = 100;
constexpr std::int32_t kPair = 50;

class Lucid final : public NodeScore {
 public:
  Lucid(const Workload& workload, const LucidLimits& limits, const LucidThresholds& thresholds)
      : workload_(workload), limits_(limits), thresholds_(thresholds) {}

  void watch(const SpeedView& view) override {
    plan_ = &view.plan;
    running_ = &view.running;
  }

  void asked(const PodQuestion& question) override {
    if (plan_ != nullptr) queued_ = job_of(question.job_class.request);
  }

  Result score(const PodRequest& pod, NodeId node, const Cluster& cluster) override {
    Result best{-1, Cluster::kAnyDevice};
    bool any = false;
    if (plan_ != nullptr) {
      for_each_shared_device(pod, node, cluster, [&](std::uint32_t device, std::uint32_t wish) {
        any = true;
        const std::int32_t here = score_of(running_->sharers(node, device));
        if (here > best.score) best = {here, wish};
      });
    }
    return any ? best : Result{kFreeGpu, Cluster::kAnyDevice};
  }

  [[nodiscard]] bool tells_work_apart() const override { return true; }

 private:
  std::int32_t score_of(std::span<const Sharer> sharers) const {
    if (sharers.empty()) return kFreeGpu;
    if (sharers.size() > 1) return -1;
    return lucid_may_join(queued_, job_of(workload_.request_id(sharers.front().job)), limits_) ? kPair : -1;
  }

  [[nodiscard]] LucidJob job_of(RequestId id) const {
    const Request& request = workload_.requests()[id];
    const WorkloadProfile& profile = plan_->tables->profile(plan_->work_of_request[id.index]);
    return {request.gpus, request.gpu_memory_mib, lucid_class(profile.compute, profile.bandwidth, thresholds_), 0};
  }

  const Workload& workload_;
  LucidLimits limits_;
  LucidThresholds thresholds_;
  const SpeedPlan* plan_ = nullptr;
  const SpeedKeeper* running_ = nullptr;
  LucidJob queued_;
};

}  // namespace

PlacementRegistration score_lucid() {
  using Kind = ParameterDoc::Kind;
  PlacementRegistration entry;
  entry.doc = {"placement",
               "lucid",
               "Free GPUs first, else beside one job whose use of the GPU leaves room (Lucid's pack limit).",
               {{"memory", "of a GPU, for both jobs", "MiB", Kind::Number, 0, 1e9, "24576"},
                {"score_sum", "of the two classes: tiny 0, medium 1, jumbo 2", "1", Kind::Number, 0, 4, "2"},
                {"tiny", "use of SMs and memory bandwidth below which a job is tiny", "1", Kind::Number, 0, 1, "0.25"},
                {"medium", "the same for medium; above: jumbo", "1", Kind::Number, 0, 1, "0.75"}}};
  entry.needs_speed = true;
  entry.make_score = [](const PolicyContext& context, const Parameters& given) -> std::unique_ptr<NodeScore> {
    LucidLimits limits;
    limits.memory_mib = static_cast<std::int64_t>(given.number("memory", static_cast<double>(limits.memory_mib)));
    limits.score_sum = static_cast<std::int32_t>(given.number("score_sum", limits.score_sum));
    LucidThresholds at;
    at.tiny_utilisation = given.number("tiny", at.tiny_utilisation);
    at.medium_utilisation = given.number("medium", at.medium_utilisation);
    return std::make_unique<Lucid>(context.workload, limits, at);
  };
  return entry;
}

}  // namespace seatrial
