// The table of trace formats; see registry.h.
#include "traces/registry.h"

#include <array>

#include "traces/formats.h"

namespace seatrial {
namespace {

constexpr std::array<TraceFormat, 11> kFormats{{
    {"native", "seatrial's own CSV; unknown columns and repeated job ids are errors",
     "job_id,submit_s,duration_s,gpus; optional gpu_milli,pods,cpu_milli,memory_mib,gpu_model,tenant,user,priority,"
     "estimate_s,trace_state,observed_start_s",
     "none: yours", open_native},
    {"openb", "pods of Alibaba's GPU-sharing cluster (2023); the FGD placement experiments use it",
     "name,cpu_milli,memory_mib,num_gpu,gpu_milli; optional gpu_spec,pod_phase,creation_time,deletion_time,"
     "scheduled_time; `order` gives an explicit submission order",
     "for research and study; cite Weng et al., USENIX ATC 2023", open_openb},
    {"helios", "SenseTime's Helios clusters (2020)",
     "job_id,submit_s,gpu_num,duration_s and optional vc,user,state; or the official log with submit_time,start_time,"
     "end_time,duration,cpu_num, counted from 2020-04-01 00:00:00",
     "CC-BY-4.0; cite Hu et al., SC 2021", open_helios},
    {"philly", "Microsoft's Philly cluster (2017)",
     "submit_s,gpu_num,duration_s,vc; or the official cluster_job_log (JSON), US Pacific times counted from "
     "2017-09-01 00:00:00",
     "CC-BY-4.0; cite Jeon et al., USENIX ATC 2019", open_philly},
    {"itp", "Microsoft's ITP clusters, the ElasticFlow traces (2021)", "submit_s,gpu_num,duration_s",
     "MIT; cite Gu et al., ASPLOS 2023", open_itp},
    {"acme", "Shanghai AI Lab's Acme clusters Seren and Kalos (2023)",
     "job_id,user,gpu_num,cpu_num,state,submit_time,start_time,end_time,duration, counted from 1970-01-01 UTC",
     "CC-BY-4.0; cite Hu et al., NSDI 2024", open_acme},
    {"pai", "Alibaba's PAI platform (2020)",
     "job,submit_s,gpu_num,duration_s; or job_id,submit_time,duration,num_gpu with optional num_inst,wait_time,user; "
     "or "
     "pai_task_table with or without its header",
     "CC-BY-4.0; cite Weng et al., NSDI 2022", open_pai},
    {"swf", "Standard Workload Format of the Parallel Workloads Archive; one processor is one GPU",
     "18 fields, for `where`: job,submit,wait,run,procs_used,cpu_used,memory_used,procs_requested,time_requested,"
     "memory_requested,status,user,group,executable,queue,partition,previous,think",
     "acknowledge the donors named in each file's header", open_swf},
    {"sacct", "Slurm accounting, the output of `sacct -a -X -P --noconvert`",
     "JobID or JobIDRaw,Submit,Start,End or Elapsed,ReqTRES or AllocTRES; optional User,Account,State,Timelimit; "
     "counted "
     "from 1970-01-01",
     "none: yours", open_sacct},
    {"burstgpt",
     "requests to language models (BurstGPT): each holds one GPU for an assumed 0.2 ms a prompt token and 30 ms a "
     "generated one",
     "Timestamp,Request tokens,Response tokens; optional Model (the tenant),Log Type (the user)",
     "as stated with the data; cite Wang et al., BurstGPT", open_burstgpt},
    {"azure-llm", "Azure's LLM inference requests (2023), with the same assumed times per token",
     "TIMESTAMP,ContextTokens,GeneratedTokens, counted from 2023-11-16 18:00:00; or arrival_s,context_tokens,"
     "generated_tokens",
     "CC-BY-4.0; cite Patel et al., ISCA 2024", open_azure_llm},
}};

}  // namespace

std::span<const TraceFormat> trace_formats() { return kFormats; }

const TraceFormat* find_trace_format(std::string_view name) {
  for (const TraceFormat& format : kFormats) {
    if (format.name == name) return &format;
  }
  return nullptr;
}

}  // namespace seatrial
