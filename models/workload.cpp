// Columns of jobs and how they are put together; see workload.h.
#include "models/workload.h"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "sim/check.h"

namespace seatrial {
namespace {

std::size_t mix(std::size_t seed, std::uint64_t value) {
  std::uint64_t x = seed ^ (value + 0x9e3779b97f4a7c15ULL + (static_cast<std::uint64_t>(seed) << 6U));
  x = (x ^ (x >> 31U)) * 0xbf58476d1ce4e5b9ULL;
  return static_cast<std::size_t>(x ^ (x >> 29U));
}

template <class IdType, class T>
void permute(Column<IdType, T>& column, const std::vector<std::uint32_t>& from) {
  if (column.empty()) return;
  typename Column<IdType, T>::Values sorted(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) sorted[i] = column.raw()[from[i]];
  column.raw() = std::move(sorted);
}

}  // namespace

std::optional<Time> Workload::observed_start(JobId job) const {
  if (observed_start_.empty() || observed_start_[job] == kNever) return std::nullopt;
  return observed_start_[job];
}

void Workload::append_name(JobId job, std::string& out) const {
  if (name_start_.empty()) {
    char digits[16];
    const auto end = std::to_chars(digits, digits + sizeof digits, file_row_[job]).ptr;
    out.append(digits, end);
    return;
  }
  const std::size_t first = name_start_[job];
  out.append(names_, first, names_.find('\0', first) - first);
}

std::string Workload::name(JobId job) const {
  std::string text;
  append_name(job, text);
  return text;
}

WorkloadBuilder::WorkloadBuilder() = default;

std::size_t WorkloadBuilder::RequestHash::operator()(const Request& request) const {
  std::size_t hash = mix(request.gpus, request.gpu_milli);
  hash = mix(hash, (static_cast<std::uint64_t>(request.pods) << 32U) | request.constraint);
  hash = mix(hash, static_cast<std::uint64_t>(request.cpu_milli));
  hash = mix(hash, static_cast<std::uint64_t>(request.memory_mib));
  hash = mix(hash, (static_cast<std::uint64_t>(request.resource.index) << 32U) | request.work.index);
  hash = mix(hash, request.gpu_memory_mib);
  return mix(hash, (static_cast<std::uint64_t>(request.gpu_model.index) << 32U) | request.tenant.index);
}

RequestId WorkloadBuilder::intern(const JobRecord& record) {
  Request request;
  request.gpus = record.gpus;
  request.gpu_milli = record.gpus == 0 ? 0 : record.gpu_milli;
  request.pods = record.pods;
  request.cpu_milli = record.cpu_milli.value_or(0);
  request.memory_mib = record.memory_mib.value_or(0);
  request.gpu_model = workload_.texts_.intern(record.gpus == 0 ? std::string_view() : record.gpu_model);
  request.tenant = workload_.texts_.intern(record.tenant);
  request.constraint = record.constraint;
  if (record.gpus > 0) {
    request.gpu_memory_mib = record.gpu_memory_mib;
    if (!record.resource.empty()) request.resource = workload_.texts_.intern(record.resource);
    if (!record.work.empty()) request.work = workload_.texts_.intern(record.work);
  }
  if (last_request_id_.valid() && request == last_request_) return last_request_id_;
  const RequestId fresh{static_cast<std::uint32_t>(workload_.requests_.size())};
  const auto [found, inserted] = request_ids_.emplace(request, fresh);
  if (inserted) {
    workload_.requests_.push_back(request);
    workload_.target_counts_.push_back(0);
  }
  last_request_ = request;
  last_request_id_ = found->second;
  return found->second;
}

void WorkloadBuilder::count_target(const JobRecord& record) { ++workload_.target_counts_[intern(record).index]; }

void WorkloadBuilder::append_name(const JobRecord& record) {
  if (numeric_names_) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, size()).ptr;
    const std::string_view own(digits, static_cast<std::size_t>(end - digits));
    if (record.name.empty() || record.name == own) return;
    numeric_names_ = false;
    for (std::size_t job = 0; job < size(); ++job) {
      workload_.name_start_.push_back(static_cast<std::uint32_t>(workload_.names_.size()));
      workload_.names_ += std::to_string(job);
      workload_.names_ += '\0';
    }
  }
  CHECK(workload_.names_.size() + record.name.size() < 0xffffffffU);
  workload_.name_start_.push_back(static_cast<std::uint32_t>(workload_.names_.size()));
  if (record.name.empty()) {
    workload_.names_ += std::to_string(size());
  } else {
    workload_.names_ += record.name;
  }
  workload_.names_ += '\0';
}

