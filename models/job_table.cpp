// Rows of job outcomes; see job_table.h.
#include "models/job_table.h"

#include <algorithm>

#include "models/workload.h"
#include "sim/check.h"

namespace seatrial {

const char* wait_reason_name(WaitReason reason) {
  switch (reason) {
    case WaitReason::Capacity:
      return "capacity";
    case WaitReason::Fragmentation:
      return "fragmentation";
    case WaitReason::HeadOfLine:
      return "head-of-line";
    case WaitReason::Quota:
      return "quota";
    case WaitReason::Constraint:
      return "constraint";
  }
  CHECK(false);
}

const char* job_state_name(JobState state) {
  switch (state) {
    case JobState::Future:
    case JobState::Pending:
      return "pending";
    case JobState::Running:
      return "running";
    case JobState::Completed:
      return "completed";
    case JobState::Failed:
      return "failed";
    case JobState::Rejected:
      return "rejected";
  }
  CHECK(false);
}

JobTable::JobTable(std::size_t jobs)
    : state(jobs, JobState::Future),
      start(jobs, kNever),
      end(jobs, kNever),
      waited(jobs, Duration{0}),
      preemptions(jobs, 0),
      reject_reasons(1, ""),
      reject_row(jobs, 0),
      wait_kind_(jobs, 0),
      placement_(jobs, Placement{}) {}

std::span<const Piece> JobTable::pieces(JobId job) const {
  const Placement& placement = placement_[job];
  if (placement.count <= 1) return {&placement.first, placement.count};
  return {pieces_.data() + placement.more, placement.count};
}

std::span<const std::uint16_t> JobTable::devices(const Piece& piece) const {
  if (devices_.empty()) return {};
  return {devices_.data() + piece.first_device, piece.gpus};
}

void JobTable::set_pieces(JobId job, std::span<const Piece> pieces) {
  Placement& placement = placement_[job];
  const auto count = static_cast<std::uint32_t>(pieces.size());
  if (count == 1) placement.first = pieces.front();
  if (count > 1 && count <= placement.count) {
    std::copy(pieces.begin(), pieces.end(), pieces_.begin() + placement.more);
  } else if (count > 1) {
    placement.more = static_cast<std::uint32_t>(pieces_.size());
    pieces_.insert(pieces_.end(), pieces.begin(), pieces.end());
  }
  placement.count = count;
}

WaitSplit JobTable::wait_split(JobId job) const {
  const std::uint32_t kind = wait_kind_[job];
  if (kind >= kFirstRow) return splits_[kind - kFirstRow];
  WaitSplit split{};
  if (kind > 0) split[kind - 1] = waited[job];
  return split;
}

WaitSplit& JobTable::split_row(JobId job, Duration before) {
  const std::uint32_t kind = wait_kind_[job];
  if (kind >= kFirstRow) return splits_[kind - kFirstRow];
  wait_kind_[job] = kFirstRow + static_cast<std::uint32_t>(splits_.size());
  WaitSplit& split = splits_.emplace_back();
  if (kind > 0) split[kind - 1] = before;
  return split;
}

void JobTable::add_wait(JobId job, Duration before, WaitReason reason, Duration span) {
  const std::uint32_t kind = static_cast<std::uint32_t>(reason) + 1;
  if (wait_kind_[job] == 0) wait_kind_[job] = kind;
  if (wait_kind_[job] != kind) split_row(job, before)[static_cast<std::size_t>(reason)] += span;
}

void JobTable::add_wait(JobId job, Duration before, const WaitSplit& span) {
  std::size_t reasons = 0;
  std::size_t last = 0;
  for (std::size_t reason = 0; reason < kWaitReasons; ++reason) {
    if (span[reason].ns == 0) continue;
    ++reasons;
    last = reason;
  }
  if (reasons == 1) {
    add_wait(job, before, static_cast<WaitReason>(last), span[last]);
  } else if (reasons > 1) {
    WaitSplit& split = split_row(job, before);
    for (std::size_t reason = 0; reason < kWaitReasons; ++reason) split[reason] += span[reason];
  }
}

std::uint32_t unit_milli(const Workload& workload, const JobTable& table, JobId job) {
  const std::uint32_t asked = workload.request(job).gpu_milli;
  if (table.shape_milli.empty()) return asked;
  const auto& shapes = table.shape_milli[workload.request_id(job).index];
  const std::size_t shape = table.shape[job];
  return shape < shapes.size() && shapes[shape] != 0 ? shapes[shape] : asked;
}

std::int64_t gang_milli(const Workload& workload, const JobTable& table, JobId job) {
  return std::int64_t{workload.request(job).gpus} * unit_milli(workload, table, job);
}

}  // namespace seatrial
