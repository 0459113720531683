// `seatrial calibrate` as a script sees it: without a driver, with drivers of the tests' own that fail in every way,
// and a whole run on a driver that does nothing.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/paths.h"
#include "tests/support/trace_files.h"
#include "traces/raw_samples.h"
#include "traces/run_profile.h"

namespace seatrial {
namespace {

namespace fs = std::filesystem;

class CalibrateCli : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(program_file("seatrial"))) GTEST_SKIP() << "the program was not built";
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    folder_ = fs::temp_directory_path() / ("seatrial-calibrate-" + name + "-" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  // stub: folder of libraries that are found before all others.
  [[nodiscard]] std::string run(const std::string& environment, const std::string& arguments, int expected,
                                const char* stub = "stub_driver") const {
    const std::string libraries = fs::path(program_file("seatrial")).parent_path().string() + "/tests/" + stub;
    const std::string command = "cd '" + folder_.string() + "' && LD_LIBRARY_PATH='" + libraries + "' " + environment +
                                " '" + program_file("seatrial") + "' " + arguments + " 2>&1";
    FILE* pipe = ::popen(command.c_str(), "r");
    std::array<char, 4096> buffer{};
    std::string out;
    while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe)) out.append(buffer.data(), got);
    const int status = ::pclose(pipe);
    EXPECT_EQ(WIFEXITED(status) ? WEXITSTATUS(status) : -1, expected) << out;
    return out;
  }
  [[nodiscard]] RawSamples samples(const char* file) const {
    return read_raw_samples(InputFile({(folder_ / file).string(), {}, ""}));
  }
  [[nodiscard]] bool has_kernels() const {
    return run("", "calibrate client --work convolutions --steps 1 2>&1 || true", 0).find("without nvcc") ==
           std::string::npos;
  }

  fs::path folder_;
};

std::string reason_of(const RawSamples& samples, const std::string& probe) {
  for (const ProbeStatus& status : samples.status) {
    if (status.probe == probe) return status.status + ": " + status.reason;
  }
  return "no such probe";
}

TEST_F(CalibrateCli, SaysWhatIsMissing) {
  EXPECT_NE(run("STUB_CUDA_FAIL=cuInit", "calibrate", 4).find("cuInit: the stub was told to fail (100)"),
            std::string::npos);
  EXPECT_NE(run("STUB_CUDA_DEVICES=0", "calibrate", 4).find("sees no device"), std::string::npos);
  const std::string old = run("", "calibrate", 4, "stub_driver_old");
  EXPECT_NE(old.find("libcuda.so.1 is too old: it lacks cuDevicePrimaryCtxRetain"), std::string::npos) << old;
  EXPECT_NE(
      run("STUB_CUDA_FAIL=cuDeviceGetName", "calibrate client --work embedding", 4).find("no GPU can be measured"),
      std::string::npos);
  EXPECT_FALSE(fs::exists(folder_ / "raw.jsonl")) << "nothing was measured, nothing is written";
}

TEST_F(CalibrateCli, RefusesWrongArguments) {
  EXPECT_NE(run("", "calibrate --phase lunar", 2).find("lunar"), std::string::npos);
  EXPECT_NE(run("", "calibrate --device -1", 2).find("device"), std::string::npos);
  EXPECT_NE(run("", "calibrate client", 2).find("--work"), std::string::npos);
  EXPECT_NE(run("", "calibrate --help", 0).find("--phase"), std::string::npos);
}

TEST_F(CalibrateCli, MeasuresADriverOfTheTests) {
  if (!has_kernels()) GTEST_SKIP() << "the program was built without nvcc";
  (void)run("", "calibrate --quick --phase micro --phase partitions --out raw.jsonl", 0);
  const RawSamples raw = samples("raw.jsonl");
  EXPECT_EQ(raw.fact("device"), "Stub GPU");
  EXPECT_EQ(raw.fact("driver"), "580.0-stub");
  EXPECT_EQ(raw.fact("tool"), "seatrial calibrate");
  EXPECT_FALSE(raw.fact("graph_of_64_us").empty());
  EXPECT_EQ(reason_of(raw, "gemm"), "ok: ");
  EXPECT_EQ(reason_of(raw, "sm_curves"), "ok: ");
  // Kernels that do nothing are found out.
  EXPECT_NE(reason_of(raw, "reference").find("differ from the reference on the CPU"), std::string::npos);
  EXPECT_NE(reason_of(raw, "mig_placements").find("lists no MIG placements"), std::string::npos);
  EXPECT_EQ(reason_of(raw, "steps"), "no such probe") << "another phase";
  // A second run passes over what ended well.
  const std::string again = run("", "calibrate --quick --phase micro --out raw.jsonl", 0);
  EXPECT_EQ(again.find("measuring gemm"), std::string::npos) << again;
  EXPECT_NE(again.find("measuring reference"), std::string::npos) << again;
  const std::string fitted = run("", "fit raw.jsonl --out c.json", 0);
  EXPECT_NE(fitted.find("sm_curves"), std::string::npos) << fitted;
  std::ifstream file(folder_ / "c.json");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  EXPECT_NE(text.find("\"kind\": \"measured\""), std::string::npos);
  EXPECT_NE(text.find("\"mig_placements\": \"unavailable"), std::string::npos);
}

