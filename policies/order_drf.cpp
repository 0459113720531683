// drf: tenants by weighted dominant share (scheduler_drf.h); inside a tenant first come, first served.
#include "policies/registry.h"

namespace seatrial {
namespace {

class FirstCome final : public QueueOrder {
 public:
  [[nodiscard]] OrderKey key(const JobView& view) const override { return {view.submit.ns, 0}; }
};

}  // namespace

OrderRegistration order_drf() {
  OrderRegistration entry;
  entry.doc = {"order", "drf", "The tenant with the smallest weighted dominant share (DRF, NSDI '11).", {}};
  entry.by_dominant_share = true;
  entry.make = [](const PolicyContext&, const Parameters&) -> std::unique_ptr<QueueOrder> {
    return std::make_unique<FirstCome>();
  };
  return entry;
}

}  // namespace seatrial
