// Volcano's binpack, proportion and drf.
#include "policies/volcano.h"

#include <algorithm>
#include <cmath>

namespace seatrial::volcano {
namespace {

double amount(const Amounts& amounts, const std::string& name) {
  const auto found = amounts.find(name);
  return found == amounts.end() ? 0 : found->second;
}

struct Division {
  const Amounts& total;
  Amounts guaranteed;  // to all queues
  Amounts left;
};

// One resource of one queue after a round that offers it `offered` more.
double bounded(const Division& division, const Queue& queue, const std::string& name, double offered) {
  const double guarantee = amount(queue.guarantee, name);
  double deserved = std::min(offered, division.total.at(name) - (amount(division.guaranteed, name) - guarantee));
  if (queue.capability) {
    const auto limit = queue.capability->find(name);
    if (limit != queue.capability->end()) deserved = std::min(deserved, limit->second);
  }
  return std::max(std::min(deserved, amount(queue.request, name)), guarantee);
}

bool meets(const Amounts& deserved, const Amounts& request) {
  return std::all_of(request.begin(), request.end(),
                     [&deserved](const auto& asked) { return asked.second <= amount(deserved, asked.first); });
}

// One round; false if nothing is left or nobody is unsatisfied.
bool divide_once(Division& division, std::span<const Queue> queues, std::vector<Amounts>& deserved,
                 std::vector<bool>& met) {
  double weights = 0;
  for (std::size_t i = 0; i < queues.size(); ++i) weights += met[i] ? 0 : queues[i].weight;
  if (!(weights > 0)) return false;
  const Amounts offered = division.left;
  for (std::size_t i = 0; i < queues.size(); ++i) {
    if (met[i]) continue;
    bool changed = false;
    for (const auto& [name, left] : offered) {
      double& mine = deserved[i][name];
      const double next = bounded(division, queues[i], name, mine + left * (queues[i].weight / weights));
      changed = changed || next != mine;
      division.left[name] -= next - mine;
      mine = next;
    }
    met[i] = !changed || meets(deserved[i], queues[i].request);
  }
  // A share of what is left is given each time: below this the sum in doubles does not change.
  constexpr double kNothing = 1e-16;
  bool any = false;
  for (auto& [name, left] : division.left) {
    if (left <= kNothing * division.total.at(name)) left = 0;
    any = any || left > 0;
  }
  return any && division.left != offered;
}

}  // namespace

double binpack_score(const BinpackWeights& weights, const Amounts& request, const Amounts& allocatable,
                     const Amounts& used) {
  double score = 0;
  double sum = 0;
  for (const auto& [name, asked] : request) {
    const auto weight = weights.resources.find(name);
    if (asked == 0 || weight == weights.resources.end()) continue;
    sum += weight->second;
    const double capacity = amount(allocatable, name);
    if (capacity == 0) continue;
    const double after = asked + amount(used, name);
    if (after > capacity) return 0;
    score += after * weight->second / capacity;
  }
  return sum > 0 ? score / sum * 100 * static_cast<double>(weights.weight) : 0;
}

std::vector<Amounts> proportion_deserved(const Amounts& total, std::span<const Queue> queues) {
  constexpr int kMostRounds = 10'000;
  Division division{total, {}, total};
  for (const Queue& queue : queues) {
    for (const auto& [name, guarantee] : queue.guarantee) division.guaranteed[name] += guarantee;
  }
  std::vector<Amounts> deserved(queues.size());
  std::vector<bool> met(queues.size(), false);
  for (Amounts& amounts : deserved) {
    for (const auto& [name, all] : total) amounts[name] = 0;
  }
  for (int round = 0; round < kMostRounds; ++round) {
    if (!divide_once(division, queues, deserved, met)) break;
  }
  return deserved;
}

double dominant_share(const Amounts& allocated, const Amounts& total) {
  double share = 0;
  for (const auto& [name, all] : total) {
    const double held = amount(allocated, name);
    share = std::max(share, all > 0 ? held / all : held > 0 ? 1.0 : 0.0);
  }
  return share;
}

std::vector<std::size_t> drf_victims(const Amounts& total, const Amounts& preemptor_with_task,
                                     const std::map<std::string, Amounts>& job_allocated,
                                     std::span<const Preemptee> preemptees) {
  constexpr double kShareDelta = 1e-6;
  const double preemptor_share = dominant_share(preemptor_with_task, total);
  std::map<std::string, Amounts> held = job_allocated;
  std::vector<std::size_t> victims;
  for (std::size_t i = 0; i < preemptees.size(); ++i) {
    Amounts& allocated = held[preemptees[i].job];
    for (const auto& [name, request] : preemptees[i].request) {
      allocated[name] = std::max(0.0, amount(allocated, name) - request);
    }
    const double share = dominant_share(allocated, total);
    if (preemptor_share < share || std::abs(preemptor_share - share) <= kShareDelta) victims.push_back(i);
  }
  return victims;
}

}  // namespace seatrial::volcano
