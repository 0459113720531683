// The linear programmes of Gavel; see gavel.h. Formulas: OSDI '20, sections 4 and 5; the equal split is that of
// the published code (policies/proportional.py), which is normalised so that no job gets more than all of its time.
#include "policies/gavel.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "models/linear_program.h"

namespace seatrial {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::uint32_t index(std::size_t value) { return static_cast<std::uint32_t>(value); }

// A member of a row: the job and its speeds there.
struct Member {
  std::uint32_t job;
  const std::vector<double>* steps_per_s;
};

std::vector<Member> members_of(const GavelInput& input, std::size_t row) {
  if (row < input.jobs.size()) return {{index(row), &input.jobs[row].steps_per_s}};
  const GavelPair& pair = input.pairs[row - input.jobs.size()];
  return {{pair.first, &pair.first_steps_per_s}, {pair.second, &pair.second_steps_per_s}};
}

// Columns: share of each row on each type, then one for the least scaled throughput. Rows: time of each job, GPUs of
// each type, then throughput of each job.
class Programme {
 public:
  explicit Programme(const GavelInput& input)
      : input_(input), types_(input.gpus.size()), rows_(input.jobs.size() + input.pairs.size()) {
    const std::size_t jobs = input.jobs.size();
    program_.rows.resize(2 * jobs + types_);
    for (std::size_t job = 0; job < jobs; ++job) program_.rows[job].high = 1;
    for (std::size_t type = 0; type < types_; ++type) program_.rows[jobs + type].high = input.gpus[type];
    for (std::size_t row = 0; row < rows_; ++row) add_columns(row);
  }

  // At least this many steps per second for a job.
  void need(std::size_t job, double steps_per_s) { throughput_row(job).low = steps_per_s; }
  void set_objective(std::size_t row, std::size_t type, double value) {
    program_.columns[row * types_ + type].objective = value;
  }
  // Maximise the least throughput in multiples of `target`, a positive number for each job.
  void maximize_least(std::span<const double> target) {
    program_.columns.push_back({1, 0, kInfinity, false});
    program_.entries.emplace_back();
    for (std::size_t job = 0; job < target.size(); ++job) {
      throughput_row(job).low = 0;
      program_.entries.back().push_back({index(input_.jobs.size() + types_ + job), -target[job]});
    }
  }
  [[nodiscard]] std::optional<GavelAllocation> solve() const {
    const auto solution = maximize_linear(program_);
    if (!solution) return std::nullopt;
    GavelAllocation out;
    out.value = solution->objective;
    for (std::size_t row = 0; row < rows_; ++row) {
      const auto first = solution->values.begin() + static_cast<std::ptrdiff_t>(row * types_);
      out.share.emplace_back(first, first + static_cast<std::ptrdiff_t>(types_));
      for (double& share : out.share.back()) share = std::clamp(share, 0.0, 1.0);
    }
    return out;
  }

 private:
  IntegerProgram::Row& throughput_row(std::size_t job) { return program_.rows[input_.jobs.size() + types_ + job]; }

  void add_columns(std::size_t row) {
    const std::vector<Member> members = members_of(input_, row);
    for (std::size_t type = 0; type < types_; ++type) {
      const bool runs = std::all_of(members.begin(), members.end(),
                                    [&](const Member& member) { return (*member.steps_per_s)[type] > 0; });
      program_.columns.push_back({0, 0, runs ? 1.0 : 0.0, false});
      std::vector<IntegerProgram::Entry> entries;
      for (const Member& member : members) {
        entries.push_back({member.job, 1});
        const double steps_per_s = (*member.steps_per_s)[type];
        entries.push_back({index(input_.jobs.size() + types_ + member.job), steps_per_s});
      }
      entries.push_back({index(input_.jobs.size() + type), input_.jobs[members.front().job].gpus});
      program_.entries.push_back(std::move(entries));
    }
  }

