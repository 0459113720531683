// Each trace format: what a row becomes, and the exact message for each kind of mistake.
#include <gtest/gtest.h>

#include "tests/support/trace_files.h"
#include "traces/registry.h"

namespace seatrial {
namespace {

const JobId kFirst{0};

std::string text(const Workload& w, TextId id) { return w.texts().text(id); }

TEST(NativeFormat, ReadsEveryColumn) {
  const Workload w = read_text(
      "native",
      "observed_start_s,gpus,job_id,submit_s,duration_s,gpu_milli,pods,cpu_milli,memory_mib,gpu_model,tenant,user,"
      "priority,estimate_s,trace_state\n"
      "2.5,1,a,-1.5,10,250,1,4000,8192,t4|a10,vision,ada,-7,20,KILLED\n");
  ASSERT_EQ(w.size(), 1U);
  const Request& request = w.request(kFirst);
  EXPECT_EQ(w.name(kFirst), "a");
  EXPECT_EQ(w.submit(kFirst).ns, -1'500'000'000);
  EXPECT_EQ(w.duration(kFirst).ns, 10'000'000'000);
  EXPECT_EQ(request.gpu_milli, 250U);
  EXPECT_EQ(request.pods, 1U);
  EXPECT_EQ(request.cpu_milli, 4000);
  EXPECT_EQ(request.memory_mib, 8192);
  EXPECT_EQ(text(w, request.gpu_model), "t4|a10");
  EXPECT_EQ(text(w, request.tenant), "vision");
  EXPECT_EQ(text(w, w.user(kFirst)), "ada");
  EXPECT_EQ(text(w, w.trace_state(kFirst)), "KILLED");
  EXPECT_EQ(w.priority(kFirst), -7);
  EXPECT_EQ(w.estimate(kFirst).ns, 20'000'000'000);
  EXPECT_EQ(w.observed_start(kFirst)->ns, 2'500'000'000);
}

TEST(NativeFormat, SortsBySubmitAndThenByRow) {
  EXPECT_EQ(jobs_text(read_text("native", "job_id,submit_s,duration_s,gpus\nz,5,1,0\ny,5,2,8\nx,0.000000001,3,1\n")),
            "x 0.000000001 3 1\nz 5 1 0\ny 5 2 8\n");
}

struct Mistake {
  const char* row;
  const char* message;
};

TEST(NativeFormat, NamesThePlaceOfEachMistake) {
  const Mistake mistakes[] = {
      {"a,x,1,1", "trace:2:3: submit_s: must be a number of seconds: \"x\"\n"},
      {"a,NaN,1,1", "trace:2:3: submit_s: must be a number of seconds: \"NaN\"\n"},
      {"a,,1,1", "trace:2:3: submit_s: must be a number of seconds: the field is empty\n"},
      {"a,1e308,1,1", "trace:2:3: submit_s: must be below 2^63 ns (about 292 years): \"1e308\"\n"},
      {"a,9300000000,1,1", "trace:2:3: submit_s: must be below 2^63 ns (about 292 years): \"9300000000\"\n"},
      {"a,0,-1,1", "trace:2:5: duration_s: must not be negative: \"-1\"\n"},
      {"a,0,1,-1", "trace:2:7: gpus: must be a whole number from 0 to 10000000: \"-1\"\n"},
      {"a,0,1,10000001", "trace:2:7: gpus: must be a whole number from 0 to 10000000: \"10000001\"\n"},
      {"a,0,1,1.5", "trace:2:7: gpus: must be a whole number from 0 to 10000000: \"1.5\"\n"},
      {"a,0,1,0x8", "trace:2:7: gpus: must be a whole number from 0 to 10000000: \"0x8\"\n"},
      {",0,1,1", "trace:2:1: job_id: a job needs a name: the field is empty\n"},
      {"a,0,1", "trace:2:6: the row has only 3 fields, the header has 4\n"},
      {"a,-9000000000,9200000000,1\nb,9000000000,1,1",
       "trace:3:1: the times of the trace span more than 2^63 ns (about 292 years)\n"},
  };
  for (const Mistake& m : mistakes) {
    EXPECT_EQ(error_of("native", std::string("job_id,submit_s,duration_s,gpus\n") + m.row + "\n"), m.message);
  }
}

TEST(NativeFormat, ChecksSharesAndPods) {
  const std::string header = "job_id,submit_s,duration_s,gpus,gpu_milli,pods\n";
  EXPECT_EQ(error_of("native", header + "a,0,1,2,500,\n"),
            "trace:2:9: gpu_milli: a share of a GPU needs gpus = 1: \"500\"\n");
  EXPECT_EQ(error_of("native", header + "a,0,1,1,0,\n"), "trace:2:9: gpu_milli: a share must be 1 to 1000: \"0\"\n");
  EXPECT_EQ(error_of("native", header + "a,0,1,2,,3\n"), "trace:2:10: pods: there are more pods than GPUs: \"3\"\n");
  EXPECT_EQ(error_of("native", header + "a,0,1,0,0,3\nb,0,1,2,1000,2\n"), "");
}

TEST(NativeFormat, RefusesUnknownColumnsAndRepeatedIds) {
  EXPECT_EQ(error_of("native", "job_id,submit_s,duraton_s,gpus\na,0,1,1\n"),
            "trace:1:17: unknown column \"duraton_s\"; did you mean \"duration_s\"?\n"
            "trace:1: no column \"duration_s\"; a native trace needs job_id, submit_s, duration_s, gpus (did you mean "
            "\"duration_s\" by \"duraton_s\"?)\n");
  EXPECT_EQ(error_of("native", "job_id,submit_s,duration_s,gpus\na,0,1,1\nb,0,1,1\na,0,1,1\n"),
            "trace:4:1: job_id: the job id appears twice: \"a\"\n");
  EXPECT_EQ(error_of("native", "job_id,submit_s,duration_s,gpus\n1,0,1,1\n2,0,1,1\n2,0,1,1\n"),
            "trace:4:1: job_id: the job id appears twice: \"2\"\n");
}

TEST(NativeFormat, CollectsAHundredProblemsAndCountsTheRest) {
  std::string trace = "job_id,submit_s,duration_s,gpus\n";
  for (int i = 0; i < 150; ++i) trace += std::to_string(i) + ",x,1,1\n";
  const std::string message = error_of("native", trace);
  EXPECT_EQ(std::count(message.begin(), message.end(), '\n'), 101);
  EXPECT_NE(message.find("trace:101:4: submit_s"), std::string::npos);
  EXPECT_EQ(message.substr(message.size() - 12), "and 50 more\n");
}

TEST(NativeFormat, RepairsTextThatIsNotUtf8) {
  const Workload w = read_text("native", "job_id,submit_s,duration_s,gpus,tenant\na\xff,0,1,1,v\xc3\xa9\n");
  EXPECT_EQ(w.name(kFirst), "a\xef\xbf\xbd");
  EXPECT_EQ(text(w, w.tenant(kFirst)), "v\xc3\xa9");
}

TEST(EveryFormat, NeedsAJob) {
  EXPECT_EQ(error_of("native", "job_id,submit_s,duration_s,gpus\n"), "trace: the trace has no job left\n");
  EXPECT_EQ(error_of("swf", "; only comments\n"), "trace: the trace has no job left\n");
  EXPECT_EQ(error_of("swf", ""), "trace: the trace has no job left\n");
  EXPECT_EQ(error_of("philly", "[]"), "trace: the trace has no job left\n");
  EXPECT_EQ(error_of("itp", ""), "trace: the file is empty: no header line\n");
}

TEST(EveryFormat, IsNamedWithTheNearestOne) {
  EXPECT_EQ(error_of("helos", ""),
            "format: unknown trace format \"helos\"; known: native, openb, helios, philly, itp, acme, pai, swf, sacct, "
            "burstgpt, azure-llm (did you mean \"helios\"?)\n");
  for (const TraceFormat& format : trace_formats()) EXPECT_EQ(find_trace_format(format.name), &format);
  EXPECT_EQ(find_trace_format("burst"), nullptr);
}

TEST(HeliosFormat, ReadsTheCopiesAndIgnoresOtherColumns) {
  const Workload w =
      read_text("helios", "job_id,submit_s,gpu_num,duration_s,clamped,vc,user,state\n9,-5,0,7,0,vcA,u1,FAILED\n");
  EXPECT_EQ(jobs_text(w), "9 -5 7 0\n");
  EXPECT_EQ(text(w, w.tenant(kFirst)), "vcA");
  EXPECT_EQ(text(w, w.trace_state(kFirst)), "FAILED");
  EXPECT_FALSE(w.has_observed_starts());
}

TEST(HeliosFormat, ReadsTheOfficialLog) {
  const Workload w =
      read_text("helios",
                "job_id,user,vc,gpu_num,cpu_num,node_num,state,submit_time,start_time,end_time,duration,queue\n"
                "1,u,v,8,32,1,COMPLETED,2020-04-01 00:00:10,2020-04-01 00:00:15,2020-04-01 00:01:15,60,5\n"
                "2,u,v,1,4,1,CANCELLED,2020-04-01 00:00:11,None,None,,\n"
                "3,u,v,1,4,1,CANCELLED,2020-04-01 00:00:12,None,None,0,\n");
  EXPECT_EQ(jobs_text(w), "1 10 60 8\n3 12 0 1\n");
  EXPECT_EQ(w.observed_start(kFirst)->ns, 15'000'000'000);
  EXPECT_FALSE(w.observed_start(JobId{1}).has_value());
  EXPECT_EQ(w.request(kFirst).cpu_milli, 32'000);
  EXPECT_EQ(w.skipped_rows(), 1U);
}

TEST(HeliosFormat, RefusesTimesOutOfOrder) {
  const std::string header = "job_id,gpu_num,submit_time,start_time,end_time\n";
  EXPECT_EQ(error_of("helios", header + "1,1,2020-04-01 00:00:10,2020-04-01 00:00:20,2020-04-01 00:00:19\n"),
            "trace:2:45: end_time: the job ends before it starts: \"2020-04-01 00:00:19\"\n");
  EXPECT_EQ(error_of("helios", header + "1,1,2020-04-01,2020-04-01 00:00:20,2020-04-01 00:00:21\n"),
            "trace:2:5: submit_time: must be a time like 2020-04-01 12:34:56: \"2020-04-01\"\n");
}

TEST(AcmeFormat, TakesOffsetsAndDistrustsTheDuration) {
  const Workload w = read_text(
      "acme",
      "job_id,user,node_num,gpu_num,cpu_num,type,state,submit_time,start_time,end_time,duration,queue\n"
      "k,u,1,8,16,SFT,FAILED,1970-01-01 08:00:01+08:00,1970-01-01 00:00:03+00:00,1970-01-01 00:00:10+00:00,9,2\n");
  EXPECT_EQ(jobs_text(w), "k 1 7 8\n");
  EXPECT_EQ(w.observed_start(kFirst)->ns, 3'000'000'000);
}

TEST(PhillyFormat, ReadsTheReducedList) {
  const Workload w = read_text("philly", "submit_s,gpu_num,duration_s,vc\n5,2,7,aa\n3,1,1,bb\n");
  EXPECT_EQ(jobs_text(w), "1 3 1 1\n0 5 7 2\n");
  EXPECT_EQ(text(w, w.tenant(kFirst)), "bb");
}

TEST(PhillyFormat, ReadsTheOfficialLogAcrossTheEndOfSummerTime) {
  const std::string log = R"([
 {"status": "Pass", "vc": "aa", "jobid": "j1", "user": "u", "submitted_time": "2017-09-01 00:00:05", "attempts": [
   {"start_time": "2017-09-01 00:00:10", "end_time": "2017-09-01 00:01:10", "detail": [{"ip": "m1", "gpus": ["gpu0"]}]},
   {"start_time": "2017-09-01 00:02:00", "end_time": "2017-09-01 00:02:30",
    "detail": [{"ip": "m1", "gpus": ["gpu0", "gpu1"]}, {"ip": "m2", "gpus": ["gpu0"]}]}]},
 {"status": "Killed", "vc": "aa", "jobid": "j2", "user": "u", "submitted_time": "2017-11-05 00:30:00", "attempts": [
   {"start_time": "2017-11-05 00:30:00", "end_time": "2017-11-05 02:30:00",
    "detail": [{"ip": "m", "gpus": ["gpu0"]}]}]},
 {"status": "Failed", "vc": "aa", "jobid": "j3", "user": "u", "submitted_time": "2017-09-02 00:00:00", "attempts": []},
 {"status": "Failed", "vc": "aa", "jobid": "j4", "submitted_time": "2017-09-02 00:00:00", "attempts": [
   {"start_time": "2017-09-02 00:00:00", "end_time": "None", "detail": []}]}
])";
  const Workload w = read_text("philly", log);
  EXPECT_EQ(jobs_text(w), "j1 5 90 3\nj2 5617800 10800 1\n");
  EXPECT_EQ(w.observed_start(kFirst)->ns, 10'000'000'000);
  EXPECT_EQ(text(w, w.trace_state(kFirst)), "Pass");
  EXPECT_EQ(w.skipped_rows(), 2U);
}

TEST(PhillyFormat, NamesThePlaceOfBrokenJson) {
  EXPECT_EQ(error_of("philly", "[{\"jobid\": }]"), "trace:1:12: this is not JSON\n");
  EXPECT_EQ(error_of("philly", "[\n  {\"a\": [1,\n"), "trace:3: the file ends inside an object\n");
  EXPECT_EQ(error_of("philly", "[1]"), "trace:1:2: each element of the array must be an object\n");
  EXPECT_EQ(error_of("philly", "[] x"), "trace:1:4: text after the array\n");
  const std::string deep = "[{\"a\":" + std::string(100, '[') + std::string(100, ']') + "}]";
  EXPECT_EQ(error_of("philly", deep), "trace:1:70: more than 64 levels of nesting\n");
}

TEST(ItpFormat, NamesJobsByRowAlsoWhenFiltered) {
  TraceOptions options;
  options.format = "itp";
  options.where.push_back(condition("gpu_num", WhereCondition::Op::Greater, 1));
  EXPECT_EQ(jobs_text(read_text(options, "submit_s,gpu_num,duration_s\n0,1,5\n1,2,6\n2,1,7\n3,4,8\n")),
            "1 1 6 2\n3 3 8 4\n");
}

TEST(PaiFormat, ReadsThreeLayouts) {
  EXPECT_EQ(jobs_text(read_text("pai", "job,submit_s,gpu_num,duration_s\n7,1,2,3\n")), "7 1 3 2\n");
  const Workload jobs = read_text("pai",
                                  "job_id,submit_time,duration,num_gpu,num_inst,wait_time,user\n"
                                  "a,10,5,0.5,1,3,u\nb,11,5,0.5,4,,u\nc,12,5,2,3,0,u\n");
  EXPECT_EQ(jobs_text(jobs), "a 10 5 1\nb 11 5 4\nc 12 5 6\n");
  EXPECT_EQ(jobs.request(kFirst).gpu_milli, 500U);
  EXPECT_EQ(jobs.request(JobId{2}).pods, 3U);
  EXPECT_EQ(jobs.observed_start(kFirst)->ns, 13'000'000'000);
  const Workload tasks = read_text("pai",
                                   "j1,worker,2.0,Terminated,100.0,160.0,600.0,29.0,100.0,V100\n"
                                   "j2,ps,1.0,Running,100.0,,600.0,29.0,,CPU\n");
  EXPECT_EQ(jobs_text(tasks), "j1/worker 100 60 2\n");
  EXPECT_EQ(tasks.request(kFirst).cpu_milli, 12'000);
  EXPECT_EQ(tasks.request(kFirst).memory_mib, 2 * 29 * 1024);
  EXPECT_EQ(tasks.skipped_rows(), 1U);
}

TEST(SwfFormat, FollowsTheRulesOfTheFields) {
  const Workload w = read_text("swf",
                               "; Version: 2.2\n"
                               "  1  10   5  60  4 -1 -1  8 3600 -1 1 2 1 -1 1 -1 -1 -1\n"
                               "2\t20\t-1\t-1\t4\t-1\t-1\t-1\t-1\t-1\t5\t-1\t1\t-1\t1\t-1\t-1\t-1 99 100\n"
                               "3 30 0 60 -1 -1 -1 -1 3600 -1 0 2 1 -1 1 -1 -1 -1\n"
                               "4 40 0 60 1\r\n");
  EXPECT_EQ(jobs_text(w), "1 10 60 8\n2 20 0 4\n4 40 60 1\n");
  EXPECT_EQ(w.skipped_rows(), 1U);
  EXPECT_EQ(w.estimate(kFirst).ns, 3600'000'000'000);
  EXPECT_EQ(w.estimate(JobId{1}), w.duration(JobId{1}));
  EXPECT_EQ(w.observed_start(kFirst)->ns, 15'000'000'000);
  EXPECT_FALSE(w.observed_start(JobId{1}).has_value());
  EXPECT_EQ(text(w, w.trace_state(kFirst)), "completed");
  EXPECT_EQ(text(w, w.trace_state(JobId{1})), "cancelled");
  EXPECT_EQ(text(w, w.user(kFirst)), "2");
}

TEST(SwfFormat, NamesThePlaceOfMistakes) {
  EXPECT_EQ(error_of("swf", " 1 x 0 60 1\n"), "trace:1:4: submit: must be a number of seconds: \"x\"\n");
  EXPECT_EQ(error_of("swf", "1 2 3\n"), "trace:1: the row has only 3 fields, SWF has 18\n");
}

TEST(SwfFormat, FiltersByItsLastFields) {
  TraceOptions options;
  options.format = "swf";
  options.where.push_back(condition("queue", {"2"}));
  EXPECT_EQ(jobs_text(read_text(
                options, "1 0 0 5 1 -1 -1 1 -1 -1 1 1 1 -1 1 -1 -1 -1\n2 1 0 6 1 -1 -1 1 -1 -1 1 1 1 -1 2 -1 -1 -1\n")),
            "2 1 6 1\n");
}

TEST(SacctFormat, ReadsGpusTimesAndLimits) {
  const Workload w =
      read_text("sacct",
                "JobID|User|Account|Submit|Start|End|Elapsed|State|Timelimit|ReqTRES|AllocTRES\n"
                "5|u|lab|1970-01-01T00:00:10|1970-01-01T00:00:20|1970-01-02T02:03:24|1-02:03:04|COMPLETED|2-00:00:00|"
                "cpu=8,mem=64G,gres/gpu:h100=4,gres/gpu=4|cpu=16,gres/gpu=4\n"
                "5.batch|||1970-01-01T00:00:10|1970-01-01T00:00:20|1970-01-02T02:03:24|1-02:03:04|COMPLETED|||cpu=8\n"
                "6|u|lab|1970-01-01T00:00:11|Unknown|Unknown|00:00:00|PENDING|UNLIMITED|gres/gpu=8|\n"
                "7|u|lab|1970-01-01T00:00:12|1970-01-01T00:00:12|Unknown|00:01:00|RUNNING|UNLIMITED|cpu=1,gres/"
                "gpu:a=1,gres/gpu:b=2|\n");
  EXPECT_EQ(jobs_text(w), "5 10 93784 4\n7 12 60 3\n");
  EXPECT_EQ(w.request(kFirst).cpu_milli, 8000);
  EXPECT_EQ(w.request(kFirst).memory_mib, 65536);
  EXPECT_EQ(w.estimate(kFirst).ns, 172'800'000'000'000);
  EXPECT_EQ(w.estimate(JobId{1}), w.duration(JobId{1}));
  EXPECT_EQ(text(w, w.tenant(kFirst)), "lab");
  EXPECT_EQ(w.skipped_rows(), 2U);
  EXPECT_EQ(error_of("sacct",
                     "JobID|Submit|Start|End|ReqTRES\n5|1970-01-01T00:00:10|1970-01-01T00:00:20|"
                     "1970-01-02T02:03:24|gres/gpu=x\n"),
            "trace:2:63: ReqTRES: must be a TRES list like cpu=8,mem=64G,gres/gpu=8: \"gres/gpu=x\"\n");
}

}  // namespace
}  // namespace seatrial
