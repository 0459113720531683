// Batsim's files: the workload that we write for it, and the jobs of a run in its columns.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "reports/batsim_jobs.h"
#include "reports/csv.h"
#include "tests/support/scenario_run.h"
#include "traces/convert.h"

namespace seatrial {
namespace {

using Row = std::map<std::string, std::string>;

std::vector<Row> rows_of(const ScenarioRun& done) {
  const SimulatedRun& run = *done.run;
  TextSink sink;
  write_batsim_jobs(*run.history, run.parts.workload, run.table, run.parts.cluster, "w,x", sink);
  CsvRows csv(sink.text);
  std::vector<std::string> header;
  std::vector<std::string> fields;
  EXPECT_TRUE(csv.next(header));
  std::vector<Row> rows;
  while (csv.next(fields)) {
    EXPECT_EQ(fields.size(), header.size());
    Row row;
    for (std::size_t i = 0; i < header.size(); ++i) row[header[i]] = fields[i];
    rows.push_back(std::move(row));
  }
  return rows;
}

ScenarioRun run_trace(const std::string& csv, const std::string& scheduler, const std::string& top_level = "") {
  const auto file =
      std::filesystem::temp_directory_path() / ("seatrial_batsim_test_" + std::to_string(::getpid()) + ".csv");
  std::ofstream(file) << csv;
  RunOptions options;
  options.log_batsim = true;
  ScenarioRun done =
      run_text(scenario_text({3, 2, "format: native, file: " + file.string(), scheduler, "", top_level}), options);
  std::filesystem::remove(file);
  return done;
}

TEST(BatsimJobs, TimesAndGpusOfAPreemptedJob) {
  const auto rows = rows_of(
      run_trace("job_id,submit_s,duration_s,gpus\nlong,100,100,6\n\"a,b\",110,10,3\nhuge,110,1,7\nzero,300.5,0,1\n",
                "order: srtf"));
  ASSERT_EQ(rows.size(), 4U);
  Row row = rows[0];
  EXPECT_EQ(row["job_id"], "long");
  EXPECT_EQ(row["workload_name"], "w,x");
  EXPECT_EQ(row["profile"], "delay_100");
  EXPECT_EQ(row["requested_number_of_resources"], "6");
  EXPECT_EQ(row["requested_number_of_processors"], "6");
  EXPECT_EQ(row["starting_time"], "100");
  EXPECT_EQ(row["finish_time"], "210");
  EXPECT_EQ(row["execution_time"], "110");
  EXPECT_EQ(row["waiting_time"], "0");
  EXPECT_EQ(row["stretch"], "1");
  EXPECT_EQ(row["allocated_resources"], "0-5");
  EXPECT_EQ(row["success"], "1");
  row = rows[1];
  EXPECT_EQ(row["job_id"], "a,b");
  EXPECT_EQ(row["turnaround_time"], "10");
  EXPECT_EQ(row["allocated_resources"], "0-2");
  row = rows[2];
  EXPECT_EQ(row["final_state"], "REJECTED");
  EXPECT_EQ(row["starting_time"] + row["finish_time"] + row["stretch"] + row["allocated_resources"], "");
  row = rows[3];
  EXPECT_EQ(row["submission_time"], "300.5");
  EXPECT_EQ(row["stretch"], "");
}

TEST(BatsimJobs, KilledJobsReachedTheirWalltimeAndRunningOnesAreLeftOut) {
  const auto rows = rows_of(run_trace("job_id,submit_s,duration_s,gpus,estimate_s\nk,0,100,1,30\nr,0,500,1,500\n",
                                      "kill_at_limit: true", "until: 200s\n"));
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].at("final_state"), "COMPLETED_WALLTIME_REACHED");
  EXPECT_EQ(rows[0].at("success"), "0");
  EXPECT_EQ(rows[0].at("requested_time"), "30");
  EXPECT_EQ(rows[0].at("finish_time"), "30");
}

TEST(BatsimJobs, GapsSplitIntervals) {
  const auto rows = rows_of(
      run_trace("job_id,submit_s,duration_s,gpus\na,0,5,1\nb,0,50,1\nc,0,50,2\nd,10,5,3\n", "placement: first-fit"));
  EXPECT_EQ(rows.back().at("allocated_resources"), "0 4-5");
}

TEST(BatsimWorkload, HasOneProfilePerRunTime) {
  WorkloadBuilder builder;
  const auto add = [&](std::string_view name, std::int64_t submit_ns, std::int64_t run_s, std::uint32_t gpus) {
    JobRecord record;
    record.name = name;
    record.submit_ns = submit_ns;
    record.duration_ns = run_s * kNsPerSecond;
    record.gpus = gpus;
    record.estimate_ns = gpus == 4 ? std::optional<std::int64_t>(90 * kNsPerSecond) : std::nullopt;
    record.gpu_milli = name == "share" ? 300 : gpus == 0 ? 0 : kGpuMilli;
    builder.add(record);
  };
  add("<script>\"\n", 0, 60, 4);
  add("b", 1'500'000'000, 60, 8);
  add("b", 2'000'000'000, 7, 1);
  add("share", 3'000'000'000, 7, 1);
  add("cpu", 4'000'000'000, 1, 0);
  std::string text;
  const BatsimLosses lost = append_batsim(builder.build(), text);
  EXPECT_EQ(lost.without_gpus, 1U);
  EXPECT_EQ(lost.shares, 1U);
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json["nb_res"], 8);
  ASSERT_EQ(json["jobs"].size(), 4U);
  EXPECT_EQ(json["jobs"][0]["id"], "<script>\"\n");
  EXPECT_EQ(json["jobs"][0]["walltime"], 90);
  EXPECT_EQ(json["jobs"][1]["subtime"], 1.5);
  EXPECT_FALSE(json["jobs"][1].contains("walltime"));
  EXPECT_EQ(json["jobs"][2]["id"], "b#2");
  EXPECT_EQ(json["profiles"].size(), 2U);
  for (const auto& job : json["jobs"]) {
    EXPECT_EQ(json["profiles"][job["profile"].get<std::string>()]["type"], "delay");
  }
  EXPECT_EQ(json["profiles"]["delay_60"]["delay"], 60);
}

}  // namespace
}  // namespace seatrial
