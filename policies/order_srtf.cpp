// srtf: shortest remaining run time first, as known. Running jobs and waiting ones are ranked together; on a tie the
// running one stays.
#include "policies/registry.h"

namespace seatrial {
namespace {

class ShortestRemaining final : public QueueOrder {
 public:
  [[nodiscard]] OrderKey key(const JobView& view) const override {
    return {view.known_remaining.ns, view.running ? 0 : 1};
  }
};

}  // namespace

OrderRegistration order_srtf() {
  return {{"order", "srtf", "Shortest known remaining run time first; preempts.", {}},
          true,
          [](const PolicyContext&, const Parameters&) -> std::unique_ptr<QueueOrder> {
            return std::make_unique<ShortestRemaining>();
          }};
}

}  // namespace seatrial
