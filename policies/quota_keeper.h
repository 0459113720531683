// Quotas in front of the scheduler: a job that came waits here until its tenant's queue has quota for it, and only then
// joins the scheduler's queue, on the pools of the flavors that it was given. Jobs whose quota is taken back go through
// the ordinary preemption and wait here again. The control plane tells it what happened and asks for one round of
// admission before each scheduling pass. Invariant: what a job holds of a quota is released exactly once.
#pragma once

#include <cstdint>
#include <vector>

#include "policies/quota_rules.h"
#include "policies/run_state.h"

namespace seatrial {

class Scheduler;

class QuotaKeeper {
 public:
  // The rules outlive it; classes of the state are resolved.
  QuotaKeeper(RunState& state, const QuotaRules& rules);

  // Why the job's pods may not even be created, or nullptr.
  [[nodiscard]] const char* refusal(JobId job);
  // It was submitted. True if it waits for quota here; false if none applies to it.
  [[nodiscard]] bool arrived(JobId job);
  // It has GPUs already, by the record of the trace: it holds quota whatever the limits are.
  void started_by_record(JobId job);
  // A job ended.
  void ended(JobId job);
  // A preempted job gave its GPUs back. True if it waits for quota again.
  [[nodiscard]] bool stopped(JobId job);
  // The pause of a job that was evicted twice at one instant is over.
  void pause_is_over(JobId job) { give_up(job); }
  // Admits and evicts until nothing more changes at this instant.
  void admit(Scheduler& scheduler);
  // The run is over: what is left of waits is split by reason.
  void finish();

  // Jobs that wait for quota or are on their way back to it.
  [[nodiscard]] std::uint64_t waiting() const { return waiting_; }

 private:
  enum class Phase : std::uint8_t { Outside, Waits, Holds, Leaves };
  // What one request means to the quotas; the same for all its jobs.
  struct Demand {
    bool known = false;
    const char* refusal = nullptr;
    QuotaNodeId queue;  // not valid: no quota applies
    std::vector<ResourceAmount> amounts;
    std::vector<ResourceFlavorId> unusable;
  };

  [[nodiscard]] const Demand& demand_of(JobId job);
  [[nodiscard]] std::int64_t amount_of(const QuotaResource& resource, const RequestClass& job_class) const;
  [[nodiscard]] const char* creation_refusal(QuotaNodeId queue, const RequestClass& job_class) const;
  [[nodiscard]] KueueWorkload workload_of(JobId job, const Demand& demand) const;
  [[nodiscard]] std::vector<PoolId> pools_of(const FlavorAssignment& assignment) const;
  void take(const QuotaAdmission& admission, Scheduler& scheduler);
  void evict(const QuotaEviction& eviction, Scheduler& scheduler);
  void give_up(JobId job);
  void emit_usage(FactKind kind, JobId job, const QuotaAmounts& usage);

  RunState& state_;
  const QuotaRules& rules_;
  KueueScheduler kueue_;
  std::vector<Demand> demands_;  // by request
  Column<JobId, HeldQuotaId> id_of_;
  std::vector<JobId> job_of_;           // by HeldQuotaId
  std::vector<QuotaAmounts> usage_of_;  // by HeldQuotaId: what it holds
  Column<JobId, Phase> phase_;
  Column<JobId, Time> returned_at_;  // when it last went back to its queue
  std::uint64_t waiting_ = 0;
};

}  // namespace seatrial
