// sia: Sia's rule (Subramanya et al., SOSP '23) as an order of a run: each round an integer programme gives every job
// its GPUs in one pool, or none, so that the sum of normalised speeds to a power is best (policies/sia.h). Jobs here
// have a fixed number of GPUs, as the paper's rigid jobs.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "models/integer_program.h"
#include "policies/registry.h"
#include "policies/sia.h"

namespace seatrial {

OrderRegistration order_fifo();

namespace {

constexpr double kRound_s = 60;  // section 4 of the paper

class SiaAllocator final : public Allocator {
 public:
  explicit SiaAllocator(const SiaRule& rule) : rule_(rule) {}

  // Speeds stay what they are while a job runs, so a round before which nobody came or went has the last round's
  // answer.
  void assign(const AllocationQuestion& question, std::span<std::uint32_t> choice) override {
    std::vector<std::uint32_t> asked;
    for (const ActiveJob& job : question.jobs) asked.push_back(job.view.job.index);
    if (question.changed || asked != asked_) {
      last_.assign(choice.size(), kNoPool);
      solve(question, last_);
      asked_ = std::move(asked);
    }
    std::copy(last_.begin(), last_.end(), choice.begin());
  }

 private:
  void solve(const AllocationQuestion& question, std::span<std::uint32_t> choice) const {
    const std::vector<SiaConfiguration> configurations = configurations_of(question);
    std::vector<std::vector<double>> rows;
    for (std::size_t job = 0; job < question.jobs.size(); ++job) rows.push_back(row_of(question, job, configurations));
    // Shares of GPUs are counted in thousandths, whole GPUs as 1000.
    std::vector<std::uint32_t> capacity;
    for (const double gpus : question.gpus) capacity.push_back(static_cast<std::uint32_t>(std::lround(gpus * kMilli)));
    const auto best = sia_choose(rows, configurations, capacity, rule_);
    if (!best) return;
    for (std::size_t job = 0; job < choice.size(); ++job) {
      const std::uint32_t chosen = best->configuration[job];
      choice[job] = chosen == kNoConfiguration ? kNoPool : configurations[chosen].type;
    }
  }

  static constexpr double kMilli = 1000;
  static std::uint32_t milli_of(const ActiveJob& job) {
    return static_cast<std::uint32_t>(std::lround(job.gpus * kMilli));
  }

  // Every size that some job has, in every pool.
  static std::vector<SiaConfiguration> configurations_of(const AllocationQuestion& question) {
    std::vector<std::uint32_t> sizes;
    for (const ActiveJob& job : question.jobs) sizes.push_back(milli_of(job));
    std::sort(sizes.begin(), sizes.end());
    sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
    std::vector<SiaConfiguration> out;
    for (std::uint32_t pool = 0; pool < question.gpus.size(); ++pool) {
      for (const std::uint32_t size : sizes) out.push_back({pool, size});
    }
    return out;
  }

  static std::vector<double> row_of(const AllocationQuestion& question, std::size_t index,
                                    const std::vector<SiaConfiguration>& configurations) {
    const ActiveJob& active = question.jobs[index];
    SiaJob job;
    job.least_gpus = active.gpus;
    job.age_s = active.age_s;
    job.restarts = active.preemptions;
    job.restart_s = active.restart_s;
    for (std::uint32_t i = 0; i < configurations.size(); ++i) {
      const bool fits = configurations[i].gpus == milli_of(active);
      job.goodput.push_back(fits ? question.speed_of(index)[configurations[i].type] : 0);
      if (fits && configurations[i].type == active.pool) job.present = i;
    }
    return sia_row(job);
  }

  SiaRule rule_;
  std::vector<std::uint32_t> asked_;  // jobs of the last answer
  std::vector<std::uint32_t> last_;
};

}  // namespace

OrderRegistration order_sia() {
  OrderRegistration entry = order_fifo();
  const auto number = ParameterDoc::Kind::Number;
  entry.doc = {"order",
               "sia",
               "Rounds; the best sum of normalised speeds over GPU types by an integer programme (Sia, SOSP '23).",
               {{"power", "of the speeds in the sum; below 0 the sum is minimised", "1", number, -10, 10, "-0.5"},
                {"penalty", "of a job that gets nothing", "1", number, 0, 1e6, "1.1"},
                {"jobs", "most active jobs that one programme may have: running ones, then the first in line", "1",
                 number, 1, 1e5, "1000"}}};
  entry.preemptive = true;
  entry.make_allocator = [](const Parameters& parameters) -> std::unique_ptr<Allocator> {
    SiaRule rule;
    rule.power = parameters.number("power", rule.power);
    rule.penalty = parameters.number("penalty", rule.penalty);
    return std::make_unique<SiaAllocator>(rule);
  };
  entry.round_s = kRound_s;
  entry.problem = integer_solver_problem;
  return entry;
}

}  // namespace seatrial
