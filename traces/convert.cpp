// Writers of traces; see convert.h.
#include "traces/convert.h"

#include <array>
#include <charconv>
#include <string_view>
#include <unordered_map>

#include "sim/text.h"
#include "traces/name_set.h"
#include "traces/workload_record.h"

namespace seatrial {
namespace {

void append_integer(std::string& out, std::int64_t value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

void append_field(std::string& out, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

// The optional columns of the native format, in the order in which they are written.
enum OptionalColumn : std::size_t {
  Milli,
  Pods,
  Cpu,
  Memory,
  Model,
  Tenant,
  User,
  Priority,
  Estimate,
  State,
  Observed,
  Resource,
  GpuMemory,
  Work,
  kColumns
};
constexpr std::array<const char*, kColumns> kColumnNames{
    "gpu_milli", "pods",       "cpu_milli",   "memory_mib",       "gpu_model",    "tenant",         "user",
    "priority",  "estimate_s", "trace_state", "observed_start_s", "gpu_resource", "gpu_memory_mib", "work"};

// True if leaving the column empty would lose something of this job.
bool says_something(const JobRecord& record, std::size_t column) {
  switch (column) {
    case Milli:
      return record.gpus == 1 && record.gpu_milli != kGpuMilli;
    case Pods:
      return record.pods != 0;
    case Cpu:
      return record.cpu_milli.has_value();
    case Memory:
      return record.memory_mib.has_value();
    case Model:
      return !record.gpu_model.empty();
    case Tenant:
      return !record.tenant.empty();
    case User:
      return !record.user.empty();
    case Priority:
      return record.priority != 0;
    case Estimate:
      return record.estimate_ns.has_value();
    case State:
      return !record.trace_state.empty();
    case Observed:
      return record.observed_start_ns.has_value();
    case Resource:
      return !record.resource.empty();
    case GpuMemory:
      return record.gpu_memory_mib != 0;
    case Work:
      return !record.work.empty();
    default:
      return false;
  }
}

void append_column(std::string& out, const JobRecord& record, std::size_t column) {
  switch (column) {
    case Milli:
      return append_integer(out, record.gpu_milli);
    case Pods:
      return append_integer(out, record.pods);
    case Cpu:
      return append_integer(out, record.cpu_milli.value_or(0));
    case Memory:
      return append_integer(out, record.memory_mib.value_or(0));
    case Model:
      return append_field(out, record.gpu_model);
    case Tenant:
      return append_field(out, record.tenant);
    case User:
      return append_field(out, record.user);
    case Priority:
      return append_integer(out, record.priority);
    case Estimate:
      return append_seconds(out, record.estimate_ns.value_or(0));
    case State:
      return append_field(out, record.trace_state);
    case Observed:
      return append_seconds(out, record.observed_start_ns.value_or(0));
    case Resource:
      return append_field(out, record.resource);
    case GpuMemory:
      return append_integer(out, record.gpu_memory_mib);
    case Work:
      return append_field(out, record.work);
    default:
      return;
  }
}

// What SWF says for a trace's own word; -1 for words that it does not know.
int swf_status(std::string_view state) {
  constexpr std::array<std::string_view, 6> kWords{"failed",         "completed",   "partial",
                                                   "last-completed", "last-failed", "cancelled"};
  std::string word(state);
  for (char& c : word) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (word == "canceled") word = "cancelled";
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    if (kWords[i] == word) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace

void append_native_csv(const Workload& workload, std::string& out) {
  std::string name;
  std::array<bool, kColumns> wanted{};
  for (const JobId job : workload.file_order()) {
    const JobRecord record = record_of(workload, job, name);
    for (std::size_t column = 0; column < kColumns; ++column) wanted[column] |= says_something(record, column);
  }
  NameSet names;
  out += "job_id,submit_s,duration_s,gpus";
  for (std::size_t column = 0; column < kColumns; ++column) {
    if (wanted[column]) out += std::string(",") + kColumnNames[column];
  }
  out += '\n';
  for (const JobId job : workload.file_order()) {
    const JobRecord record = record_of(workload, job, name);
    append_field(out, unique_name(name, names));
    out += ',';
    append_seconds(out, record.submit_ns);
    out += ',';
    append_seconds(out, record.duration_ns);
    out += ',';
    append_integer(out, record.gpus);
    for (std::size_t column = 0; column < kColumns; ++column) {
      if (!wanted[column]) continue;
      out += ',';
      if (says_something(record, column)) append_column(out, record, column);
    }
    out += '\n';
  }
}

std::uint64_t append_swf(const Workload& workload, std::string& out) {
  out += "; Version: 2.2\n; Note: written by seatrial; one processor is one GPU\n";
  std::string name;
  std::unordered_map<std::string_view, std::int64_t> users;
  std::uint64_t left_out = 0;
  std::int64_t number = 0;
  for (const JobId job : workload.file_order()) {
    const JobRecord record = record_of(workload, job, name);
    if (record.gpus == 0) {
      ++left_out;
      continue;
    }
    append_integer(out, ++number);
    out += ' ';
    append_seconds(out, record.submit_ns);
    out += ' ';
    append_seconds(out, record.observed_start_ns ? *record.observed_start_ns - record.submit_ns : -kNsPerSecond);
    out += ' ';
    append_seconds(out, record.duration_ns);
    out += ' ';
    append_integer(out, record.gpus);
    out += " -1 -1 ";
    append_integer(out, record.gpus);
    out += ' ';
    append_seconds(out, record.estimate_ns.value_or(-kNsPerSecond));
    out += " -1 ";
    append_integer(out, swf_status(record.trace_state));
    out += ' ';
    const auto next_user = static_cast<std::int64_t>(users.size()) + 1;
    append_integer(out, record.user.empty() ? -1 : users.emplace(record.user, next_user).first->second);
    out += " -1 -1 -1 -1 -1 -1\n";
  }
  return left_out;
}

}  // namespace seatrial
