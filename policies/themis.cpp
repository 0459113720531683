// Winner determination and hidden payments; see themis.h.
#include "policies/themis.h"

#include <algorithm>
#include <cmath>

#include "models/integer_program.h"

namespace seatrial {
namespace {

constexpr std::uint32_t kNobody = 0xffffffffU;

struct Outcome {
  std::vector<std::uint32_t> pool;  // by bid
  std::vector<double> log_value;    // by bid, against that of nothing
};

// The largest product of values without one of the bids.
std::optional<Outcome> largest_product(std::span<const ThemisBid> bids, std::span<const double> gpus,
                                       std::uint32_t without) {
  constexpr std::uint32_t kMostNodes = 100'000;
  IntegerProgram program;
  program.rows.resize(bids.size() + gpus.size());
  for (std::size_t bid = 0; bid < bids.size(); ++bid) program.rows[bid].high = 1;
  for (std::size_t pool = 0; pool < gpus.size(); ++pool) program.rows[bids.size() + pool].high = gpus[pool];
  std::vector<std::pair<std::uint32_t, std::uint32_t>> meaning;  // bid and pool, by column
  for (std::uint32_t bid = 0; bid < bids.size(); ++bid) {
    for (std::uint32_t pool = 0; bid != without && pool < gpus.size(); ++pool) {
      const double gain = std::log(std::max(bids[bid].with_all[pool], 1e-300) / bids[bid].nothing);
      if (gain <= 0 || bids[bid].gpus > gpus[pool]) continue;
      program.columns.push_back({gain, 0, 1, true});
      program.entries.push_back({{bid, 1}, {static_cast<std::uint32_t>(bids.size()) + pool, bids[bid].gpus}});
      meaning.emplace_back(bid, pool);
    }
  }
  Outcome outcome;
  outcome.pool.assign(bids.size(), kNoPrize);
  outcome.log_value.assign(bids.size(), 0);
  if (program.columns.empty()) return outcome;
  const auto solution = maximize(program, kMostNodes);
  if (!solution) return std::nullopt;
  for (std::size_t column = 0; column < meaning.size(); ++column) {
    if (solution->values[column] < 0.5) continue;
    outcome.pool[meaning[column].first] = meaning[column].second;
    outcome.log_value[meaning[column].first] = program.columns[column].objective;
  }
  return outcome;
}

double sum_without(const std::vector<double>& values, std::size_t left_out) {
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) sum += i == left_out ? 0 : values[i];
  return sum;
}

}  // namespace

std::optional<ThemisAuction> themis_auction(std::span<const ThemisBid> bids, std::span<const double> gpus) {
  const auto all = largest_product(bids, gpus, kNobody);
  if (!all) return std::nullopt;
  ThemisAuction auction{all->pool, std::vector<double>(bids.size(), 1)};
  for (std::uint32_t bid = 0; bid < bids.size(); ++bid) {
    if (auction.pool[bid] == kNoPrize) continue;
    const auto others = largest_product(bids, gpus, bid);
    if (!others) return std::nullopt;
    const double lost = sum_without(others->log_value, bid) - sum_without(all->log_value, bid);
    auction.part[bid] = std::min(1.0, std::exp(-lost));
  }
  return auction;
}

}  // namespace seatrial
