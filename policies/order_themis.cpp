// themis: Themis' auction (policies/themis.h) as an order of a run. GPUs are given out for a lease. Whenever some are
// free, because a job ended or a lease did, the part 1 - fairness of the jobs without a lease that is farthest from its
// fair finish bids for them; what the auction leaves goes to the other jobs, farthest first. A pool is a GPU type.
//
// rho = (time since submit + time still needed) / (run time on an equal part of every pool), the part that of the mean
// number of active jobs since the submit. Assumed: time still needed is at the speed of the pool that it bids for, and
// with nothing a lease more at its fastest pool; a gang cannot keep part of its GPUs, so it keeps that part of the
// leases that it wins; where a lease ends is seen at the next round.
#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <vector>

#include "models/integer_program.h"
#include "policies/registry.h"
#include "policies/themis.h"

namespace seatrial {

OrderRegistration order_fifo();

namespace {

constexpr double kRound_s = 60;  // assumed
constexpr double kFairness = 0.8;
constexpr double kLease_s = 1200;
constexpr double kMostJobs = 200;

class ThemisAllocator final : public Allocator {
 public:
  ThemisAllocator(double fairness, Duration lease) : fairness_(fairness), lease_(lease) {}

  [[nodiscard]] bool on_events() const override { return true; }

  void assign(const AllocationQuestion& question, std::span<std::uint32_t> choice) override {
    count_contention(question);
    free_.assign(question.gpus.begin(), question.gpus.end());
    keep_leases(question, choice);
    rank(question, choice);
    if (line_.empty()) return;
    const double bidders = (1 - fairness_) * static_cast<double>(line_.size());
    const auto most = static_cast<std::size_t>(std::clamp(std::ceil(bidders), 1.0, static_cast<double>(line_.size())));
    sell(question, most, choice);
    give_rest(question, most, choice);
  }

  void left(JobId job) override { past_.erase(job.index); }

 private:
  struct Past {
    double contention_before = 0;  // contention_ when it was first seen
    Time lease_ends{INT64_MIN};
    double credit = 1;  // parts of prizes that it may keep; a whole one makes a lease
  };
  struct Bidder {
    std::uint32_t row = 0;
    double rho = 0;                // with nothing now
    std::vector<double> with_all;  // rho by pool; infinite: it cannot run there
  };

  // The sum over time of active jobs: as seen at questions.
  void count_contention(const AllocationQuestion& question) {
    contention_ += (question.now - last_).seconds() * static_cast<double>(jobs_before_);
    last_ = question.now;
    jobs_before_ = question.jobs.size();
    for (const ActiveJob& active : question.jobs) {
      past_.try_emplace(active.view.job.index, Past{contention_, Time{INT64_MIN}, 1});
    }
  }

  void keep_leases(const AllocationQuestion& question, std::span<std::uint32_t> choice) {
    for (std::size_t row = 0; row < question.jobs.size(); ++row) {
      const ActiveJob& active = question.jobs[row];
      if (active.pool == kNoPool) continue;
      Past& past = past_.at(active.view.job.index);
      // Started outside: by the record of the trace, or because the cluster was idle.
      if (past.lease_ends.ns == INT64_MIN) past.lease_ends = question.now + lease_;
      if (past.lease_ends <= question.now) continue;
      choice[row] = active.pool;
      free_[active.pool] -= active.gpus;
    }
  }

  [[nodiscard]] double equal_part_s(const AllocationQuestion& question, std::size_t row) const {
    const ActiveJob& active = question.jobs[row];
    const Past& past = past_.at(active.view.job.index);
    double jobs = static_cast<double>(question.jobs.size());
    if (active.age_s > 0) jobs = std::max(1.0, (contention_ - past.contention_before) / active.age_s);
    double time = 0;
    double speed = 0;
    for (std::size_t pool = 0; pool < question.gpus.size(); ++pool) {
      const double share = question.gpus[pool] / (jobs * active.gpus);
      if (question.speed_of(row)[pool] <= 0) continue;
      time += share;
      speed += share * question.speed_of(row)[pool];
    }
    return std::max(kLeast_s, active.view.known_total.seconds()) * std::max(1.0, time) / speed;
  }

