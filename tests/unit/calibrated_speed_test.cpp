// Calibrations and workload profiles in scenarios: whose speeds they give, what is extrapolated, and what a result says
// of the numbers that it rests on.
#include "scenarios/calibrated_speed.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "sim/error.h"
#include "tests/support/scenario_run.h"

namespace seatrial {
namespace {

namespace fs = std::filesystem;

class CalibratedScenario : public testing::Test {
 protected:
  void SetUp() override {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    folder_ = fs::temp_directory_path() / ("seatrial-calibrated-" + name + "-" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) const {
    const std::string path = (folder_ / name).string();
    std::ofstream(path) << text;
    return path;
  }
  // A step of 10 ms and 1 ms for each of the batch on an H200, power from 100 to 500 W.
  [[nodiscard]] std::string calibration(const std::string& kind = "measured") const {
    Calibration calibration;
    calibration.kind = kind;
    calibration.device = "NVIDIA H200";
    calibration.date = "2026-11-28";
    std::vector<CostPoint> steps;
    for (const double batch : {8.0, 16.0, 32.0, 64.0, 128.0}) {
      steps.push_back({{"ResNet-50", "h200"}, {batch}, {0.010 + 0.001 * batch}});
    }
    calibration.families.push_back(fit_family(*find_cost_family("steps"), steps));
    std::vector<CostPoint> power;
    for (const double busy : {0.0, 0.25, 0.5, 0.75, 1.0})
      power.push_back({{"NVIDIA H200"}, {busy}, {100 + 400 * busy}});
    calibration.families.push_back(fit_family(*find_cost_family("power"), power));
    std::vector<CostPoint> curve;
    for (const double sms : {16.0, 32.0, 48.0, 64.0, 96.0, 132.0}) {
      curve.push_back({{"h200", "ResNet-50", "idle"}, {sms, 132}, {std::min(1.0, sms / 66)}});
    }
    calibration.families.push_back(fit_family(*find_cost_family("sm_curves"), curve));
    return write("c.json", calibration_text(calibration));
  }
  // One job of 1,000 s on one GPU of that model.
  [[nodiscard]] std::string scenario(const std::string& gpu, const std::string& models,
                                     const std::string& entry = "job: {work: 'ResNet-50 (batch size 64)'}") const {
    (void)write("j.csv", "job_id,submit_s,duration_s,gpus\n1,0,1000,1\n");
    return "schema: seatrial/v1\nname: c\ncluster: {pools: [{name: p, count: 1, gpu: {model: " + gpu +
           ", count: 1}}]}\nworkload: [{name: w, trace: {format: native, file: " + (folder_ / "j.csv").string() +
           "}, " + entry + "}]\nmodels: {" + models + "}\n";
  }

  fs::path folder_;
};

TEST_F(CalibratedScenario, SaysWhatAResultRestsOn) {
  const std::string file = calibration();
  const ScenarioRun done = run_text(scenario("h200", "calibration: " + file + ", reference_gpu: h200"));
  EXPECT_EQ(number(done.summary.jct_s.mean), 1000) << "run times were observed on this GPU";
  ASSERT_EQ(done.summary.header.models.size(), 2U);
  const ModelUse& alone = done.summary.header.models[0];
  EXPECT_EQ(alone.model, "speed alone");
  EXPECT_EQ(alone.measured, 1);
  EXPECT_NEAR(alone.gpu_hours, 1000.0 / 3600, 1e-9);
  EXPECT_NE(alone.source.find("NVIDIA H200, 2026-11-28, measured, steps "), std::string::npos) << alone.source;
  EXPECT_NE(alone.source.find("% held out"), std::string::npos);
  EXPECT_EQ(done.summary.header.models[1].model, "power");
  EXPECT_EQ(done.summary.header.models[1].measured, 1);
  EXPECT_NEAR(number(done.summary.energy_kwh), 500.0 * 1000 / 3.6e6, 0.002) << "measured watts, not the data sheet's";
  const std::string json = summary_json(done.summary);
  EXPECT_NE(json.find("\"models\""), std::string::npos);
  EXPECT_EQ(summary_json(read_summary_json(json, "s")), json);
  EXPECT_NE(summary_text(done.summary, false).find("speed alone: of"), std::string::npos);
}

TEST_F(CalibratedScenario, OtherGpusAreExtrapolatedAndSaidSo) {
  const std::string file = calibration();
  const ScenarioRun done = run_text(scenario("h100-sxm", "calibration: " + file + ", reference_gpu: h200"));
  // Without a profile of the work, its time is that of arithmetic: the two GPUs have the same peak.
  EXPECT_NEAR(number(done.summary.jct_s.mean), 1000, 1);
  EXPECT_EQ(done.summary.header.models[0].assumed, 1);
  bool said = false;
  for (const std::string& warning : done.summary.header.warnings) {
    said = said || warning.find("extrapolated by ratios of the catalogue") != std::string::npos;
  }
  EXPECT_TRUE(said);
}

TEST_F(CalibratedScenario, AProfileMovesTheRatioTowardsBandwidth) {
  const std::string file = calibration();
  const std::string profile = write("p.json", R"j({"schema":"seatrial.profile/1","profiles":[
      {"name":"ResNet-50 (batch size 64)","work":{"compute_bound":0,"bandwidth_bound":1,"bandwidth":0.8}}]})j");
  const ScenarioRun done =
      run_text(scenario("h100-sxm", "calibration: " + file + ", reference_gpu: h200", "profile: " + profile));
  EXPECT_NEAR(number(done.summary.jct_s.mean), 1000 * 4800.0 / 3350, 5) << "bandwidths of the catalogue";
}

TEST_F(CalibratedScenario, PublicNumbersCountAsPublic) {
  const std::string file = calibration("public");
  const ScenarioRun done = run_text(scenario("h200", "calibration: [" + file + "], reference_gpu: h200"));
  EXPECT_EQ(done.summary.header.models[0].published, 1);
}

TEST_F(CalibratedScenario, WarnsOutsideTheFittedRange) {
  const std::string file = calibration();
  const ScenarioRun done = run_text(
      scenario("h200", "calibration: " + file + ", reference_gpu: h200", "job: {work: 'ResNet-50 (batch size 512)'}"));
  ASSERT_FALSE(done.summary.header.warnings.empty());
  EXPECT_NE(done.summary.header.warnings.front().find("outside the range"), std::string::npos);
}

TEST_F(CalibratedScenario, TheCurveBySmsRatesSlices) {
  const std::string file = calibration();
  const ScenarioRun done =
      run_text(scenario("h200, mode: mps, resource: nvidia.com/gpu.shared, replicas: 4, thread_percentage: 25",
                        "calibration: " + file + ", reference_gpu: h200, sharing: two-resource",
                        "job: {work: 'ResNet-50 (batch size 64)', gpu_resource: gpu.shared}"));
  // Half of the speed at a quarter of the SMs, full speed from a half on.
  EXPECT_NEAR(number(done.summary.jct_s.mean), 2000, 120);
  EXPECT_EQ(done.summary.header.models[1].model, "sharing");
  EXPECT_EQ(done.summary.header.models[1].assumed, 1);
}

TEST_F(CalibratedScenario, ScenariosWithoutOneSayNothing) {
  const ScenarioRun done = run_text(scenario("h200", ""));
  EXPECT_TRUE(done.summary.header.models.empty());
  EXPECT_EQ(summary_json(done.summary).find("\"models\""), std::string::npos);
}

TEST_F(CalibratedScenario, RefusesWhatIsNoCalibration) {
  const auto said = [&](const std::string& models, const std::string& entry = "job: {work: a}") {
    try {
      (void)run_text(scenario("h200", models, entry));
    } catch (const InputError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_NE(said("calibration: none.json").find("cannot read"), std::string::npos);
  const std::string other = write("x.json", "{\"schema\": \"seatrial.calibration/9\"}");
  EXPECT_NE(said("calibration: " + other).find("unknown schema"), std::string::npos);
  const std::string two = write("two.json", R"({"schema":"seatrial.profile/1","profiles":[
      {"name":"a","work":{}},{"name":"b","work":{}}]})");
  EXPECT_NE(said("", "profile: " + two).find("several profiles"), std::string::npos);
  EXPECT_NE(said("", "profile: {file: " + two + ", name: c}").find("no profile \"c\""), std::string::npos);
  EXPECT_EQ(said("", "profile: {file: " + two + ", name: b}"), "");
}

TEST(CatalogId, KnowsTheNamesThatDriversGive) {
  EXPECT_EQ(catalog_id("NVIDIA H200"), "h200");
  EXPECT_EQ(catalog_id("NVIDIA H100 80GB HBM3"), "h100-sxm");
  EXPECT_EQ(catalog_id("NVIDIA A100-SXM4-80GB"), "a100-80");
  EXPECT_EQ(catalog_id("NVIDIA A100-SXM4-40GB"), "a100-40");
  EXPECT_EQ(catalog_id("Tesla T4"), "t4");
  EXPECT_EQ(catalog_id("h100_sxm"), "h100-sxm");
  EXPECT_EQ(catalog_id("NVIDIA B200"), "b200");
  EXPECT_EQ(catalog_id("Stub GPU"), "");
}

}  // namespace
}  // namespace seatrial
