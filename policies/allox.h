// AlloX (Le et al., EuroSys '20): which waiting job goes where, and in which turn, so that the mean of completion times
// is least. A job that is k-th from the end on its GPU delays k jobs by its run time, itself included, so that the sum
// of completion times is a sum over matched pairs of job and (GPU, k), and a bipartite matching of least cost is exact
// for jobs of one GPU and known run times. A library: pure functions.
//
// Beyond the paper: GPUs that are held until a known instant take part with that instant added, which keeps the
// matching exact; and a gang of g GPUs is matched as one job that delays g x (k - 1) others, from the instant on at
// which its pool has g GPUs free (assumed: a gang holds g of the turns behind it; exact for g = 1).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace seatrial {

struct AlloxJob {
  std::vector<double> run_s;  // by pool; negative: it cannot run there. At least one is not
  std::uint32_t gpus = 1;     // at least 1
};

// Equal GPUs of one pool that are free from the same instant on.
struct AlloxGpus {
  std::uint32_t pool = 0;
  double free_at_s = 0;    // from now, >= 0
  std::uint32_t gpus = 1;  // at least 1
};

struct AlloxTurn {
  std::uint32_t gpus = 0;      // index of the AlloxGpus
  std::uint32_t from_end = 1;  // 1: the last job there
};

struct AlloxMatching {
  std::vector<AlloxTurn> turn;  // by job
  double cost_s = 0;            // the sum of completion times, from now, where all jobs have one GPU
};

// Every job needs a pool that has GPUs in `gpus`. Jobs n, columns c <= groups + n: O(n^2 c).
[[nodiscard]] AlloxMatching allox_match(std::span<const AlloxJob> jobs, std::span<const AlloxGpus> gpus);

// When each pool has so many GPUs free, by what is known; infinity: never.
[[nodiscard]] double allox_free_at_s(std::span<const AlloxGpus> gpus, std::uint32_t pool, std::uint32_t needed);

}  // namespace seatrial
