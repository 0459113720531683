// scenarios/experiment, replicate and run_store: what is shared, what is kept, and what must never be mixed.
#include "scenarios/experiment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "scenarios/build.h"
#include "scenarios/load.h"
#include "scenarios/replicate.h"
#include "scenarios/run.h"
#include "sim/content_hash.h"
#include "sim/error.h"
#include "tests/support/many_runs.h"

namespace seatrial {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr std::int64_t kDay_s = 86'400;

class Experiments : public testing::Test {
 protected:
  void SetUp() override {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    folder_ = fs::temp_directory_path() / ("seatrial-experiment-" + name + "-" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  // A trace with jobs of `per_day` GPUs-seconds on each of so many days, and a scenario that replays it.
  [[nodiscard]] ScenarioSource traced(int days, const std::string& further) const {
    std::ofstream trace(folder_ / "jobs.csv");
    trace << "job_id,submit_s,duration_s,gpus,user,observed_start_s\n";
    for (int day = 0; day < days; ++day) {
      for (int job = 0; job <= day; ++job) {
        const std::int64_t submit = day * kDay_s + 3600 + job * 60;
        trace << day << '-' << job << ',' << submit << ",600,1,u" << day << ',' << submit << '\n';
      }
    }
    return {
        "schema: seatrial/v1\nname: t\ncluster: {pools: [{name: p, count: 1, gpu: {model: v100-32, count: 4}}]}\n"
        "workload: [{name: w, trace: {format: native, file: " +
            (folder_ / "jobs.csv").string() + "}}]\n" + further,
        "t.yaml",
        {}};
  }

  fs::path folder_;
};

std::vector<std::vector<Setting>> orders() { return {{{"scheduler.order", "fifo"}}, {{"scheduler.order", "sjf"}}}; }

TEST(ReplicationSeed, IsTheScenariosOwnFirstAndNeverRepeats) {
  EXPECT_EQ(replication_seed(42, 0), 42U);
  std::set<std::uint64_t> seen;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    for (std::uint32_t r = 0; r < 50; ++r) seen.insert(replication_seed(seed, r));
  }
  EXPECT_EQ(seen.size(), 1000U);
  EXPECT_LT(*seen.rbegin(), std::uint64_t{1} << 48U);
}

TEST_F(Experiments, ATraceWithoutReplicateIsOneReplication) {
  const Experiment experiment(traced(3, ""), orders(), {});
  EXPECT_EQ(experiment.replications(), 1U);
}

TEST_F(Experiments, BlocksKeepTheHourOfTheDayAndTheLengthOfTheTrace) {
  const ScenarioSource source = traced(10, "replicate: {blocks: 1d, count: 40}\n");
  Experiment experiment(source, orders(), {});
  EXPECT_EQ(experiment.replications(), 40U);
  std::set<std::size_t> sizes;
  double jobs = 0;
  for (std::uint32_t r = 0; r < 40; ++r) {
    const auto drawn = experiment.jobs({0, r});
    sizes.insert(drawn->size());
    jobs += static_cast<double>(drawn->size());
    EXPECT_FALSE(drawn->has_observed_starts());
    for (std::uint32_t j = 0; j < drawn->size(); ++j) {
      const std::int64_t at = drawn->submit({j}).ns / kNsPerSecond;
      EXPECT_GE(at % kDay_s, 3600);
      EXPECT_LT(at % kDay_s, 3600 + 10 * 60);
      EXPECT_LT(at, 10 * kDay_s);
      EXPECT_LE(drawn->submit({j == 0 ? 0 : j - 1}), drawn->submit({j}));
    }
    // Alternatives see the very same jobs.
    EXPECT_EQ(experiment.jobs({1, r}), drawn);
  }
  EXPECT_GT(sizes.size(), 5U);
  EXPECT_NEAR(jobs / 40, 55, 8);  // as many as the trace has, on average
}

TEST_F(Experiments, BlocksOfSeveralDaysKeepThemTogether) {
  Experiment experiment(traced(8, "replicate: {blocks: 2d, count: 5}\n"), orders(), {});
  for (std::uint32_t r = 0; r < 5; ++r) {
    const auto jobs = experiment.jobs({0, r});
    std::vector<int> day_of_position(8, -1);
    for (std::uint32_t j = 0; j < jobs->size(); ++j) {
      const auto position = static_cast<std::size_t>(jobs->submit({j}).ns / kNsPerSecond / kDay_s);
      day_of_position[position] = std::stoi(jobs->texts().text(jobs->user({j})).substr(1));
    }
    for (std::size_t first = 0; first < 8; first += 2) {
      EXPECT_EQ((day_of_position[first] + 1) % 8, day_of_position[first + 1]) << "replication " << r;
    }
  }
}

TEST_F(Experiments, WindowsAreDisjointStretches) {
  const Experiment all(traced(6, "replicate: {windows: 2d}\n"), orders(), {});
  EXPECT_EQ(all.replications(), 2U);  // the third is not whole: the last submit is before its end
  Experiment experiment(traced(6, "replicate: {windows: 1d}\n"), orders(), {});
  std::size_t jobs = 0;
  for (std::uint32_t r = 0; r < experiment.replications(); ++r) jobs += experiment.jobs({0, r})->size();
  EXPECT_EQ(jobs, 1U + 2 + 3 + 4 + 5);
  EXPECT_THROW(Experiment(traced(6, "replicate: {windows: 30d}\n"), orders(), {}), InputError);
  EXPECT_THROW(Experiment(traced(6, "replicate: {blocks: 1ms}\n"), orders(), {}), InputError);
}

TEST_F(Experiments, CountingUpChangesTheNumbersNamed) {
  const std::string text =
      mmc_text({.servers = 2, .jobs = 50, .top_level = "replicate: {count_up: [seed], count: 3}\n"});
  Experiment experiment({text, "t.yaml", {}}, orders(), {});
  EXPECT_EQ(experiment.replications(), 3U);
  EXPECT_NE(experiment.jobs({0, 0})->submit({5}), experiment.jobs({0, 1})->submit({5}));
  const std::string wrong = mmc_text({.servers = 2, .top_level = "replicate: {count_up: [until]}\n"});
  Experiment missing({wrong, "t.yaml", {}}, orders(), {});
  const std::vector<Task> second{{0, 1}};
  EXPECT_THROW(missing.run(second), InputError);
}

TEST_F(Experiments, FinishedRunsAreReusedByALaterStart) {
  const std::string text = mmc_text({.servers = 2, .jobs = 200});
  ExperimentOptions options;
  options.replications = 3;
  options.store_folder = folder_.string();
  const std::vector<Task> some{{0, 0}, {0, 1}};
  const std::vector<Task> all{{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}};
  std::string hash;
  {
    Experiment killed({text, "t.yaml", {}}, orders(), options);
    killed.run(some);
    hash = killed.record({0, 1}).fact_hash;
  }
  {
    Experiment later({text, "t.yaml", {}}, orders(), options);
    later.run(all);
    EXPECT_EQ(later.reused(), 2U);
    EXPECT_EQ(later.record({0, 1}).fact_hash, hash);
    later.finish();
  }
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(Experiments, NoRunOfAnotherScenarioProgramOrInputIsReused) {
  ExperimentOptions options;
  options.store_folder = folder_.string();
  const std::vector<Task> one{{0, 0}};
  const auto reused = [&](const ScenarioSource& source, const ExperimentOptions& with) {
    Experiment experiment(source, orders(), with);
    experiment.run(one);
    return experiment.reused();
  };
  const ScenarioSource source = traced(3, "");
  EXPECT_EQ(reused(source, options), 0U);
  EXPECT_EQ(reused(source, options), 1U);
  ScenarioSource changed = source;
  changed.overrides.emplace_back("seed=5");
  EXPECT_EQ(reused(changed, options), 0U);
  ExperimentOptions newer = options;
  newer.program = "other";
  EXPECT_EQ(reused(source, newer), 0U);
  // The same file name with other content.
  std::ofstream(folder_ / "jobs.csv", std::ios::app) << "x,1,1,1,u,1\n";
  EXPECT_EQ(reused(source, options), 0U);
}

TEST_F(Experiments, ATornStoreLosesOnlyItsTail) {
  const std::string key = "k";
  {
    RunStore store(folder_.string(), "f");
    store.add("a", "first");
    store.add("b", "second");
  }
  const fs::path file = folder_ / "f.runs";
  const fs::path whole = folder_ / "whole";
  fs::copy_file(file, whole);
  for (std::uintmax_t cut = 0; cut < fs::file_size(whole); ++cut) {
    fs::copy_file(whole, file, fs::copy_options::overwrite_existing);
    fs::resize_file(file, cut);
    const RunStore store(folder_.string(), "f");
    EXPECT_EQ(store.find("b"), std::nullopt);
    EXPECT_EQ(store.find("a").has_value(), 2 * cut >= fs::file_size(whole) - 1) << cut;
  }
  {
    RunStore store(folder_.string(), "f");
    store.add("c", "third");
    RunStore other(folder_.string(), "f");
    EXPECT_FALSE(other.open()) << "two processes must not write one store";
  }
  RunStore again(folder_.string(), "f");
  EXPECT_EQ(again.find("c"), "third");
  EXPECT_FALSE(RunStore("", "f").open());
  EXPECT_FALSE(RunStore("/proc/none", "f").open());
}

TEST(ContentHash, TellsContentAndBoundariesApart) {
  const auto hash = [](const std::vector<std::string>& pieces) {
    ContentHash content;
    for (const std::string& piece : pieces) content.add(piece);
    return content.text();
  };
  std::set<std::string> seen;
  for (const auto& pieces : std::vector<std::vector<std::string>>{{},
                                                                  {""},
                                                                  {"", ""},
                                                                  {"ab", "c"},
                                                                  {"a", "bc"},
                                                                  {"abc"},
                                                                  {std::string(16, 'x')},
                                                                  {std::string(17, 'x')},
                                                                  {std::string("\0", 1)},
                                                                  {std::string("\0\0", 2)}}) {
    seen.insert(hash(pieces));
  }
  EXPECT_EQ(seen.size(), 10U);
  EXPECT_EQ(hash({"abc"}).size(), 32U);
  EXPECT_EQ(hash({"abc"}), hash({"abc"}));
}

TEST_F(Experiments, AProblemOfOneValueIsToldOnce) {
  const std::string text = mmc_text({.servers = 2, .jobs = 50});
  std::vector<std::vector<Setting>> points;
  for (const char* order : {"fifo", "nonsense"}) {
    for (const char* seed : {"1", "2", "3"}) points.push_back({{"scheduler.order", order}, {"seed", seed}});
  }
  Experiment experiment({text, "t.yaml", {}}, points, {});
  const std::vector<std::uint32_t> all{0, 1, 2, 3, 4, 5};
  try {
    experiment.check(all);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_EQ(error.problems().all().size(), 1U);
    EXPECT_THAT(error.what(), HasSubstr("nonsense"));
  }
}

}  // namespace
}  // namespace seatrial
