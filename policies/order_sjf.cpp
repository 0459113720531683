// sjf: shortest job first, by the run time as known (scheduler.estimate), which does not change while a job waits.
#include "policies/registry.h"

namespace seatrial {
namespace {

class ShortestJob final : public QueueOrder {
 public:
  [[nodiscard]] OrderKey key(const JobView& view) const override { return {view.known_total.ns, 0}; }
};

}  // namespace

OrderRegistration order_sjf() {
  return {{"order", "sjf", "Shortest known run time first.", {}},
          false,
          [](const PolicyContext&, const Parameters&) -> std::unique_ptr<QueueOrder> {
            return std::make_unique<ShortestJob>();
          }};
}

}  // namespace seatrial