TEST_F(CalibrateCli, AProbeThatFailsDoesNotEndTheOthers) {
  if (!has_kernels()) GTEST_SKIP() << "the program was built without nvcc";
  (void)run("STUB_BLAS_FAIL=1 STUB_NVML_FAIL=1", "calibrate --quick --phase micro --out a.jsonl", 0);
  const RawSamples blas = samples("a.jsonl");
  EXPECT_NE(reason_of(blas, "gemm").find("cuBLAS status 15"), std::string::npos);
  EXPECT_EQ(reason_of(blas, "memory"), "ok: ");
  EXPECT_NE(blas.fact("nvml").find("nvmlInit: status 9"), std::string::npos);
  (void)run("STUB_CUDA_FAIL=cuGraphLaunch", "calibrate --quick --phase micro --out b.jsonl", 0);
  EXPECT_NE(reason_of(samples("b.jsonl"), "launch").find("cuGraphLaunch"), std::string::npos);
  (void)run("STUB_CUDA_FAIL=cuGreenCtxCreate", "calibrate --quick --phase partitions --out c.jsonl", 0);
  EXPECT_NE(reason_of(samples("c.jsonl"), "sm_curves").find("cuGreenCtxCreate"), std::string::npos);
  (void)run("STUB_CUDA_FAIL=cuMemAlloc_v2", "calibrate --quick --phase workloads --out d.jsonl", 0);
  EXPECT_NE(reason_of(samples("d.jsonl"), "steps").find("cuMemAlloc"), std::string::npos);
}

TEST_F(CalibrateCli, AClientTellsItsSpeed) {
  if (!has_kernels()) GTEST_SKIP() << "the program was built without nvcc";
  EXPECT_NE(run("", "calibrate client --work convolutions --batch 8 --steps 3", 0).find("steps_per_s "),
            std::string::npos);
  EXPECT_NE(run("", "calibrate client --work pottery", 4).find("no work is called pottery"), std::string::npos);
}

// The program writes what the injection library would.
TEST_F(CalibrateCli, ProfilesAProgram) {
  EXPECT_NE(run("STUB_CUDA_DEVICES=0", "profile -- true", 4).find("sees no device"), std::string::npos);
  const std::string library = fs::path(program_file("seatrial")).parent_path().string() + "/libseatrial_inject.so";
  if (!fs::exists(library)) GTEST_SKIP() << "the program was built without CUPTI";
  std::ofstream script(folder_ / "program.sh");
  script << "test \"$CUDA_INJECTION64_PATH\" = '" << library << "' || exit 9\n"
         << "{ echo 'N 0 gemm'; i=0; while [ $i -lt 40 ]; do echo \"K 0 ${i}000000 ${i}500000\"; i=$((i+1)); done; "
         << "printf 'K 0 99'; } > \"$SEATRIAL_INJECT_OUT/7.records\"\necho done\n";
  script.close();
  EXPECT_NE(run("", "profile --name mine --out p.json -- sh program.sh", 0).find("done"), std::string::npos);
  std::ifstream file(folder_ / "p.json");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  const auto works = read_profiles(text, "p.json");
  ASSERT_EQ(works.size(), 1U);
  EXPECT_EQ(works[0].name, "mine");
  EXPECT_NEAR(works[0].iteration_s.value_or(0), 0.001, 1e-6);
  EXPECT_NEAR(works[0].work.duty, 0.5, 0.02);
  EXPECT_NE(text.find("\"power_w\": 100"), std::string::npos) << text;
  EXPECT_NE(run("", "profile -- true", 2).find("ran no kernel"), std::string::npos);
  EXPECT_NE(run("", "profile -- /no/such/program", 2).find("cannot run"), std::string::npos);
}

}  // namespace
}  // namespace seatrial
