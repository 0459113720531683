// pair-table: the measured speed of a workload beside another one. In a larger group the slowdowns that each partner
// alone would cause add up, as the demands of the two-resource model do:
//   slowdown_i = 1 + sum over partners j of (1 / speed(i beside j) - 1)
// For two it is the table itself. A pair that was not measured, or that could not run (placement must not make it, see
// SpeedTables::can_pair), counts with the default slowdown. Source of the pairs: the file that the scenario names.
#include "models/sharing_entries.h"

namespace seatrial {
namespace {

constexpr double kDefaultSlowdown = 2;  // equal turns

class PairTable final : public SharingModel {
 public:
  PairTable(const SpeedTables& tables, double default_slowdown)
      : tables_(tables), default_slowdown_(default_slowdown) {}

  void speeds(std::uint16_t gpu, std::span<const Sharer> sharers, std::span<double> out) const override {
    for (std::size_t i = 0; i < sharers.size(); ++i) {
      double slowdown = 1;
      double pair_speed = 1;
      for (std::size_t j = 0; j < sharers.size(); ++j) {
        if (i == j) continue;
        pair_speed = tables_.pair_speed(gpu, sharers[i].workload, sharers[j].workload);
        slowdown += (pair_speed > 0 ? 1 / pair_speed : default_slowdown_) - 1;
      }
      const bool measured_pair = sharers.size() == 2 && pair_speed > 0;  // exactly the table's figure
      out[i] = measured_pair ? pair_speed : 1 / slowdown;
    }
  }

 private:
  const SpeedTables& tables_;
  double default_slowdown_;
};

}  // namespace

SharingModelRegistration sharing_pair_table() {
  using Kind = ParameterDoc::Kind;
  return {"pair-table",
          "Measured speeds of pairs; in larger groups the slowdowns of the pairs add up.",
          {{"default_slowdown", "of a pair that was not measured", "1", Kind::Number, 1, 100, "2"}},
          [](const SpeedTables& tables, const Parameters& parameters) -> std::unique_ptr<SharingModel> {
            return std::make_unique<PairTable>(tables, parameters.number("default_slowdown", kDefaultSlowdown));
          }};
}

}  // namespace seatrial
