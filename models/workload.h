// The jobs of a run as a trace gives them: immutable columns in submit order, written once by WorkloadBuilder and then
// only read. What happens to a job in a run is in job_table.h.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "models/ids.h"
#include "models/string_table.h"
#include "sim/column.h"
#include "sim/time.h"

namespace seatrial {

inline constexpr std::uint32_t kGpuMilli = 1000;  // one whole GPU

// What a whole gang asks for. Jobs with equal requests share one row.
struct Request {
  std::uint32_t gpus = 0;       // of the gang in all; 0: a CPU job
  std::uint32_t gpu_milli = 0;  // per GPU: 1000 whole, 1..999 a share (then gpus is 1); 0 where gpus is 0
  std::uint32_t pods = 0;       // pods of the gang; 0: one if it fits a node, else whole nodes and a remainder
  std::int64_t cpu_milli = 0;   // of the gang, split evenly over its pods
  std::int64_t memory_mib = 0;
  TextId gpu_model;  // allowed GPU models joined by `|`; empty: any
  TextId tenant;
  std::uint32_t constraint = 0;  // node selector and tolerations of its workload entry (models/cluster_spec.h); 0: none
  std::uint32_t gpu_memory_mib = 0;  // on each GPU, slice or share; 0: not stated
  TextId resource{0};                // what `gpus` counts (models/gpu_resource.h); empty: GPUs
  TextId work{0};                    // the kind of work, for models of its speed; empty: not stated

  bool operator==(const Request&) const = default;
  // milli-GPUs of the gang.
  [[nodiscard]] std::int64_t total_milli() const { return static_cast<std::int64_t>(gpus) * gpu_milli; }
};

// One job as a reader hands it over; views are valid until the reader is called again.
struct JobRecord {
  std::string_view name;         // empty: the row number is the name
  std::uint64_t row = 0;         // row of the file, from 0, before any filter: the last tie-breaker
  std::int64_t submit_ns = 0;    // may be negative
  std::int64_t duration_ns = 0;  // run time, >= 0
  std::uint32_t gpus = 0;
  std::uint32_t gpu_milli = kGpuMilli;
  std::uint32_t pods = 0;
  std::optional<std::int64_t> cpu_milli;  // of the whole job; none: the scenario's per-GPU default applies
  std::optional<std::int64_t> memory_mib;
  std::string_view gpu_model;
  std::string_view tenant;
  std::string_view user;
  std::string_view trace_state;  // the trace's own word for how the job ended
  std::int32_t priority = 0;
  std::uint32_t constraint = 0;                   // see Request
  std::uint32_t gpu_memory_mib = 0;               // see Request
  std::string_view resource;                      // see Request; empty: GPUs
  std::string_view work;                          // see Request
  std::optional<std::int64_t> estimate_ns;        // run time that the user stated, >= 0
  std::optional<std::int64_t> observed_start_ns;  // when it really started, on the same axis as submit_ns
};

// One job of a resampled workload: a row of the original, moved in time.
struct WorkloadDraw {
  JobId job;
  Duration shift;
};

class Workload {
 public:
  [[nodiscard]] std::size_t size() const { return submit_.size(); }
  [[nodiscard]] Time submit(JobId job) const { return submit_[job]; }
  [[nodiscard]] Duration duration(JobId job) const { return duration_[job]; }
  // The stated run time; the real one where the trace states none.
  [[nodiscard]] Duration estimate(JobId job) const { return estimate_.empty() ? duration_[job] : estimate_[job]; }
  [[nodiscard]] RequestId request_id(JobId job) const { return request_[job]; }
  [[nodiscard]] const Request& request(JobId job) const { return requests_[request_[job]]; }
  [[nodiscard]] const Column<RequestId, Request>& requests() const { return requests_; }
  [[nodiscard]] TextId tenant(JobId job) const { return request(job).tenant; }
  [[nodiscard]] TextId user(JobId job) const { return user_.empty() ? TextId{0} : user_[job]; }
  [[nodiscard]] TextId trace_state(JobId job) const { return trace_state_.empty() ? TextId{0} : trace_state_[job]; }
  [[nodiscard]] std::int32_t priority(JobId job) const { return priority_.empty() ? 0 : priority_[job]; }
  // When the job really started, if the trace recorded it.
  [[nodiscard]] std::optional<Time> observed_start(JobId job) const;
  [[nodiscard]] bool has_observed_starts() const { return !observed_start_.empty(); }
  // Position of the job in its file(s) among the kept rows; jobs.csv is written in this order.
  [[nodiscard]] const std::vector<JobId>& file_order() const { return file_order_; }
  [[nodiscard]] std::string name(JobId job) const;
  // Appends the name to out, without a temporary.
  void append_name(JobId job, std::string& out) const;
  [[nodiscard]] const StringTable& texts() const { return texts_; }
  // Rows that a reader left out by its format's own rule (SWF rows without processors), for the summary.
  [[nodiscard]] std::uint64_t skipped_rows() const { return skipped_rows_; }
  // Requests of the trace's own rows and how often each occurs, before an explicit submission order repeats some:
  // the target workload of fragmentation.
  [[nodiscard]] const std::vector<std::uint32_t>& target_counts() const { return target_counts_; }
  // Another workload of these jobs (any number of times each), sorted by (submit, position in `draws`). Jobs are named
  // by their position; recorded starts are left out, because nothing was recorded of this mixture. O(n log n).
  [[nodiscard]] Workload resampled(std::span<const WorkloadDraw> draws) const;

 private:
  friend class WorkloadBuilder;

  Column<JobId, Time> submit_;
  Column<JobId, Duration> duration_;
  Column<JobId, RequestId> request_;
  Column<JobId, Duration> estimate_;    // empty: none stated
  Column<JobId, Time> observed_start_;  // empty: none recorded; kNever: not for this job
  Column<JobId, TextId> user_;          // these three: empty if all default
  Column<JobId, TextId> trace_state_;
  Column<JobId, std::int32_t> priority_;
  Column<JobId, std::uint32_t> name_start_;  // into names_; empty: row numbers are the names
  Column<JobId, std::uint32_t> file_row_;
  std::string names_;
  std::vector<JobId> file_order_;
  Column<RequestId, Request> requests_;
  std::vector<std::uint32_t> target_counts_;
  StringTable texts_;
  std::uint64_t skipped_rows_ = 0;
};

// Collects records of one or several traces and sorts them by (submit, order of adding).
class WorkloadBuilder {
 public:
  WorkloadBuilder();
  // Adds a job; name must be unique if require_unique_names. Returns false if the name was there already.
  bool add(const JobRecord& record, bool require_unique_name = false);
  void add_skipped(std::uint64_t rows) { workload_.skipped_rows_ += rows; }
  // Counts a request in the target workload without adding a job; add() itself counts nothing.
  void count_target(const JobRecord& record);
  [[nodiscard]] std::size_t size() const { return workload_.submit_.size(); }
  // Leaves the builder empty. If no target was counted, every job counts once.
  Workload build();

 private:
  RequestId intern(const JobRecord& record);
  void append_name(const JobRecord& record);
  void grow_optional_columns(const JobRecord& record);
  void sort_by_submit();

  struct RequestHash {
    std::size_t operator()(const Request& request) const;
  };
  Workload workload_;
  std::unordered_map<Request, RequestId, RequestHash> request_ids_;
  std::unordered_map<std::string, bool> names_seen_;
  Request last_request_;
  RequestId last_request_id_;
  bool numeric_names_ = true;  // so far every name equals its row number: none is stored
  bool sorted_ = true;
};

}  // namespace seatrial
