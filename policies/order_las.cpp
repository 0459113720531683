// las: least attained service first. Attained GPU-time is counted in quanta, so that equal jobs take turns of one
// quantum instead of changing places at every instant; in the same quantum the running job stays, then first come.
// As the quantum goes to 0 this is foreground-background sharing (Nuyens & Wierman 2008).
#include "policies/keys.h"
#include "policies/registry.h"

namespace seatrial {
namespace {

class LeastAttainedService final : public QueueOrder {
 public:
  explicit LeastAttainedService(std::int64_t quantum_gpu_ns) : quantum_(quantum_gpu_ns) {}

  [[nodiscard]] OrderKey key(const JobView& view) const override {
    return {attained_gpu_ns(view) / quantum_, view.running ? 0 : 1};
  }
  [[nodiscard]] std::optional<Duration> next_crossing(const JobView& view) const override {
    const std::int64_t level = attained_gpu_ns(view) / quantum_;
    if (level >= INT64_MAX / quantum_ - 1) return std::nullopt;
    return time_to_service(view, (level + 1) * quantum_);
  }

 private:
  std::int64_t quantum_;
};

}  // namespace

OrderRegistration order_las() {
  return {{"order",
           "las",
           "Least attained GPU-time first, in quanta; preempts.",
           {{"quantum_gpu_s", "attained service is counted in units of this", "GPU-s", ParameterDoc::Kind::Number, 1e-6,
             1e9, "3250"}}},
          true,
          [](const PolicyContext&, const Parameters& parameters) -> std::unique_ptr<QueueOrder> {
            const double quantum = parameters.number("quantum_gpu_s", kLasQuantumGpuS);
            return std::make_unique<LeastAttainedService>(std::max<std::int64_t>(1, duration_from_seconds(quantum).ns));
          }};
}

}  // namespace seatrial
