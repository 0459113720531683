// Picking what is kept of a run, and its bytes; see run_record.h.
#include "reports/run_record.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "models/workload.h"
#include "reports/size_class.h"
#include "sim/wide.h"

namespace seatrial {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

// Exact sums of one group.
struct Sums {
  std::uint64_t jobs = 0;
  std::uint64_t completed = 0;
  Int128 wait_ns = 0;
  Int128 jct_ns = 0;

  [[nodiscard]] GroupMeans means(const char* kind, std::string name) const {
    const auto mean_s = [](Int128 sum, std::uint64_t count) {
      return count == 0 ? kUnknown : static_cast<double>(sum) / static_cast<double>(count) / 1e9;
    };
    return {kind, std::move(name), jobs, mean_s(wait_ns, jobs), mean_s(jct_ns, completed)};
  }
};

void add_largest(const std::vector<Sums>& sums, const char* kind, const auto& name_of, std::vector<GroupMeans>& out) {
  std::vector<std::size_t> order(sums.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order, [&](std::size_t i) { return sums[i].jobs == 0; });
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return sums[a].jobs > sums[b].jobs; });
  if (order.size() == 1 && name_of(order.front()).empty()) return;  // the trace does not tell them apart
  if (order.size() > kGroupsKept) order.resize(kGroupsKept);
  for (const std::size_t i : order) out.push_back(sums[i].means(kind, name_of(i)));
}

std::vector<GroupMeans> group_means(const Workload& workload, const JobTable& table) {
  std::vector<Sums> tenants(workload.texts().size());
  std::vector<Sums> users(workload.texts().size());
  std::vector<Sums> sizes(kSizeClasses);
  for (std::uint32_t i = 0; i < workload.size(); ++i) {
    const JobId job{i};
    if (table.start[job] == kNever) continue;
    const bool completed = table.state[job] == JobState::Completed;
    const Duration jct = completed ? table.end[job] - workload.submit(job) : Duration{0};
    const Request& request = workload.request(job);
    for (Sums* sums :
         {&tenants[request.tenant.index], &users[workload.user(job).index], &sizes[size_class(request.gpus)]}) {
      ++sums->jobs;
      sums->wait_ns += table.waited[job].ns;
      sums->completed += completed ? 1 : 0;
      sums->jct_ns += jct.ns;
    }
  }
  std::vector<GroupMeans> groups;
  const auto text = [&](std::size_t i) { return workload.texts().text({static_cast<std::uint32_t>(i)}); };
  add_largest(tenants, "tenant", text, groups);
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i].jobs > 0) groups.push_back(sizes[i].means("size", size_class_name(i)));
  }
  add_largest(users, "user", text, groups);
  return groups;
}

class ByteWriter {
 public:
  template <class T>
  void number(T value) {
    char raw[sizeof(T)];
    std::memcpy(raw, &value, sizeof value);
    bytes_.append(raw, sizeof raw);
  }
  void text(std::string_view value) {
    number(static_cast<std::uint64_t>(value.size()));
    bytes_ += value;
  }
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}
  template <class T>
  T number() {
    T value{};
    if (bytes_.size() < sizeof value) ok_ = false;
    if (!ok_) return value;
    std::memcpy(&value, bytes_.data(), sizeof value);
    bytes_.remove_prefix(sizeof value);
    return value;
  }
  std::string text() {
    const std::size_t size = count(1);
    std::string value(bytes_.substr(0, size));
    bytes_.remove_prefix(size);
    return value;
  }
  // A count of things of which each takes at least `each` bytes.
  std::size_t count(std::size_t each) {
    const auto value = number<std::uint64_t>();
    if (value > bytes_.size() / each) ok_ = false;
    return ok_ ? static_cast<std::size_t>(value) : 0;
  }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool whole() const { return ok_ && bytes_.empty(); }

 private:
  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace

std::optional<double> RunRecord::metric(std::string_view name) const {
  for (const auto& [metric_name, value] : metrics) {
    if (metric_name == name) return std::isnan(value) ? std::nullopt : std::optional<double>(value);
  }
  return std::nullopt;
}

RunRecord make_record(const Summary& summary, const Workload& workload, const JobTable& table, bool jobs,
                      const std::vector<std::string>& wanted) {
  RunRecord record;
  for (const MetricValue& metric : metric_values(summary)) {
    const std::string name = metric.dotted();
    const bool machine = name == "wall_s" || name == "events_per_s";
    const bool of_tenant = metric.path.front() == "tenants";
    if (machine || (of_tenant && std::find(wanted.begin(), wanted.end(), name) == wanted.end())) continue;
    record.metrics.emplace_back(name, metric.value.value_or(kUnknown));
  }
  record.groups = group_means(workload, table);
  record.fact_hash = summary.header.fact_hash;
  record.wall_s = summary.header.wall_s;
  if (!jobs) return record;
  record.jct_s.reserve(workload.size());
  for (std::uint32_t i = 0; i < workload.size(); ++i) {
    const JobId job{i};
    const bool completed = table.state[job] == JobState::Completed;
    record.jct_s.push_back(completed ? static_cast<float>((table.end[job] - workload.submit(job)).seconds())
                                     : std::numeric_limits<float>::quiet_NaN());
  }
  return record;
}

std::string record_bytes(const RunRecord& record) {
  ByteWriter writer;
  writer.text(record.fact_hash);
  writer.number(record.wall_s);
  writer.number(static_cast<std::uint64_t>(record.metrics.size()));
  for (const auto& [name, value] : record.metrics) {
    writer.text(name);
    writer.number(value);
  }
  writer.number(static_cast<std::uint64_t>(record.groups.size()));
  for (const GroupMeans& group : record.groups) {
    writer.text(group.kind);
    writer.text(group.name);
    writer.number(group.jobs);
    writer.number(group.wait_s);
    writer.number(group.jct_s);
  }
  writer.number(static_cast<std::uint64_t>(record.jct_s.size()));
  for (const float jct : record.jct_s) writer.number(jct);
  writer.number(static_cast<std::uint64_t>(record.decisions.size()));
  for (const Decision& decision : record.decisions) writer.number(decision);
  return writer.take();
}

std::optional<RunRecord> record_from_bytes(std::string_view bytes) {
  ByteReader reader(bytes);
  RunRecord record;
  record.fact_hash = reader.text();
  record.wall_s = reader.number<double>();
  for (std::size_t left = reader.count(16); left > 0 && reader.ok(); --left) {
    std::string name = reader.text();
    record.metrics.emplace_back(std::move(name), reader.number<double>());
  }
  for (std::size_t left = reader.count(40); left > 0 && reader.ok(); --left) {
    GroupMeans group;
    group.kind = reader.text();
    group.name = reader.text();
    group.jobs = reader.number<std::uint64_t>();
    group.wait_s = reader.number<double>();
    group.jct_s = reader.number<double>();
    record.groups.push_back(std::move(group));
  }
  const std::size_t jobs = reader.count(sizeof(float));
  record.jct_s.reserve(jobs);
  for (std::size_t i = 0; i < jobs; ++i) record.jct_s.push_back(reader.number<float>());
  const std::size_t decisions = reader.count(sizeof(Decision));
  record.decisions.reserve(decisions);
  for (std::size_t i = 0; i < decisions; ++i) record.decisions.push_back(reader.number<Decision>());
  if (!reader.whole()) return std::nullopt;
  return record;
}

}  // namespace seatrial
