// none: neighbours cost nothing and a slice is as fast as the GPU. What the simulator assumes without a sharing model.
#include <algorithm>

#include "models/sharing_entries.h"

namespace seatrial {
namespace {

class NoSlowdown final : public SharingModel {
 public:
  void speeds(std::uint16_t, std::span<const Sharer> sharers, std::span<double> out) const override {
    std::fill_n(out.begin(), sharers.size(), 1.0);
  }
};

}  // namespace

SharingModelRegistration sharing_none() {
  return {"none", "Sharing slows nobody down.", {}, [](const SpeedTables&, const Parameters&) {
            return std::unique_ptr<SharingModel>(std::make_unique<NoSlowdown>());
          }};
}

}  // namespace seatrial
