// Themis (Mahajan et al., NSDI '20): the jobs that are farthest from finish-time fairness bid for the GPUs that are
// free, and a partial-allocation auction (Cole et al., EC '13) gives them out: the product of the winners' values is
// largest, and each winner gets only the part of what it won that its presence leaves to the others, so that nobody
// gains by overstating. A library: pure functions. Solved by CBC (integer_program.h).
//
// Assumed, because the paper's applications take any number of GPUs and gangs here take theirs or none: a bid is the
// value of the whole gang in each pool, and of getting nothing until the next lease.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace seatrial {

// Values are 1 / rho, rho = time until the end over the time that it would take alone on an equal part.
struct ThemisBid {
  double gpus = 1;
  double nothing = 1;            // > 0
  std::vector<double> with_all;  // by pool; at most `nothing`: of no use to it there
};

inline constexpr std::uint32_t kNoPrize = 0xffffffffU;
struct ThemisAuction {
  std::vector<std::uint32_t> pool;  // by bid; kNoPrize: it lost
  std::vector<double> part;         // of the prize that the bid keeps, 0..1; 1 where it lost
};

// gpus: by pool. Nothing where no solver is there. One integer programme, and one for each winner.
[[nodiscard]] std::optional<ThemisAuction> themis_auction(std::span<const ThemisBid> bids,
                                                          std::span<const double> gpus);

}  // namespace seatrial
