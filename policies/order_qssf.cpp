// qssf: quasi-shortest service first (Hu et al., Helios, SC '21): GPUs x predicted run time, smallest first. The
// prediction is the mean of the user's ended jobs with the same GPUs (else the user's, else everybody's). The original
// mixes 0.1 of it with 0.9 of a gradient-boosted model; here the scenario's `estimate` stands for that model with
// weight model_weight, 0 unless asked for.
#include <cmath>

#include "policies/duration_history.h"
#include "policies/keys.h"
#include "policies/registry.h"

namespace seatrial {
namespace {

class Qssf final : public QueueOrder {
 public:
  Qssf(const Workload& workload, double model_weight) : workload_(workload), model_weight_(model_weight) {}

  [[nodiscard]] OrderKey key(const JobView& view) const override {
    const auto past = history_.predict(workload_.user(view.job), view.gpus);
    const Duration rolling = past.value_or(view.known_total);
    const double mixed = (1 - model_weight_) * rolling.seconds() + model_weight_ * view.known_total.seconds();
    const Duration predicted = model_weight_ == 0 ? rolling : duration_from_seconds(mixed);
    return product_key(predicted.ns, view.gpus);
  }
  [[nodiscard]] bool learns() const override { return true; }
  void learn(const JobView& view, Duration real_total) override {
    history_.learn(workload_.user(view.job), view.gpus, real_total);
  }

 private:
  const Workload& workload_;
  double model_weight_;
  DurationHistory history_;
};

}  // namespace

OrderRegistration order_qssf() {
  return {{"order",
           "qssf",
           "Smallest GPUs x run time predicted from the user's past jobs first (QSSF, Helios SC '21).",
           {{"model_weight", "share of the scenario's `estimate` in the prediction", "1", ParameterDoc::Kind::Number, 0,
             1, "0"}}},
          false,
          [](const PolicyContext& context, const Parameters& parameters) -> std::unique_ptr<QueueOrder> {
            return std::make_unique<Qssf>(context.workload, parameters.number("model_weight", 0));
          }};
}

}  // namespace seatrial
