// fifo: first come, first served; ties in the order of the file.
#include "policies/registry.h"

namespace seatrial {
namespace {

class Fifo final : public QueueOrder {
 public:
  [[nodiscard]] OrderKey key(const JobView&) const override { return {}; }
};

}  // namespace

OrderRegistration order_fifo() {
  return {
      {"order", "fifo", "First come, first served.", {}},
      false,
      [](const PolicyContext&, const Parameters&) -> std::unique_ptr<QueueOrder> { return std::make_unique<Fifo>(); }};
}

}  // namespace seatrial
