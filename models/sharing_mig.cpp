// mig: slices have SMs and memory of their own, but one power limit and clock. A slice runs at
//   speed_i = efficiency s_i (1 + coupling power_i) / (1 + coupling sum over the device's slices j of s_j power_j)
// with s the slice's speed at equal clock (slice_speed). A clock falls with the power that all slices draw; the whole
// GPU that a speed is relative to is slowed by its own draw, hence the numerator: one slice alone runs at a higher
// clock than the full GPU, and loses that when its neighbours become busy. Source of form and defaults:
// fit_mig_coupling (sharing_fit.h) on half of the benchmarks of an A30 (165 W) in MLPerf Inference v1.1;
// docs/shared_speed.md. For other GPUs the same two numbers are an assumption.
#include <algorithm>

#include "models/mig_speed.h"
#include "models/sharing_entries.h"

namespace seatrial {
namespace {

class MigSlices final : public SharingModel {
 public:
  MigSlices(const SpeedTables& tables, const MigCoupling& mig) : tables_(tables), mig_(mig) {}

  void speeds(std::uint16_t, std::span<const Sharer> sharers, std::span<double> out) const override {
    double draw = 0;
    for (std::size_t i = 0; i < sharers.size(); ++i) {
      const WorkloadProfile& profile = tables_.profile(sharers[i].workload);
      out[i] = slice_speed(profile, tables_.slice(sharers[i].slice));
      draw += out[i] * profile.power;
    }
    for (std::size_t i = 0; i < sharers.size(); ++i) {
      out[i] = mig_slice_speed(mig_, {out[i], tables_.profile(sharers[i].workload).power, draw});
    }
  }

 private:
  const SpeedTables& tables_;
  MigCoupling mig_;
};

}  // namespace

SharingModelRegistration sharing_mig() {
  using Kind = ParameterDoc::Kind;
  return {"mig",
          "Slices are isolated but for power and clock, which their neighbours lower.",
          {{"coupling", "fall of the clock by the power of a GPU full of work, over the clock that is left", "1",
            Kind::Number, 0, 10, "0.115"},
           {"efficiency", "what all slices together reach of the whole GPU", "1", Kind::Number, 0.1, 1, "0.968"}},
          [](const SpeedTables& tables, const Parameters& parameters) -> std::unique_ptr<SharingModel> {
            const MigCoupling a30;
            return std::make_unique<MigSlices>(tables, MigCoupling{parameters.number("coupling", a30.coupling),
                                                                   parameters.number("efficiency", a30.efficiency)});
          }};
}

}  // namespace seatrial
