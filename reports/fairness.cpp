// Integrals of shares and readings of contention; see fairness.h.
#include "reports/fairness.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "models/workload.h"

namespace seatrial {
namespace {

constexpr std::size_t kMostRows = 4096;
constexpr std::size_t kMostCells = 1'000'000;
constexpr double kMilli = 1000;

Time later(Time at, Duration by) {
  std::int64_t sum = 0;
  return {__builtin_add_overflow(at.ns, by.ns, &sum) ? kNever.ns : sum};
}

}  // namespace

std::vector<double> max_min_shares(std::span<const double> demand, std::span<const double> weights, double capacity) {
  std::vector<std::uint32_t> order(demand.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    const double left = demand[a] * weights[b];
    const double right = demand[b] * weights[a];
    return left != right ? left < right : a < b;
  });
  double weight_left = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::vector<double> shares(demand.size(), 0);
  for (const std::uint32_t i : order) {
    shares[i] = std::min(demand[i], capacity * weights[i] / weight_left);
    capacity -= shares[i];
    weight_left -= weights[i];
  }
  return shares;
}

double jain_index(std::span<const double> values) {
  double sum = 0;
  double squares = 0;
  for (const double value : values) {
    sum += value;
    squares += value * value;
  }
  return sum * sum / (static_cast<double>(values.size()) * squares);
}

Fairness::Fairness(const Workload& workload, const std::vector<PoolInfo>& pools, FairnessOptions options)
    : workload_(workload),
      options_(std::move(options)),
      row_of_tenant_(workload.texts().size(), UINT32_MAX),
      jobs_(workload.size(), JobRow{}) {
  for (const Request& request : workload.requests()) row_of_tenant_[request.tenant.index] = 0;
  for (std::uint32_t text = 0; text < row_of_tenant_.size(); ++text) {
    if (row_of_tenant_[text] == UINT32_MAX) continue;
    const bool given = text < options_.weights.size();
    TenantShare share;
    share.tenant = {text};
    share.weight = given ? options_.weights[text] : 1;
    shares_.push_back(share);
  }
  const StringTable& texts = workload.texts();
  std::sort(shares_.begin(), shares_.end(),
            [&](const TenantShare& a, const TenantShare& b) { return texts.text(a.tenant) < texts.text(b.tenant); });
  for (std::uint32_t row = 0; row < shares_.size(); ++row) row_of_tenant_[shares_[row].tenant.index] = row;
  tenants_.resize(shares_.size());
  row_sums_.assign(2 * shares_.size(), 0);
  for (const PoolInfo& pool : pools) {
    pool_milli_.push_back(pool.total_milli);
    total_milli_ += pool.total_milli;
  }
  max_rows_ = std::min(kMostRows, kMostCells / std::max<std::size_t>(1, row_sums_.size()) / 2 * 2);
  series_.interval = options_.series_interval.ns > 0 ? options_.series_interval : Duration{60 * kNsPerSecond};
}

std::uint32_t Fairness::row_of(const Fact& fact) const { return row_of_tenant_[workload_.tenant({fact.job}).index]; }

void Fairness::begin(Time at) {
  began_ = true;
  now_ = row_begin_ = series_.start = at;
  warm_end_ = later(at, options_.warmup);
  if (max_rows_ != 0) row_end_ = later(at, series_.interval);
}

void Fairness::observe(std::span<const Fact> facts) {
  for (const Fact& fact : facts) {
    if (fact.kind == FactKind::Capacity) {
      if (began_) advance(fact.at);
      total_milli_ += fact.milli - pool_milli_[fact.pool];
      pool_milli_[fact.pool] = fact.milli;
      dirty_ = true;
      continue;
    }
    if (!began_) begin(fact.at);
    if (fact.at != now_) advance(fact.at);
    handle(fact);
  }
}

void Fairness::handle(const Fact& fact) {
  JobRow& job = jobs_[{fact.job}];
  const std::int64_t milli = workload_.request({fact.job}).total_milli();
  switch (fact.kind) {
    case FactKind::Submitted:
      job.jobs_before = jobs_integral_;
      job.gpus_before = gpus_integral_;
      job.phase = Phase::Waits;
      job.since = fact.at;
      if (milli == 0) return;
      ++wanting_;
      change_demand(row_of(fact), milli);
      return;
    case FactKind::Started:
    case FactKind::Resumed:
      waited_until_now(job, row_of(fact));
      job.phase = options_.overheads ? Phase::StartsUp : Phase::Works;
      job.since = fact.at;
      return;
    case FactKind::Bound:
    case FactKind::Held:
      tenants_[row_of(fact)].held_milli += fact.milli;
      return;
    case FactKind::Released:
    case FactKind::HoldOver:
      tenants_[row_of(fact)].held_milli -= fact.milli;
      return;
    case FactKind::Progress:
      if (job.resumed) wasted_until_now(job, milli);
      job.phase = Phase::Works;
      return;
    case FactKind::Stalled:
      job.phase = Phase::StartsUp;
      job.since = fact.at;
      return;
    case FactKind::Preempted:
      wasted_until_now(job, milli);
      job.phase = Phase::Waits;
      job.since = fact.at;
      job.resumed = true;
      return;
    case FactKind::Completed:
      complete(fact);
      [[fallthrough]];
    case FactKind::Failed:
      job.phase = Phase::Absent;
      if (milli == 0) return;
      --wanting_;
      change_demand(row_of(fact), -milli);
      return;
    case FactKind::Rejected:
    case FactKind::Capacity:
    case FactKind::Slowed:
    case FactKind::Lost:
    case FactKind::OutOfMemory:  // the job's end is a fact of its own
    case FactKind::Admitted:
    case FactKind::QuotaReleased:
    case FactKind::Evicted:
    case FactKind::Recut:
      return;
  }
}