void WorkloadBuilder::grow_optional_columns(const JobRecord& record) {
  const std::size_t rows = size();
  Workload& w = workload_;
  if (record.estimate_ns && w.estimate_.empty()) w.estimate_.raw() = w.duration_.raw();
  if (!w.estimate_.empty() || record.estimate_ns) {
    w.estimate_.push_back({record.estimate_ns.value_or(record.duration_ns)});
  }
  if (record.observed_start_ns && w.observed_start_.empty()) w.observed_start_.assign(rows, kNever);
  if (!w.observed_start_.empty() || record.observed_start_ns) {
    w.observed_start_.push_back({record.observed_start_ns.value_or(kNever.ns)});
  }
  const auto grow_text = [&](Column<JobId, TextId>& column, std::string_view text) {
    if (text.empty() && column.empty()) return;
    if (column.empty()) column.assign(rows, TextId{0});
    const TextId last = column.empty() ? TextId{0} : column.raw().back();  // neighbours often share a user
    column.push_back(w.texts_.text(last) == text ? last : w.texts_.intern(text));
  };
  grow_text(w.user_, record.user);
  grow_text(w.trace_state_, record.trace_state);
  if (record.priority != 0 && w.priority_.empty()) w.priority_.assign(rows, 0);
  if (!w.priority_.empty() || record.priority != 0) w.priority_.push_back(record.priority);
}

bool WorkloadBuilder::add(const JobRecord& record, bool require_unique_name) {
  CHECK(size() < 0xfffffff0U);
  if (require_unique_name && !names_seen_.emplace(std::string(record.name), true).second) return false;
  Workload& w = workload_;
  const RequestId request = intern(record);
  append_name(record);
  grow_optional_columns(record);
  if (!w.submit_.empty() && record.submit_ns < w.submit_.raw().back().ns) sorted_ = false;
  w.file_row_.push_back(static_cast<std::uint32_t>(size()));
  w.duration_.push_back({record.duration_ns});
  w.request_.push_back(request);
  w.submit_.push_back({record.submit_ns});
  return true;
}

void WorkloadBuilder::sort_by_submit() {
  Workload& w = workload_;
  std::vector<std::uint32_t> from(w.size());
  std::iota(from.begin(), from.end(), 0U);
  std::stable_sort(from.begin(), from.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return w.submit_.raw()[a] < w.submit_.raw()[b]; });
  permute(w.submit_, from);
  permute(w.duration_, from);
  permute(w.request_, from);
  permute(w.estimate_, from);
  permute(w.observed_start_, from);
  permute(w.user_, from);
  permute(w.trace_state_, from);
  permute(w.priority_, from);
  permute(w.name_start_, from);
  permute(w.file_row_, from);
}

Workload WorkloadBuilder::build() {
  Workload& w = workload_;
  if (!sorted_) sort_by_submit();
  w.file_order_.resize(w.size());
  for (std::uint32_t i = 0; i < w.size(); ++i) w.file_order_[w.file_row_.raw()[i]] = JobId{i};
  const bool counted = std::any_of(w.target_counts_.begin(), w.target_counts_.end(), [](auto n) { return n != 0; });
  if (!counted) {
    for (const RequestId request : w.request_) ++w.target_counts_[request.index];
  }
  Workload result = std::move(workload_);
  *this = WorkloadBuilder();
  return result;
}

}  // namespace seatrial