  const GavelInput& input_;
  std::size_t types_;
  std::size_t rows_;
  IntegerProgram program_;
};

// Steps per second on an equal part: of each type 1/n of the GPUs over `gpus_of_job`, in all at most all of the time.
double equal_part(const GavelInput& input, const GavelJob& job, double gpus_of_job) {
  const double jobs = static_cast<double>(input.jobs.size());
  double time = 0;
  double steps_per_s = 0;
  for (std::size_t type = 0; type < input.gpus.size(); ++type) {
    const double part = input.gpus[type] / (jobs * gpus_of_job);
    time += part;
    steps_per_s += part * job.steps_per_s[type];
  }
  return steps_per_s / std::max(1.0, time);
}

std::optional<GavelAllocation> allocate_max_min(const GavelInput& input) {
  std::vector<double> target;
  for (const GavelJob& job : input.jobs) target.push_back(job.weight * equal_part(input, job, 1) / job.gpus);
  Programme programme(input);
  programme.maximize_least(target);
  return programme.solve();
}

GavelInput type_blind(const GavelInput& input) {
  const auto flatten = [](std::vector<double>& steps_per_s) {
    for (double& value : steps_per_s) value = value > 0 ? 1 : 0;
  };
  GavelInput out = input;
  for (GavelJob& job : out.jobs) flatten(job.steps_per_s);
  for (GavelPair& pair : out.pairs) {
    flatten(pair.first_steps_per_s);
    flatten(pair.second_steps_per_s);
  }
  return out;
}

std::optional<GavelAllocation> allocate_makespan(const GavelInput& input) {
  std::vector<double> target;
  for (const GavelJob& job : input.jobs) target.push_back(job.steps_left);
  Programme programme(input);
  programme.maximize_least(target);
  auto allocation = programme.solve();
  if (allocation) allocation->value = allocation->value > 0 ? 1 / allocation->value : kInfinity;
  return allocation;
}

// rho of a job is a falling function of its throughput, so a bound on rho is a lower bound on each throughput. The
// least bound that can be kept is found by bisection, each step one linear programme.
std::optional<GavelAllocation> allocate_finish_time(const GavelInput& input) {
  std::vector<double> alone_s;
  double low = 0;
  for (const GavelJob& job : input.jobs) {
    alone_s.push_back(job.isolated_s + job.steps_left / equal_part(input, job, job.gpus));
    low = std::max(low, job.elapsed_s / alone_s.back());
  }
  const auto within = [&](double rho) {
    std::vector<double> target;
    for (std::size_t i = 0; i < input.jobs.size(); ++i) {
      const GavelJob& job = input.jobs[i];
      target.push_back(job.steps_left / (rho * alone_s[i] - job.elapsed_s));
    }
    Programme programme(input);
    programme.maximize_least(target);
    auto allocation = programme.solve();
    if (allocation && allocation->value < 1 - 1e-9) allocation.reset();
    return allocation;
  };
  constexpr int kSteps = 40;
  double high = std::max(1.0, 2 * low);
  auto best = within(high);
  for (int i = 0; i < kSteps && !best; ++i) best = within(high *= 2);
  if (!best) return std::nullopt;
  for (int i = 0; i < kSteps && high - low > 1e-6 * high; ++i) {
    const double middle = (low + high) / 2;
    if (auto found = within(middle)) {
      best = std::move(found);
      high = middle;
    } else {
      low = middle;
    }
  }
  best->value = high;
  return best;
}

std::optional<GavelAllocation> allocate_per_cost(const GavelInput& input) {
  Programme programme(input);
  for (std::size_t row = 0; row < input.jobs.size() + input.pairs.size(); ++row) {
    for (std::size_t type = 0; type < input.gpus.size(); ++type) {
      double steps_per_s = 0;
      for (const Member& member : members_of(input, row)) steps_per_s += (*member.steps_per_s)[type];
      programme.set_objective(row, type, steps_per_s / input.usd_per_hour[type]);
    }
  }
  for (std::size_t job = 0; job < input.jobs.size(); ++job) {
    const auto& deadline_s = input.jobs[job].deadline_s;
    if (deadline_s) programme.need(job, input.jobs[job].steps_left / *deadline_s);
  }
  return programme.solve();
}

}  // namespace

std::optional<GavelAllocation> gavel_allocate(const GavelInput& input, GavelObjective objective) {
  if (input.jobs.empty()) return GavelAllocation{};
  switch (objective) {
    case GavelObjective::MaxMin:
      return allocate_max_min(input);
    case GavelObjective::MaxMinTypeBlind:
      return allocate_max_min(type_blind(input));
    case GavelObjective::FinishTimeFairness:
      return allocate_finish_time(input);
    case GavelObjective::Makespan:
      return allocate_makespan(input);
    case GavelObjective::ThroughputPerCost:
      return allocate_per_cost(input);
  }
  return std::nullopt;
}

double gavel_equal_part(const GavelInput& input, const GavelJob& job) { return equal_part(input, job, job.gpus); }

std::vector<double> gavel_throughput(const GavelInput& input, const GavelAllocation& allocation) {
  std::vector<double> out(input.jobs.size(), 0);
  for (std::size_t row = 0; row < allocation.share.size(); ++row) {
    for (const Member& member : members_of(input, row)) {
      for (std::size_t type = 0; type < input.gpus.size(); ++type) {
        out[member.job] += allocation.share[row][type] * (*member.steps_per_s)[type];
      }
    }
  }
  return out;
}

std::vector<std::uint32_t> gavel_round(const GavelInput& input, const GavelAllocation& allocation,
                                       const std::vector<std::vector<double>>& received) {
  constexpr double kNoneYet = 1e9;  // priority of a row without any time so far, per unit of its share
  struct Claim {
    double priority;
    double share;
    std::uint32_t row;
    std::uint32_t type;
  };
  std::vector<Claim> claims;
  for (std::uint32_t row = 0; row < allocation.share.size(); ++row) {
    for (std::uint32_t type = 0; type < input.gpus.size(); ++type) {
      const double share = allocation.share[row][type];
      if (share <= 0) continue;
      const double had = received[row][type];
      claims.push_back({had > 0 ? share / had : share * kNoneYet, share, row, type});
    }
  }
  std::sort(claims.begin(), claims.end(), [](const Claim& a, const Claim& b) {
    if (a.priority != b.priority) return a.priority > b.priority;
    if (a.share != b.share) return a.share > b.share;
    return a.row != b.row ? a.row < b.row : a.type < b.type;
  });
  std::vector<double> left = input.gpus;
  std::vector<bool> busy(input.jobs.size(), false);
  std::vector<std::uint32_t> chosen(allocation.share.size(), kNoGpuType);
  for (const Claim& claim : claims) {
    const std::vector<Member> members = members_of(input, claim.row);
    const double gpus = input.jobs[members.front().job].gpus;
    const bool taken = std::any_of(members.begin(), members.end(), [&](const Member& m) { return busy[m.job]; });
    if (taken || gpus > left[claim.type]) continue;
    left[claim.type] -= gpus;
    chosen[claim.row] = claim.type;
    for (const Member& member : members) busy[member.job] = true;
  }
  return chosen;
}

}  // namespace seatrial
