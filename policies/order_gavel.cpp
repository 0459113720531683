// gavel-*: Gavel's policies (Narayanan et al., OSDI '20) as orders of a run: shares of time on each GPU type by a
// linear programme whenever jobs come or go, and rounds that follow them (policies/gavel.h). A pool is a type. Jobs do
// not share GPUs here.
#include <algorithm>
#include <optional>
#include <unordered_map>
#include <vector>

#include "models/linear_program.h"
#include "policies/gavel.h"
#include "policies/registry.h"

namespace seatrial {

OrderRegistration order_fifo();

namespace {

constexpr double kRound_s = 360;  // section 7 of the paper

class GavelAllocator final : public Allocator {
 public:
  explicit GavelAllocator(GavelObjective objective) : objective_(objective) {}

  void assign(const AllocationQuestion& question, std::span<std::uint32_t> choice) override {
    ask(question);
    remember(question);
    if (question.changed || !allocation_ || asked_ != allocated_) {
      allocation_ = gavel_allocate(input_, objective_);
      allocated_ = asked_;
    }
    if (!allocation_ || input_.jobs.empty()) return;
    std::vector<std::vector<double>> received;
    for (const std::uint32_t row : asked_rows_) received.push_back(received_parts(question.jobs[row]));
    const std::vector<std::uint32_t> chosen = gavel_round(input_, *allocation_, received);
    for (std::size_t i = 0; i < asked_rows_.size(); ++i) {
      choice[asked_rows_[i]] = chosen[i] == kNoGpuType ? kNoPool : chosen[i];
    }
  }
  void left(JobId job) override { past_.erase(job.index); }

 private:
  struct Past {
    std::vector<double> seconds;  // with GPUs, by pool
    double executed_s = 0;        // at the last round
    double isolated_s = 0;        // what that would have taken on an equal part
  };

  // Jobs that could run somewhere.
  void ask(const AllocationQuestion& question) {
    input_ = {};
    input_.gpus.assign(question.gpus.begin(), question.gpus.end());
    input_.usd_per_hour.assign(question.usd_per_gpu_hour.begin(), question.usd_per_gpu_hour.end());
    asked_.clear();
    asked_rows_.clear();
    for (std::uint32_t row = 0; row < question.jobs.size(); ++row) {
      const std::span<const double> speed = question.speed_of(row);
      if (std::all_of(speed.begin(), speed.end(), [](double value) { return value <= 0; })) continue;
      const ActiveJob& active = question.jobs[row];
      GavelJob job;
      job.steps_per_s.assign(speed.begin(), speed.end());
      job.gpus = active.gpus;
      job.weight = active.weight;
      job.steps_left = std::max(kLeast_s, active.view.known_remaining.seconds());
      job.elapsed_s = active.age_s;
      input_.jobs.push_back(std::move(job));
      asked_.push_back(active.view.job.index);
      asked_rows_.push_back(row);
    }
  }

  void remember(const AllocationQuestion& question) {
    const double passed_s = (question.now - last_).seconds();
    for (std::size_t i = 0; i < asked_rows_.size(); ++i) {
      const ActiveJob& active = question.jobs[asked_rows_[i]];
      Past& past = past_[active.view.job.index];
      past.seconds.resize(question.gpus.size(), 0);
      if (active.pool != kNoPool) past.seconds[active.pool] += passed_s;
      const double executed_s = active.view.executed.seconds();
      GavelJob& job = input_.jobs[i];
      past.isolated_s += (executed_s - past.executed_s) / gavel_equal_part(input_, job);
      past.executed_s = executed_s;
      job.isolated_s = past.isolated_s;
    }
    last_ = question.now;
  }

  [[nodiscard]] std::vector<double> received_parts(const ActiveJob& active) const {
    std::vector<double> parts = past_.at(active.view.job.index).seconds;
    for (double& part : parts) part /= std::max(kLeast_s, active.age_s);
    return parts;
  }

  static constexpr double kLeast_s = 1e-3;
  GavelObjective objective_;
  GavelInput input_;
  std::vector<std::uint32_t> asked_;       // jobs of input_
  std::vector<std::uint32_t> asked_rows_;  // their rows in the question
  std::optional<GavelAllocation> allocation_;
  std::vector<std::uint32_t> allocated_;  // jobs of allocation_
  std::unordered_map<std::uint32_t, Past> past_;
  Time last_{0};
};

template <GavelObjective objective>
OrderRegistration registration(const char* name, const char* sentence) {
  OrderRegistration entry = order_fifo();
  entry.doc = {"order",
               name,
               sentence,
               {{"jobs", "most active jobs that one linear programme may have: running ones, then the first in line",
                 "1", ParameterDoc::Kind::Number, 1, 1e5, "1000"}}};
  entry.preemptive = true;
  entry.make_allocator = [](const Parameters&) -> std::unique_ptr<Allocator> {
    return std::make_unique<GavelAllocator>(objective);
  };
  entry.round_s = kRound_s;
  entry.problem = linear_solver_problem;
  return entry;
}

}  // namespace

OrderRegistration order_gavel_max_min() {
  return registration<GavelObjective::MaxMin>(
      "gavel-max-min", "Rounds; equal shares of throughput, each GPU type to whom it serves best (Gavel, OSDI '20).");
}
OrderRegistration order_gavel_finish_time() {
  return registration<GavelObjective::FinishTimeFairness>(
      "gavel-finish-time",
      "Rounds; nobody much later than alone on an equal part of the cluster (Gavel's finish-time fairness).");
}
OrderRegistration order_gavel_makespan() {
  return registration<GavelObjective::Makespan>("gavel-makespan", "Rounds; all work done as soon as possible (Gavel).");
}
OrderRegistration order_gavel_cost() {
  OrderRegistration entry =
      registration<GavelObjective::ThroughputPerCost>("gavel-cost", "Rounds; most work for the money (Gavel).");
  entry.needs_prices = true;
  return entry;
}

}  // namespace seatrial
