// smallest-first: fewest GPUs first, then first come (Tiresias calls this rule `sjf`).
#include "policies/registry.h"

namespace seatrial {
namespace {

class SmallestFirst final : public QueueOrder {
 public:
  [[nodiscard]] OrderKey key(const JobView& view) const override { return {view.gpus, 0}; }
};

}  // namespace

OrderRegistration order_smallest_first() {
  return {{"order", "smallest-first", "Fewest GPUs first.", {}},
          false,
          [](const PolicyContext&, const Parameters&) -> std::unique_ptr<QueueOrder> {
            return std::make_unique<SmallestFirst>();
          }};
}

}  // namespace seatrial
