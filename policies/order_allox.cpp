// allox: AlloX's matching (policies/allox.h) as an order of a run, asked whenever a job or GPUs come or go. A pool is a
// type of machine, its GPUs are the machines. Running jobs stay where they are until they end. Of each pool's free GPUs
// the jobs whose turn is first start, at equal turns the shorter one; the others wait, even where GPUs are idle, since
// a later and faster place serves them sooner.
//
// Assumed, where the paper speaks of one device a job: a gang whose turn it is and that finds too few free GPUs keeps
// them for itself; meanwhile others start there only if they are expected to end before it can start.
#include <algorithm>
#include <cmath>
#include <vector>

#include "policies/allox.h"
#include "policies/registry.h"

namespace seatrial {

OrderRegistration order_fifo();

namespace {

// Between two looks where nothing happens: there is nothing new to see then.
constexpr double kRound_s = 360;
constexpr double kMostJobs = 200;

class AlloxAllocator final : public Allocator {
 public:
  explicit AlloxAllocator(double fraction) : fraction_(fraction) {}

  [[nodiscard]] bool on_events() const override { return true; }

  void assign(const AllocationQuestion& question, std::span<std::uint32_t> choice) override {
    read_running(question, choice);
    read_waiting(question);
    if (jobs_.empty()) return;
    keep_useful_groups(question.gpus.size());
    matching_ = allox_match(jobs_, gpus_);
    for (std::uint32_t pool = 0; pool < free_.size(); ++pool) start_in(pool, choice);
  }

 private:
  void read_running(const AllocationQuestion& question, std::span<std::uint32_t> choice) {
    free_.assign(question.gpus.begin(), question.gpus.end());
    gpus_.clear();
    for (std::size_t row = 0; row < question.jobs.size(); ++row) {
      const ActiveJob& active = question.jobs[row];
      if (active.pool == kNoPool) continue;
      choice[row] = active.pool;
      free_[active.pool] -= active.gpus;
      const double speed = question.speed_of(row)[active.pool];
      const double left_s = active.view.known_remaining.seconds();
      gpus_.push_back({active.pool, speed > 0 ? left_s / speed : left_s, whole(active.gpus)});
    }
    for (std::uint32_t pool = 0; pool < free_.size(); ++pool) {
      const double whole_free = std::floor(free_[pool]);
      if (whole_free >= 1) gpus_.push_back({pool, 0, static_cast<std::uint32_t>(whole_free)});
    }
  }

  // The part of the waiting jobs that were submitted first.
  void read_waiting(const AllocationQuestion& question) {
    jobs_.clear();
    rows_.clear();
    for (std::uint32_t row = 0; row < question.jobs.size(); ++row) {
      const ActiveJob& active = question.jobs[row];
      if (active.pool != kNoPool) continue;
      AlloxJob job;
      bool runs_somewhere = false;
      for (const double speed : question.speed_of(row)) {
        job.run_s.push_back(speed > 0 ? active.view.known_remaining.seconds() / speed : -1);
        runs_somewhere = runs_somewhere || speed > 0;
      }
      if (!runs_somewhere) continue;
      job.gpus = whole(active.gpus);
      jobs_.push_back(std::move(job));
      rows_.push_back(row);
    }
    const auto kept = static_cast<std::size_t>(std::ceil(fraction_ * static_cast<double>(jobs_.size())));
    jobs_.resize(kept);
    rows_.resize(kept);
  }

  // No more than one GPU for each job in each pool is of use, and those that are free first are the best.
  void keep_useful_groups(std::size_t pools) {
    std::uint64_t useful = jobs_.size();
    for (const AlloxJob& job : jobs_) useful = std::max<std::uint64_t>(useful, job.gpus);
    std::stable_sort(gpus_.begin(), gpus_.end(),
                     [](const AlloxGpus& a, const AlloxGpus& b) { return a.free_at_s < b.free_at_s; });
    std::vector<std::uint64_t> kept(pools, 0);
    std::erase_if(gpus_, [&](const AlloxGpus& group) {
      if (kept[group.pool] >= useful) return true;
      kept[group.pool] += group.gpus;
      return false;
    });
  }

  void start_in(std::uint32_t pool, std::span<std::uint32_t> choice) {
    std::vector<std::uint32_t> line;
    for (std::uint32_t i = 0; i < jobs_.size(); ++i) {
      if (gpus_[matching_.turn[i].gpus].pool == pool) line.push_back(i);
    }
    std::stable_sort(line.begin(), line.end(), [&](std::uint32_t a, std::uint32_t b) {
      const std::uint32_t turn_a = matching_.turn[a].from_end;
      const std::uint32_t turn_b = matching_.turn[b].from_end;
      return turn_a != turn_b ? turn_a > turn_b : jobs_[a].run_s[pool] < jobs_[b].run_s[pool];
    });
    bool kept_for_gang = false;
    double gang_starts_s = 0;
    for (const std::uint32_t i : line) {
      const double planned_s = gpus_[matching_.turn[i].gpus].free_at_s;
      const double enough_s = allox_free_at_s(gpus_, pool, jobs_[i].gpus);
      if (kept_for_gang && jobs_[i].run_s[pool] > gang_starts_s) continue;
      if (planned_s <= 0 && free_[pool] >= jobs_[i].gpus) {
        choice[rows_[i]] = pool;
        free_[pool] -= jobs_[i].gpus;
      } else if (!kept_for_gang && enough_s > 0 && planned_s <= enough_s && jobs_[i].gpus > 1) {
        kept_for_gang = true;
        gang_starts_s = enough_s;
      }
    }
  }

  // A share counts as a GPU.
  static std::uint32_t whole(double gpus) { return static_cast<std::uint32_t>(std::max(1.0, std::ceil(gpus))); }

  double fraction_;
  std::vector<double> free_;  // by pool
  std::vector<AlloxGpus> gpus_;
  std::vector<AlloxJob> jobs_;
  std::vector<std::uint32_t> rows_;  // of jobs_ in the question
  AlloxMatching matching_;
};

}  // namespace

OrderRegistration order_allox() {
  OrderRegistration entry = order_fifo();
  const auto number = ParameterDoc::Kind::Number;
  entry.doc = {
      "order",
      "allox",
      "The least mean JCT over GPU types by a matching of jobs to turns (AlloX, EuroSys '20).",
      {{"fraction", "of the waiting jobs, the first to come, that are matched: the smaller the fairer", "1", number,
        1e-3, 1, "1"},
       {"jobs", "most waiting jobs that one matching may have: the first in line", "1", number, 1, 1e5, "200"}}};
  entry.preemptive = true;
  entry.make_allocator = [](const Parameters& parameters) -> std::unique_ptr<Allocator> {
    return std::make_unique<AlloxAllocator>(parameters.number("fraction", 1));
  };
  entry.most_jobs = kMostJobs;
  entry.round_s = kRound_s;
  return entry;
}

}  // namespace seatrial
