// Preemptions with who began in the victim's place, and changes of capacity; see report_data.h.
#include <algorithm>
#include <map>

#include "models/workload.h"
#include "reports/report_data.h"

namespace seatrial {
namespace {

constexpr std::size_t kEventBuckets = 512;

class PreemptionPass {
 public:
  PreemptionPass(const ReportInput& input, const GroupIndex& groups, ReportData& data)
      : input_(input), groups_(groups), data_(data), events_(data.events), stints_(input.history.stints()) {}

  void run();

 private:
  void find_starts(Time at);
  void add(std::uint32_t victim);
  void find_causers(const Stint& victim, std::vector<JobId>& causers) const;
  void keep_largest();
  [[nodiscard]] double seconds(Time at) const { return (at - input_.metrics.first_submit()).seconds(); }
  [[nodiscard]] std::size_t tenant_of(JobId job) const { return data_.groups[groups_.of(job)].tenant; }

  const ReportInput& input_;
  const GroupIndex& groups_;
  ReportData& data_;
  ReportEvents& events_;
  const std::vector<Stint>& stints_;
  std::size_t next_start_ = 0;
  std::map<std::uint32_t, std::vector<JobId>> starts_;  // at the present instant, by node
};

void PreemptionPass::find_starts(Time at) {
  starts_.clear();
  while (next_start_ < stints_.size() && stints_[next_start_].begin < at) ++next_start_;
  for (std::size_t i = next_start_; i < stints_.size() && stints_[i].begin == at; ++i) {
    for (const Piece& piece : input_.history.pieces(stints_[i])) starts_[piece.node.index].push_back(stints_[i].job);
  }
}

void PreemptionPass::find_causers(const Stint& victim, std::vector<JobId>& causers) const {
  for (const Piece& piece : input_.history.pieces(victim)) {
    const auto found = starts_.find(piece.node.index);
    if (found == starts_.end()) continue;
    for (const JobId job : found->second) {
      const bool known = std::find(causers.begin(), causers.end(), job) != causers.end();
      if (job != victim.job && !known) causers.push_back(job);
    }
  }
}

void PreemptionPass::add(std::uint32_t at) {
  const Stint& victim = stints_[at];
  ShownPreemption shown{seconds(victim.end), (victim.end - victim.begin).seconds(), victim.job, {}, 0};
  find_causers(victim, shown.causers);
  ++events_.preemptions;
  const double share = data_.span_s > 0 ? shown.at_s / data_.span_s : 0;
  ++events_.per_bucket[std::min(kEventBuckets - 1, static_cast<std::size_t>(share * kEventBuckets))];
  const std::size_t row = tenant_of(victim.job) * (data_.rows() + 1);
  if (shown.causers.empty()) ++events_.by_tenant[row + data_.rows()];
  for (const JobId causer : shown.causers) ++events_.by_tenant[row + tenant_of(causer)];
  if (shown.causers.size() > ReportEvents::kCausersNamed) {
    shown.more_causers = shown.causers.size() - ReportEvents::kCausersNamed;
    shown.causers.resize(ReportEvents::kCausersNamed);
  }
  events_.shown.push_back(std::move(shown));
  if (events_.shown.size() >= 2 * ReportEvents::kShown) keep_largest();
}

// The largest jobs, the earliest of equals; then in order of time again.
void PreemptionPass::keep_largest() {
  const auto milli = [&](const ShownPreemption& one) { return input_.workload.request(one.victim).total_milli(); };
  std::stable_sort(events_.shown.begin(), events_.shown.end(),
                   [&](const auto& a, const auto& b) { return milli(a) > milli(b); });
  events_.shown.resize(std::min(events_.shown.size(), ReportEvents::kShown));
  std::stable_sort(events_.shown.begin(), events_.shown.end(),
                   [](const auto& a, const auto& b) { return a.at_s < b.at_s; });
}

void PreemptionPass::run() {
  std::vector<std::uint32_t> victims;
  for (std::uint32_t i = 0; i < stints_.size(); ++i) {
    // A job that is stopped in the instant in which it began was never there for anyone to see.
    if (stints_[i].exit == Stint::Exit::Preempted && stints_[i].begin < stints_[i].end) victims.push_back(i);
  }
  if (victims.empty()) return;
  std::stable_sort(victims.begin(), victims.end(), [&](auto a, auto b) { return stints_[a].end < stints_[b].end; });
  events_.per_bucket.assign(kEventBuckets, 0);
  events_.by_tenant.assign(data_.rows() * (data_.rows() + 1), 0);
  for (std::size_t i = 0; i < victims.size(); ++i) {
    const Time at = stints_[victims[i]].end;
    if (i == 0 || stints_[victims[i - 1]].end != at) find_starts(at);
    add(victims[i]);
  }
  keep_largest();
}

void add_capacity(const ReportInput& input, ReportData& data) {
  std::vector<std::uint32_t> nodes(input.metrics.pools().size(), 0);
  for (const PoolChange& change : input.history.pool_changes()) {
    const std::uint32_t before = nodes[change.pool];
    nodes[change.pool] = change.nodes;
    if (change.at == kBeforeAll || before == change.nodes) continue;
    ++data.events.capacity_changes;
    if (data.events.capacity.size() == ReportEvents::kShown) continue;
    const double at_s = (change.at - input.metrics.first_submit()).seconds();
    data.events.capacity.push_back({at_s, change.pool, before, change.nodes});
  }
}

}  // namespace

void fill_events(const ReportInput& input, const GroupIndex& groups, ReportData& data) {
  if (input.metrics.options().sequential) return;
  PreemptionPass(input, groups, data).run();
  add_capacity(input, data);
}

}  // namespace seatrial
