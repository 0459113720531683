// tiresias: discretised two-dimensional LAS (Gu et al., NSDI '19): queues by attained GPU-time with rising thresholds,
// served in order; inside a queue running jobs by their last start, then waiting ones by first come.
#include <algorithm>
#include <vector>

#include "policies/keys.h"
#include "policies/registry.h"

namespace seatrial {
namespace {

class Tiresias final : public QueueOrder {
 public:
  explicit Tiresias(const std::vector<double>& thresholds_gpu_s) {
    for (const double threshold : thresholds_gpu_s) thresholds_.push_back(duration_from_seconds(threshold).ns);
    std::sort(thresholds_.begin(), thresholds_.end());
  }

  [[nodiscard]] OrderKey key(const JobView& view) const override {
    const auto queue = static_cast<std::int64_t>(queue_of(view));
    const Time since = view.last_start == kNever ? view.submit : view.last_start;
    return {queue * 2 + (view.running ? 0 : 1), since.ns};
  }
  [[nodiscard]] std::optional<Duration> next_crossing(const JobView& view) const override {
    const std::size_t queue = queue_of(view);
    if (queue == thresholds_.size()) return std::nullopt;
    return time_to_service(view, thresholds_[queue]);
  }

 private:
  [[nodiscard]] std::size_t queue_of(const JobView& view) const {
    const auto above = std::upper_bound(thresholds_.begin(), thresholds_.end(), attained_gpu_ns(view));
    return static_cast<std::size_t>(above - thresholds_.begin());
  }
  std::vector<std::int64_t> thresholds_;  // GPU-ns, ascending
};

}  // namespace

OrderRegistration order_tiresias() {
  return {{"order",
           "tiresias",
           "Queues by attained GPU-time (discretised 2D-LAS, NSDI '19); preempts.",
           {{"thresholds_gpu_s", "attained service at which a job moves to the next queue", "GPU-s",
             ParameterDoc::Kind::NumberList, 1e-6, 1e12, "[3250, 7200]"}}},
          true,
          [](const PolicyContext&, const Parameters& parameters) -> std::unique_ptr<QueueOrder> {
            return std::make_unique<Tiresias>(parameters.numbers("thresholds_gpu_s", {3250, 7200}));
          }};
}

}  // namespace seatrial
