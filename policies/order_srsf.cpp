// srsf: shortest remaining service first: known remaining run time x GPUs (Tiresias' `shortest-gpu`).
#include "policies/keys.h"
#include "policies/registry.h"

namespace seatrial {
namespace {

class ShortestService final : public QueueOrder {
 public:
  [[nodiscard]] OrderKey key(const JobView& view) const override {
    return product_key(view.known_remaining.ns, view.gpus);
  }
};

}  // namespace

OrderRegistration order_srsf() {
  return {{"order", "srsf", "Smallest known remaining GPU-time first; preempts.", {}},
          true,
          [](const PolicyContext&, const Parameters&) -> std::unique_ptr<QueueOrder> {
            return std::make_unique<ShortestService>();
          }};
}

}  // namespace seatrial