void Fairness::waited_until_now(const JobRow& job, std::uint32_t row) {
  shares_[row].starved_s = std::max(shares_[row].starved_s, (now_ - job.since).seconds());
}

// The GPUs of a preempted job, while it gave them up or had them again without getting on.
void Fairness::wasted_until_now(const JobRow& job, std::int64_t milli) {
  if (job.phase != Phase::StartsUp) return;
  waste_gpu_s_ += (now_ - job.since).seconds() * static_cast<double>(milli) / kMilli;
}

void Fairness::complete(const Fact& fact) {
  JobRow& job = jobs_[{fact.job}];
  const Time submit = workload_.submit({fact.job});
  const double run_s = workload_.duration({fact.job}).seconds();
  const double jct_s = (fact.at - submit).seconds();
  if (submit < warm_end_ || run_s <= 0 || jct_s <= 0) return;
  const double jobs = (jobs_integral_ - job.jobs_before) / jct_s;
  const double gpus = (gpus_integral_ - job.gpus_before) / jct_s;
  const double asked = static_cast<double>(workload_.request({fact.job}).total_milli()) / kMilli;
  job.isolated_s = run_s * std::max(1.0, gpus > 0 ? asked * jobs / gpus : 1.0);
  job.rho = jct_s / job.isolated_s;
}

void Fairness::change_demand(std::uint32_t row, std::int64_t milli) {
  Tenant& tenant = tenants_[row];
  if (tenant.demand_milli == 0) active_.push_back(row);
  tenant.demand_milli += milli;
  dirty_ = true;
  if (tenant.demand_milli != 0) return;
  tenant.entitled_milli = 0;
  active_.erase(std::find(active_.begin(), active_.end(), row));
}

// Nearly sorted from instant to instant: insertion costs little more than a look at each tenant.
void Fairness::entitle() {
  dirty_ = false;
  const auto ask = [&](std::uint32_t row) {
    return static_cast<double>(tenants_[row].demand_milli) / shares_[row].weight;
  };
  double weight_left = 0;
  for (std::size_t i = 0; i < active_.size(); ++i) {
    const std::uint32_t row = active_[i];
    const double own = ask(row);
    weight_left += shares_[row].weight;
    std::size_t hole = i;
    for (; hole > 0 && ask(active_[hole - 1]) > own; --hole) active_[hole] = active_[hole - 1];
    active_[hole] = row;
  }
  auto left_milli = static_cast<double>(total_milli_);
  for (const std::uint32_t row : active_) {
    const double part = left_milli * shares_[row].weight / weight_left;
    tenants_[row].entitled_milli = std::min(static_cast<double>(tenants_[row].demand_milli), part);
    left_milli -= tenants_[row].entitled_milli;
    weight_left -= shares_[row].weight;
  }
}

void Fairness::advance(Time now) {
  if (dirty_) entitle();
  while (row_end_ <= now && row_end_ != kNever) {
    accumulate(row_end_);
    close_row(row_end_);
  }
  accumulate(now);
}

void Fairness::accumulate(Time until) {
  const double span_s = (until - now_).seconds();
  if (span_s <= 0) return;
  const double measured_s = std::min(span_s, std::max(0.0, (until - warm_end_).seconds()));
  jobs_integral_ += wanting_ * span_s;
  gpus_integral_ += static_cast<double>(total_milli_) / kMilli * span_s;
  for (const std::uint32_t row : active_) {
    const double entitled = tenants_[row].entitled_milli / kMilli;
    const double held = static_cast<double>(tenants_[row].held_milli) / kMilli;
    TenantShare& share = shares_[row];
    share.entitled_gpu_s += entitled * measured_s;
    share.received_gpu_s += held * measured_s;
    share.short_gpu_s += std::max(0.0, entitled - held) * measured_s;
    share.over_gpu_s += std::max(0.0, held - entitled) * measured_s;
    row_sums_[2 * row] += entitled * span_s;
    row_sums_[2 * row + 1] += held * span_s;
  }
  now_ = until;
}

void Fairness::close_row(Time at) {
  if (at == row_end_ && series_.cells.size() == max_rows_ * row_sums_.size()) {
    merge_rows();
    row_end_ = later(row_end_, Duration{series_.interval.ns / 2});
    return;  // the row has become twice as long: it is not over yet
  }
  const double length_s = (at - row_begin_).seconds();
  for (double& sum : row_sums_) {
    series_.cells.push_back(static_cast<float>(sum / length_s));
    sum = 0;
  }
  row_begin_ = at;
  row_end_ = later(at, series_.interval);
}

void Fairness::merge_rows() {
  const std::size_t columns = row_sums_.size();
  const std::size_t pairs = series_.cells.size() / columns / 2;
  for (std::size_t pair = 0; pair < pairs; ++pair) {
    const float* from = &series_.cells[2 * pair * columns];
    for (std::size_t i = 0; i < columns; ++i) series_.cells[pair * columns + i] = (from[i] + from[columns + i]) / 2;
  }
  series_.cells.resize(pairs * columns);
  series_.interval = {later({series_.interval.ns}, series_.interval).ns};
}

void Fairness::finish(Time end) {
  if (!began_) return;
  advance(std::max(now_, end));
  for (std::uint32_t i = 0; i < jobs_.size(); ++i) {
    if (jobs_[{i}].phase == Phase::Waits) waited_until_now(jobs_[{i}], row_of_tenant_[workload_.tenant({i}).index]);
  }
  series_.last_interval = series_.interval;
  if (max_rows_ != 0 && now_ > row_begin_) {
    series_.last_interval = now_ - row_begin_;
    close_row(now_);
  }
}

}  // namespace seatrial
