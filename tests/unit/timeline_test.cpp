// The timeline of real runs read back: whatever the world, tracks do not overlap and every GPU-second is drawn.
#include "reports/timeline.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "reports/gzip_sink.h"
#include "tests/support/scenario_run.h"
#include "tests/support/trace_events.h"

namespace seatrial {
namespace {

using Json = nlohmann::json;

struct Drawn {
  ScenarioRun done;
  Json trace;
  TimelineResult result;
  TraceEventCounts counts;
};

Drawn draw(const std::string& scenario, const TimelineOptions& options = {}) {
  RunOptions run_options;
  run_options.log_timeline = true;
  Drawn drawn;
  drawn.done = run_text(scenario, run_options);
  const SimulatedRun& run = *drawn.done.run;
  TextSink sink;
  GzipSink gzip(sink);
  drawn.result = write_timeline(*run.history, run.parts.workload, ClusterNodeNames(run.parts.cluster), options, gzip);
  gzip.finish();
  drawn.trace = Json::parse(gunzipped(sink.text));
  drawn.counts = check_trace_events(drawn.trace);
  EXPECT_EQ(drawn.counts.problems, std::vector<std::string>());
  return drawn;
}

std::string world(const std::string& scheduler, const std::string& pool, const std::string& gpus,
                  const std::string& more = "") {
  return "schema: seatrial/v1\nname: t\nseed: 7\ncluster: {pools: [" + pool +
         "]}\nworkload: [{name: w, generate: {jobs: 200, rate: 2/s, tenants: {a: 1, b: 1}, gpus: " + gpus +
         ", duration: {distribution: exponential, mean: 40s}}}]\nscheduler: {" + scheduler + "}\n" + more;
}

constexpr const char* kPool = "{name: p, count: 3, gpu: {model: a100-40, count: 8}}";
constexpr const char* kGangs = "{1: 4, 4: 2, 8: 1, 16: 1}";

// Seconds times GPUs over all slices; exact to a microsecond per slice.
double drawn_gpu_s(const Json& trace) {
  double sum = 0;
  for (const Json& event : trace["traceEvents"]) {
    if (event["ph"] == "X") sum += event["dur"].get<double>() * 1e-6;
  }
  return sum;
}

double held_gpu_s(const ScenarioRun& done) {
  double sum = 0;
  for (const Stint& stint : done.run->history->stints()) {
    for (const Piece& piece : done.run->history->pieces(stint)) sum += piece.gpus * (stint.end - stint.begin).seconds();
  }
  return sum;
}

TEST(Timeline, TracksNeverOverlapInManyWorlds) {
  for (const char* scheduler : {"order: fifo", "order: sjf, placement: worst-fit", "order: fifo, admission: easy",
                                "order: srtf", "order: tiresias, placement: consolidate"}) {
    const Drawn drawn = draw(world(scheduler, kPool, kGangs));
    EXPECT_EQ(drawn.result.jobs, 200U) << scheduler;
    EXPECT_EQ(drawn.result.jobs_drawn, 200U) << scheduler;
    EXPECT_LE(drawn.counts.tracks, 24U) << scheduler;
    EXPECT_EQ(drawn.result.events, drawn.counts.slices + 2 * drawn.counts.arrows) << scheduler;
    EXPECT_NEAR(drawn_gpu_s(drawn.trace), held_gpu_s(drawn.done), 1e-5 * static_cast<double>(drawn.counts.slices));
  }
}

TEST(Timeline, SeveralPoolsCountedPoolsAndDrainingNodes) {
  const std::string two = std::string(kPool) + ", {name: q, count: 2, gpu: {model: h100-sxm, count: 4}}";
  EXPECT_GT(draw(world("order: srtf, gang: {span_pools: true}", two, kGangs)).counts.slices, 200U);
  const std::string counted = "{name: p, count: 3, gpu: {model: a100-40, count: 8}, counted: true}";
  const Drawn one_node = draw(world("order: fifo", counted, kGangs));
  EXPECT_EQ(one_node.counts.tracks, 24U);
  std::string shrinking = world("order: fifo", kPool, kGangs);
  shrinking.replace(shrinking.find("]}\n"), 2,
                    "], changes: [{at: 30s, pool: p, count: 2}, {at: 90s, pool: p, count: 3}]}");
  EXPECT_EQ(draw(shrinking).result.jobs, 200U);
}

TEST(Timeline, OverheadsThatHoldGpusAfterThePreemption) {
  const Drawn drawn = draw(world("order: srtf", kPool, kGangs, "overheads: {start: 2s, drain: 3s}\n"));
  EXPECT_GT(drawn.done.summary.preemptions, 0U);
  EXPECT_GT(drawn.counts.arrows, 0U);
}

TEST(Timeline, SharesOfOneGpuGetTracksOfTheirOwn) {
  const auto file =
      std::filesystem::temp_directory_path() / ("seatrial_timeline_shares_" + std::to_string(::getpid()) + ".csv");
  std::ofstream(file) << "job_id,submit_s,duration_s,gpus,gpu_milli\na,0,10,1,300\nb,0,20,1,300\nc,1,5,1,400\n"
                         "whole,2,10,1,1000\nd,12,3,1,500\n\"<script>\"\"x\",30,0,1,1000\n";
  const Drawn drawn = draw(scenario_text({1, 2, "format: native, file: " + file.string()}));
  std::filesystem::remove(file);
  EXPECT_EQ(drawn.counts.slices, 6U);
  EXPECT_EQ(drawn.counts.tracks, 4U);  // GPU 0 in three shares, GPU 1
  const std::string text = drawn.trace.dump();
  EXPECT_NE(text.find("GPU 0, share 3"), std::string::npos);
  EXPECT_NE(text.find("<script>"), std::string::npos);  // read back as it was
}

TEST(Timeline, InstancesOfACutGpuNeverOverlapOnATrack) {
  const std::string cut =
      "{name: p, count: 2, gpu: {model: a100-40, count: 2, mode: mig, partitioner: {name: "
      "on-demand, delay: 3s}}}";
  const Drawn drawn =
      draw(world("admission: best-effort", cut, "{mig-1g.5gb: 3, mig-3g.20gb: 1}", "models: {sharing: none}\n"));
  EXPECT_EQ(drawn.counts.slices, 200U);
  EXPECT_LE(drawn.counts.tracks, 28U) << "seven instances a GPU at most";
}

// Preemption for jobs without work leaves arrows only where a reader can tie them to slices.
TEST(Timeline, ArrowsBindInWorldsOfShortJobs) {
  std::size_t arrows = 0;
  for (const char* duration : {"{distribution: exponential, mean: 1ms}", "{distribution: exponential, mean: 3s}"}) {
    for (const char* order : {"srtf", "las", "srsf"}) {
      std::string text = world(std::string("order: ") + order, kPool, kGangs);
      const std::string old = "{distribution: exponential, mean: 40s}";
      text.replace(text.find(old), old.size(), duration);
      text.replace(text.find("rate: 2/s"), 9, "rate: 60/s");
      arrows += draw(text).counts.arrows;
    }
  }
  EXPECT_GT(arrows, 0U);
}

// Two nodes of 1 GPU: long runs on the first, is preempted by short, and runs on later.
TEST(Timeline, AnArrowLeadsFromTheVictimToTheJobThatTookItsPlace) {
  const auto file =
      std::filesystem::temp_directory_path() / ("seatrial_timeline_arrow_" + std::to_string(::getpid()) + ".csv");
  std::ofstream(file) << "job_id,submit_s,duration_s,gpus\nlong,100,100,2\nshort,110,10,2\n";
  const Drawn drawn = draw(scenario_text({1, 2, "format: native, file: " + file.string(), "order: srtf"}));
  std::filesystem::remove(file);
  ASSERT_EQ(drawn.counts.arrows, 1U);
  EXPECT_EQ(drawn.counts.slices, 6U);
  EXPECT_EQ(drawn.trace["otherData"]["origin_s"], "100");
  for (const Json& event : drawn.trace["traceEvents"]) {
    if (event["ph"] == "s") {
      EXPECT_EQ(event["ts"], 9'999'999);
    }
    if (event["ph"] == "f") {
      EXPECT_EQ(event["ts"], 10'000'000);
    }
    if (event["ph"] == "X" && event["ts"] == 20'000'000) {
      EXPECT_EQ(event["name"], "long");
      EXPECT_EQ(event["args"]["wait_s"], 10);
      EXPECT_EQ(event["args"]["state"], "completed");
    }
  }
}

TEST(Timeline, BeyondTheLimitJobsAreSampledAndTheFileSaysSo) {
  TimelineOptions options;
  options.max_events = 150;
  options.max_samples = 20;
  const Drawn drawn = draw(world("order: srtf", kPool, kGangs), options);
  EXPECT_LE(drawn.result.events, 150U);
  EXPECT_GT(drawn.result.jobs_drawn, 0U);
  EXPECT_LT(drawn.result.jobs_drawn, 200U);
  EXPECT_EQ(drawn.counts.samples, 40U);
  const std::string note = drawn.trace["otherData"]["note"];
  EXPECT_EQ(note.find(std::to_string(drawn.result.jobs_drawn) + " of 200 jobs are drawn"), 0U) << note;
  const Drawn again = draw(world("order: srtf", kPool, kGangs), options);
  EXPECT_EQ(drawn.trace, again.trace);
}

TEST(Timeline, SequentialArrivalsStayToTheEnd) {
  std::string text = world("order: fifo", kPool, "{1: 1}");
  text.replace(text.find("{name: w,"), 9, "{name: w, arrivals: sequential,");
  const Drawn drawn = draw(text);
  EXPECT_EQ(drawn.counts.slices, 24U);
  EXPECT_EQ(drawn.counts.tracks, 24U);
}

TEST(Timeline, HistoryChangesNothingOfTheRun) {
  const std::string text = world("order: srtf", kPool, kGangs);
  EXPECT_EQ(draw(text).done.run->fact_hash, run_text(text).run->fact_hash);
}

TEST(RunHistory, LevelsAreThoseOfTheSeries) {
  RunOptions options;
  options.log_metrics = true;
  const ScenarioRun done = run_text(world("order: srtf", kPool, kGangs), options);
  double queue_s = 0;
  const auto& levels = done.run->history->levels();
  for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
    queue_s += static_cast<double>(levels[i].queue_jobs) * (levels[i + 1].at - levels[i].at).seconds();
  }
  EXPECT_NEAR(queue_s / number(done.summary.makespan_s), number(done.summary.queue_mean), 1e-6);
  EXPECT_EQ(levels.back().queue_jobs, 0);
  EXPECT_EQ(levels.back().running_jobs, 0);
  EXPECT_EQ(levels.back().allocated_milli, 0);
  EXPECT_EQ(levels.back().total_milli, 24000);
  EXPECT_EQ(level_in_force(levels, done.run->history->end()).running_jobs, 0);
  EXPECT_EQ(level_in_force(levels, Time{-1}).queue_jobs, 0);
}

}  // namespace
}  // namespace seatrial
