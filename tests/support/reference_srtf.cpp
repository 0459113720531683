// SRTF on counted GPUs; see reference_sim.h.
#include <algorithm>
#include <limits>
#include <tuple>

#include "tests/support/reference_sim.h"

namespace seatrial {
namespace {

class SrtfReference {
 public:
  explicit SrtfReference(const TestWorld& world) : world_(world), runs_(world.jobs.size(), false) {
    for (const TestPool& pool : world.pools) total_ += pool.nodes * pool.gpus;
    for (const TestJob& job : world.jobs) {
      left_.push_back(job.duration_ns);
      result_.jobs.emplace_back().state = job.gpus > total_ ? "rejected" : "pending";
      if (job.gpus <= total_) future_.push_back(left_.size() - 1);
    }
    std::stable_sort(future_.begin(), future_.end(),
                     [&](std::size_t a, std::size_t b) { return world.jobs[a].submit_ns < world.jobs[b].submit_ns; });
  }

  WorldResult run() {
    while (!future_.empty() || !active_.empty()) {
      std::int64_t next = std::numeric_limits<std::int64_t>::max();
      if (!future_.empty()) next = world_.jobs[future_.front()].submit_ns;
      for (const std::size_t row : active_) {
        if (runs_[row]) next = std::min(next, now_ + left_[row]);
      }
      advance(next);
      while (!future_.empty() && world_.jobs[future_.front()].submit_ns <= now_) {
        active_.push_back(future_.front());
        future_.erase(future_.begin());
      }
      choose();
    }
    return result_;
  }

 private:
  // Running before waiting, then first come, then the row.
  [[nodiscard]] std::tuple<std::int64_t, bool, std::int64_t, std::size_t> key(std::size_t row) const {
    return {left_[row], !runs_[row], world_.jobs[row].submit_ns, row};
  }

  // Time passes; who has nothing left ends.
  void advance(std::int64_t next) {
    for (const std::size_t row : active_) {
      if (runs_[row]) {
        left_[row] -= next - now_;
      } else {
        result_.jobs[row].waited_ns += next - now_;
      }
    }
    now_ = next;
    std::erase_if(active_, [&](std::size_t row) {
      if (!runs_[row] || left_[row] != 0) return false;
      result_.jobs[row].state = "completed";
      result_.jobs[row].end_ns = now_;
      return true;
    });
  }

  // Who runs from now on: by remaining time, first fit.
  void choose() {
    std::sort(active_.begin(), active_.end(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
    std::uint32_t room = total_;
    for (const std::size_t row : active_) {
      const bool fits = world_.jobs[row].gpus <= room;
      if (fits) room -= world_.jobs[row].gpus;
      if (fits && result_.jobs[row].start_ns < 0) result_.jobs[row].start_ns = now_;
      if (!fits && runs_[row]) ++result_.jobs[row].preemptions;
      runs_[row] = fits;
    }
  }

  const TestWorld& world_;
  std::uint32_t total_ = 0;
  std::int64_t now_ = 0;
  std::vector<std::size_t> future_;  // rows by submit
  std::vector<std::size_t> active_;
  std::vector<std::int64_t> left_;  // run time by row
  std::vector<bool> runs_;
  WorldResult result_;
};

}  // namespace

WorldResult reference_srtf(const TestWorld& world) { return SrtfReference(world).run(); }

}  // namespace seatrial
