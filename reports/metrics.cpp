// How facts become integrals and series; see metrics.h.
#include "reports/metrics.h"

#include <algorithm>
#include <cmath>

#include "sim/check.h"

namespace seatrial {
namespace {

constexpr std::int64_t kDecision = kNsPerSecond;  // what one decision counts under sequential arrivals
constexpr std::size_t kAutomaticRows = 4096;
constexpr std::size_t kExplicitRows = 1'000'000;
constexpr std::size_t kMaxCells = 64'000'000;
constexpr std::size_t kPoolColumns = 4;
constexpr std::size_t kGlobalColumns = 3;

// a + b, saturating at the end of time.
std::int64_t later(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

}  // namespace

Metrics::Metrics(std::vector<PoolInfo> pools, const MetricsOptions& options)
    : pools_(std::move(pools)), options_(options), states_(pools_.size()), uses_(pools_.size()) {
  for (std::size_t i = 0; i < pools_.size(); ++i) {
    states_[i].total.value = pools_[i].total_milli;
    states_[i].nodes.value = pools_[i].nodes;
    total_now_ += pools_[i].total_milli;
  }
  const std::size_t columns = kGlobalColumns + kPoolColumns * pools_.size() + 1;
  const bool automatic = options_.series_interval.ns <= 0;
  max_rows_ = automatic ? kAutomaticRows : std::min(kExplicitRows, std::max(kAutomaticRows, kMaxCells / columns));
  max_rows_ -= max_rows_ % 2;
  series_.interval = automatic ? Duration{60 * kNsPerSecond} : options_.series_interval;
  if (options_.sequential) {
    options_.warmup = Duration{0};
    if (automatic) series_.interval = Duration{kDecision};
  }
}

template <class Visit>
void Metrics::each_level(Visit visit) {
  visit(queue_jobs_);
  visit(queue_milli_);
  visit(running_jobs_);
  for (PoolState& pool : states_) {
    visit(pool.allocated);
    visit(pool.useful);
    visit(pool.total);
    visit(pool.nodes);
  }
  visit(fragmented_);
}

void Metrics::begin(std::int64_t at) {
  began_ = true;
  now_ = at;
  first_submit_ = end_ = Time{at};
  series_.start = Time{at};
  last_end_ = at;  // no job has ended yet, see any_ended_
  warm_end_ = later(at, options_.warmup.ns);
  row_begin_ = at;
  row_end_ = later(at, series_.interval.ns);
  warm_ = warm_end_ == at;
  boundary_ = warm_ ? row_end_ : std::min(row_end_, warm_end_);
  each_level([&](Level& level) { level.last = level.end_seen = at; });
}

void Metrics::observe(std::span<const Fact> facts) {
  for (const Fact& fact : facts) {
    if (!began_) [[unlikely]] {
      if (fact.kind == FactKind::Capacity) {
        resize(fact);
        continue;
      }
      begin(options_.sequential ? 0 : fact.at.ns);
    }
    if (!options_.sequential) {
      now_ = fact.at.ns;
    } else if (fact.kind == FactKind::Submitted || fact.kind == FactKind::Rejected) {
      now_ = decisions_++ * kDecision;
    }
    if (now_ >= boundary_) [[unlikely]]
      reach(now_);
    handle(fact);
  }
}

void Metrics::handle(const Fact& fact) {
  switch (fact.kind) {
    case FactKind::Submitted:
      submit(fact);
      return;
    case FactKind::Rejected:
      arrived_milli_ += fact.milli;
      return;
    case FactKind::Started:
    case FactKind::Resumed:
      if (!options_.sequential) change(queue_jobs_, -1);
      if (!options_.sequential && fact.milli != 0) change(queue_milli_, -fact.milli);
      change(running_jobs_, 1);
      running_jobs_peak_ = std::max(running_jobs_peak_, running_jobs_.value);
      return;
    case FactKind::Bound:
      bind(fact);
      return;
    case FactKind::Released:
      release(fact);
      return;
    case FactKind::Progress:
      progress(fact, true);
      return;
    case FactKind::Stalled:
      progress(fact, false);
      return;
    case FactKind::Preempted:
      ++preemptions_;
      change(running_jobs_, -1);
      change(queue_jobs_, 1);
      change(queue_milli_, fact.milli);
      queue_jobs_peak_ = std::max(queue_jobs_peak_, queue_jobs_.value);
      return;
    case FactKind::Completed:
    case FactKind::Failed:
      if (options_.sequential) return;
      change(running_jobs_, -1);
      last_end_ = now_;
      any_ended_ = true;
      return;
    case FactKind::Capacity:
      resize(fact);
      return;
    case FactKind::Held:
      allocate(fact, fact.milli);
      allocated_peak_ = std::max(allocated_peak_, allocated_now_);
      return;
    case FactKind::HoldOver:
      allocate(fact, -fact.milli);
      return;
    case FactKind::Lost:
      lost_milli_ns_ += area(fact.node, 0, fact.milli);
      return;
    case FactKind::Recut:
      ++recuts_;
      recut_ns_ += area(1, 0, fact.milli);
      return;
    case FactKind::Slowed:
      slow(fact);
      return;
    case FactKind::OutOfMemory:
      ++out_of_memory_jobs_;
      return;
    case FactKind::Admitted:
    case FactKind::QuotaReleased:
    case FactKind::Evicted:
      return;
  }
}

// A preempted job has several runs and counts once.
void Metrics::slow(const Fact& fact) {
  if (slowed_.size() <= fact.job) slowed_.resize(fact.job + 1, false);
  if (!slowed_[fact.job]) ++slowed_jobs_;
  slowed_[fact.job] = true;
  slowed_milli_ns_ += area(fact.node, 0, fact.milli);
}

void Metrics::submit(const Fact& fact) {
  arrived_milli_ += fact.milli;
  if (options_.sequential) return;  // nobody waits
  change(queue_jobs_, 1);
  change(queue_milli_, fact.milli);
  queue_jobs_peak_ = std::max(queue_jobs_peak_, queue_jobs_.value);
}

void Metrics::allocate(const Fact& fact, std::int64_t by) {
  change(states_[fact.pool].allocated, by);
  allocated_now_ += by;
}

void Metrics::bind(const Fact& fact) {
  allocate(fact, fact.milli);
  allocated_peak_ = std::max(allocated_peak_, allocated_now_);
  if (!options_.sequential) change(queue_milli_, -fact.milli);
  if (!options_.overheads) return;
  if (fact.job >= useful_.size()) useful_.resize(std::max<std::size_t>(fact.job + 1, useful_.size() * 2));
  if (fact.job == last_bound_job_ && useful_[fact.job] == 0 &&
      (fact.pool != last_bound_pool_ || spanning_.contains(fact.job))) {
    auto& parts = spanning_[fact.job];
    if (parts.empty()) parts[last_bound_pool_] = last_bound_milli_;
    parts[fact.pool] += fact.milli;
  } else {
    if (!spanning_.empty()) spanning_.erase(fact.job);
    useful_[fact.job] = 0;
    last_bound_milli_ = 0;
  }
  last_bound_job_ = fact.job;
  last_bound_pool_ = fact.pool;
  last_bound_milli_ += fact.milli;
}

void Metrics::release(const Fact& fact) {
  allocate(fact, -fact.milli);
  if (options_.overheads && useful_[fact.job] != 0) change(states_[fact.pool].useful, -fact.milli);
  last_bound_job_ = UINT32_MAX;
}

void Metrics::progress(const Fact& fact, bool useful) {
  if (!options_.overheads) return;
  if (fact.job >= useful_.size() || (useful_[fact.job] != 0) == useful) return;
  useful_[fact.job] = useful ? 1 : 0;
  const auto parts = spanning_.empty() ? spanning_.end() : spanning_.find(fact.job);
  if (parts == spanning_.end()) {
    change(states_[fact.pool].useful, useful ? fact.milli : -fact.milli);
    return;
  }
  for (const auto& [pool, milli] : parts->second) change(states_[pool].useful, useful ? milli : -milli);
}

void Metrics::resize(const Fact& fact) {
  PoolState& pool = states_[fact.pool];
  if (total_now_ > 0) {
    peak_ratio_ = std::max(peak_ratio_, static_cast<double>(allocated_peak_) / static_cast<double>(total_now_));
  }
  total_now_ += fact.milli - pool.total.value;
  allocated_peak_ = allocated_now_;
  change(pool.total, fact.milli - pool.total.value);
  change(pool.nodes, fact.node - pool.nodes.value);
}

void Metrics::set_fragmented(Time at, double milli) {
  has_fragmented_ = true;
  if (began_ && !options_.sequential && at.ns > now_) {
    now_ = at.ns;
    if (now_ >= boundary_) reach(now_);
  }
  advance(fragmented_, now_);
  fragmented_.value = std::llround(milli * kFragmentScale);
}

// Passes every row end and the end of warmup up to `at`.
void Metrics::reach(std::int64_t at) {
  while (boundary_ <= at) {
    if (boundary_ == INT64_MAX) break;
    const std::int64_t stop = boundary_;
    if (stop == row_end_) close_row(stop);
    if (!warm_ && stop == warm_end_) {
      warm_ = true;
      each_level([&](Level& level) {
        advance(level, stop);
        level.warm_area = level.area;
      });
      peak_ratio_ = 0;
      allocated_peak_ = allocated_now_;
      queue_jobs_peak_ = queue_jobs_.value;
      running_jobs_peak_ = running_jobs_.value;
    }
    boundary_ = warm_ ? row_end_ : std::min(row_end_, warm_end_);
  }
}

void Metrics::close_row(std::int64_t at) {
  if (series_.columns.empty()) make_columns();
  if (at == row_end_ && series_.rows() == max_rows_) {
    merge_rows();
    row_end_ = later(row_end_, series_.interval.ns / 2);
    return;  // the row has become twice as long: it is not over yet
  }
  const double length = static_cast<double>(static_cast<std::uint64_t>(at) - static_cast<std::uint64_t>(row_begin_));
  std::size_t index = 0;
  const std::size_t count = series_.columns.size();
  each_level([&](Level& level) {
    advance(level, at);
    const std::size_t pool_column = index < kGlobalColumns ? 0 : (index - kGlobalColumns) % kPoolColumns;
    const bool milli = index == 1 || (index >= kGlobalColumns && pool_column != 3);
    double scale = milli ? 1000.0 : 1.0;
    if (&level == &fragmented_) scale = 1000.0 * kFragmentScale;
    double mean = static_cast<double>(level.area - level.row_area) / length / scale;
    if (pool_column == 1 && !options_.overheads && &level != &fragmented_) mean = series_.cells.back();
    if (index < count) series_.cells.push_back(mean);
    level.row_area = level.area;
    ++index;
  });
  row_begin_ = at;
  if (at == row_end_) row_end_ = later(row_end_, series_.interval.ns);
}

void Metrics::merge_rows() {
  const std::size_t columns = series_.columns.size();
  const std::size_t rows = series_.rows() / 2;
  for (std::size_t row = 0; row < rows; ++row) {
    const double* pair = &series_.cells[2 * row * columns];
    for (std::size_t i = 0; i < columns; ++i) series_.cells[row * columns + i] = (pair[i] + pair[columns + i]) / 2;
  }
  series_.cells.resize(rows * columns);
  series_.interval.ns = later(series_.interval.ns, series_.interval.ns);
  if (options_.series_interval.ns > 0) {
    series_.note = "series_interval was doubled until at most " + std::to_string(max_rows_) + " rows came out";
  }
}

void Metrics::make_columns() {
  series_.columns = {"queue_jobs", "queue_gpus", "running_jobs"};
  for (const PoolInfo& pool : pools_) {
    for (const char* name : {".allocated_gpus", ".used_gpus", ".total_gpus", ".nodes"}) {
      series_.columns.push_back(pool.name + name);
    }
  }
  if (has_fragmented_) series_.columns.emplace_back("fragmented_gpus");
}

void Metrics::finish(Time end) {
  if (!began_) {
    begin(end.ns);
    began_ = false;
  }
  now_ = options_.sequential ? decisions_ * kDecision : std::max(end.ns, now_);
  reach(now_);
  end_ = Time{now_};
  if (!any_ended_) last_end_ = now_;
  if (series_.columns.empty()) make_columns();
  series_.last_interval = series_.interval;
  if (now_ > row_begin_) {
    series_.last_interval = Duration{now_ - row_begin_};
    close_row(now_);
  }
  each_level([&](Level& level) { advance(level, now_); });
  if (total_now_ > 0) {
    peak_ratio_ = std::max(peak_ratio_, static_cast<double>(allocated_peak_) / static_cast<double>(total_now_));
  }
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const PoolState& pool = states_[i];
    const Wide useful = options_.overheads ? window(pool.useful) : window(pool.allocated);
    uses_[i] = {window(pool.allocated), useful, window(pool.total), window(pool.nodes), pool.total.value};
  }
}

PoolUse Metrics::total_use() const {
  PoolUse total;
  for (const PoolUse& use : uses_) {
    total.allocated_milli_ns += use.allocated_milli_ns;
    total.useful_milli_ns += use.useful_milli_ns;
    total.total_milli_ns += use.total_milli_ns;
    total.node_ns += use.node_ns;
    total.total_milli_end += use.total_milli_end;
  }
  return total;
}

Wide Metrics::window_ns() const { return last_end_ <= warm_end_ ? 0 : static_cast<Wide>(last_end_) - warm_end_; }

double Metrics::queue_jobs_mean() const {
  const Wide length = window_ns();
  return length == 0 ? 0 : static_cast<double>(window(queue_jobs_)) / static_cast<double>(length);
}

double Metrics::fragmented_milli_s() const { return unit_seconds(window(fragmented_)) * 1000.0 / kFragmentScale; }

}  // namespace seatrial
