// time-slicing: clients take equal turns. With k clients that always have work each gets 1/k of the time, less what
// switching costs; a client that is on the GPU for a part of its time only (duty) asks for that part:
//   speed = (1 - switch_loss if there is another client) / max(1, sum of duties)
// Source: cost_models section 3; the loss of 2 to 5 % is assumed there. Exact for equal duties, first order otherwise.
#include <algorithm>

#include "models/sharing_entries.h"

namespace seatrial {
namespace {

constexpr double kSwitchLoss = 0.03;

class TimeSlicing final : public SharingModel {
 public:
  TimeSlicing(const SpeedTables& tables, double switch_loss) : tables_(tables), switch_loss_(switch_loss) {}

  void speeds(std::uint16_t, std::span<const Sharer> sharers, std::span<double> out) const override {
    double duties = 0;
    for (const Sharer& sharer : sharers) duties += tables_.profile(sharer.workload).duty;
    const double kept = sharers.size() > 1 ? 1 - switch_loss_ : 1.0;
    std::fill_n(out.begin(), sharers.size(), kept / std::max(1.0, duties));
  }

 private:
  const SpeedTables& tables_;
  double switch_loss_;
};

}  // namespace

SharingModelRegistration sharing_time_slicing() {
  using Kind = ParameterDoc::Kind;
  return {"time-slicing",
          "Clients of a device take equal turns; switching costs a part of the time.",
          {{"switch_loss", "time lost by switching while there is more than one client", "1", Kind::Number, 0, 0.9,
            "0.03"}},
          [](const SpeedTables& tables, const Parameters& parameters) -> std::unique_ptr<SharingModel> {
            return std::make_unique<TimeSlicing>(tables, parameters.number("switch_loss", kSwitchLoss));
          }};
}

}  // namespace seatrial