  // Jobs without a lease, farthest from their fair finish first.
  void rank(const AllocationQuestion& question, std::span<const std::uint32_t> choice) {
    line_.clear();
    for (std::uint32_t row = 0; row < question.jobs.size(); ++row) {
      if (choice[row] != kNoPool) continue;
      const std::span<const double> speed = question.speed_of(row);
      const double fastest = speed.empty() ? 0 : *std::max_element(speed.begin(), speed.end());
      if (fastest <= 0) continue;
      const ActiveJob& active = question.jobs[row];
      const double alone_s = equal_part_s(question, row);
      const double needs_s = std::max(kLeast_s, active.view.known_remaining.seconds());
      Bidder bidder{row, (active.age_s + lease_.seconds() + needs_s / fastest) / alone_s, {}};
      for (std::size_t pool = 0; pool < speed.size(); ++pool) {
        const double there_s = active.age_s + needs_s / speed[pool] + moving_s(active, pool);
        bidder.with_all.push_back(speed[pool] > 0 ? there_s / alone_s : std::numeric_limits<double>::infinity());
      }
      line_.push_back(std::move(bidder));
    }
    std::stable_sort(line_.begin(), line_.end(), [](const Bidder& a, const Bidder& b) { return a.rho > b.rho; });
  }

  static double moving_s(const ActiveJob& active, std::size_t pool) {
    return active.pool == kNoPool || active.pool == pool ? 0 : active.restart_s;
  }

  void sell(const AllocationQuestion& question, std::size_t most, std::span<std::uint32_t> choice) {
    std::vector<ThemisBid> bids;
    for (std::size_t i = 0; i < most; ++i) {
      ThemisBid bid{question.jobs[line_[i].row].gpus, 1 / line_[i].rho, {}};
      for (const double rho : line_[i].with_all) bid.with_all.push_back(1 / rho);
      bids.push_back(std::move(bid));
    }
    const auto auction = themis_auction(bids, free_);
    if (!auction) return;
    for (std::size_t i = 0; i < most; ++i) {
      if (auction->pool[i] == kNoPrize) continue;
      double& credit = past_.at(question.jobs[line_[i].row].view.job.index).credit;
      credit += auction->part[i];
      if (credit < 1) continue;
      credit -= 1;
      give(question, line_[i].row, auction->pool[i], choice);
    }
  }

  // Jobs that did not bid, then those that did.
  void give_rest(const AllocationQuestion& question, std::size_t most, std::span<std::uint32_t> choice) {
    for (std::size_t k = 0; k < line_.size(); ++k) {
      const Bidder& bidder = line_[(k + most) % line_.size()];
      if (choice[bidder.row] != kNoPool) continue;
      std::uint32_t best = kNoPool;
      for (std::uint32_t pool = 0; pool < free_.size(); ++pool) {
        if (std::isinf(bidder.with_all[pool]) || free_[pool] + kTiny < question.jobs[bidder.row].gpus) continue;
        if (best == kNoPool || bidder.with_all[pool] < bidder.with_all[best]) best = pool;
      }
      if (best != kNoPool) give(question, bidder.row, best, choice);
    }
  }

  void give(const AllocationQuestion& question, std::uint32_t row, std::uint32_t pool,
            std::span<std::uint32_t> choice) {
    choice[row] = pool;
    free_[pool] -= question.jobs[row].gpus;
    past_.at(question.jobs[row].view.job.index).lease_ends = question.now + lease_;
  }

  static constexpr double kLeast_s = 1e-3;
  static constexpr double kTiny = 1e-9;
  double fairness_;
  Duration lease_;
  std::vector<double> free_;  // by pool
  std::vector<Bidder> line_;
  std::unordered_map<std::uint32_t, Past> past_;  // by job
  double contention_ = 0;
  Time last_{0};
  std::size_t jobs_before_ = 0;
};

}  // namespace

OrderRegistration order_themis() {
  OrderRegistration entry = order_fifo();
  const auto number = ParameterDoc::Kind::Number;
  entry.doc = {
      "order",
      "themis",
      "Leases by auction among the jobs farthest from finish-time fairness (Themis, NSDI '20).",
      {{"fairness", "the part of the jobs without a lease that may not bid", "1", number, 0, 1, "0.8"},
       {"lease", "how long GPUs are given out for", "s", ParameterDoc::Kind::Duration, 1e-3, 1e9, "20m"},
       {"jobs", "most waiting jobs that one auction may look at: the first in line", "1", number, 1, 1e5, "200"}}};
  entry.preemptive = true;
  entry.make_allocator = [](const Parameters& parameters) -> std::unique_ptr<Allocator> {
    return std::make_unique<ThemisAllocator>(parameters.number("fairness", kFairness),
                                             duration_from_seconds(parameters.number("lease", kLease_s)));
  };
  entry.most_jobs = kMostJobs;
  entry.round_s = kRound_s;
  entry.problem = integer_solver_problem;
  return entry;
}

}  // namespace seatrial
