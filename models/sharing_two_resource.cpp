// two-resource: clients run at once (MPS, streams) and slow each other down where together they ask for more SM time or
// more memory bandwidth than there is:
//   slowdown_i = 1 + k_compute max(0, U_compute - 1) compute_bound_i
//                  + k_bandwidth max(0, U_bandwidth - 1) bandwidth_bound_i + k_other (other clients)
// U: sums over clients of what each uses alone on its slice (a thread percentage is a slice with all of the bandwidth).
// Source: cost_models section 3; fit_contention (sharing_fit.h) fits the three k on measured pairs.
#include <algorithm>

#include "models/sharing_entries.h"

namespace seatrial {
namespace {

struct Contention {
  double compute;
  double bandwidth;
  double other;
};

class TwoResource final : public SharingModel {
 public:
  TwoResource(const SpeedTables& tables, const Contention& k) : tables_(tables), k_(k) {}

  void speeds(std::uint16_t, std::span<const Sharer> sharers, std::span<double> out) const override {
    double compute = 0;
    double bandwidth = 0;
    for (std::size_t i = 0; i < sharers.size(); ++i) {
      const WorkloadProfile& profile = tables_.profile(sharers[i].workload);
      out[i] = slice_speed(profile, tables_.slice(sharers[i].slice));
      compute += profile.compute * out[i];
      bandwidth += profile.bandwidth * out[i];
    }
    const double too_much_compute = k_.compute * std::max(0.0, compute - 1);
    const double too_much_bandwidth = k_.bandwidth * std::max(0.0, bandwidth - 1);
    const double others = k_.other * static_cast<double>(sharers.size() - 1);
    for (std::size_t i = 0; i < sharers.size(); ++i) {
      const WorkloadProfile& profile = tables_.profile(sharers[i].workload);
      out[i] /= 1 + too_much_compute * profile.compute_bound + too_much_bandwidth * profile.bandwidth_bound + others;
    }
  }

 private:
  const SpeedTables& tables_;
  Contention k_;
};

}  // namespace

SharingModelRegistration sharing_two_resource() {
  using Kind = ParameterDoc::Kind;
  return {"two-resource",
          "Clients run at once and contend for SM time and memory bandwidth.",
          {{"k_compute", "slowdown per GPU of SM time asked for too much", "1", Kind::Number, 0, 100, "1"},
           {"k_bandwidth", "slowdown per GPU of memory bandwidth asked for too much", "1", Kind::Number, 0, 100, "1"},
           {"k_other", "slowdown for each other client", "1", Kind::Number, 0, 100, "0"}},
          [](const SpeedTables& tables, const Parameters& parameters) -> std::unique_ptr<SharingModel> {
            const Contention k{parameters.number("k_compute", 1), parameters.number("k_bandwidth", 1),
                               parameters.number("k_other", 0)};
            return std::make_unique<TwoResource>(tables, k);
          }};
}

}  // namespace seatrial
