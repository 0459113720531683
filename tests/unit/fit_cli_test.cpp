// `seatrial fit` and `fit predict` as a script sees them.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/paths.h"

namespace seatrial {
namespace {

namespace fs = std::filesystem;

class FitCli : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(program_file("seatrial"))) GTEST_SKIP() << "the program was not built";
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    folder_ = fs::temp_directory_path() / ("seatrial-fit-" + name + "-" + std::to_string(::getpid()));
    fs::create_directories(folder_);
    std::string table = "system,op,num_gpus,bytes,latency_us\n";
    for (long bytes = 1024; bytes < 100'000'000; bytes *= 4) {
      table += "h100_sxm,all_reduce,8," + std::to_string(bytes) + ',' +
               std::to_string(15 + 0.00004 * static_cast<double>(bytes)) + '\n';
    }
    write("t.csv", table);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }
  [[nodiscard]] std::string run(const std::string& arguments, int expected) const {
    const std::string command =
        "cd '" + folder_.string() + "' && '" + program_file("seatrial") + "' " + arguments + " 2>&1";
    FILE* pipe = ::popen(command.c_str(), "r");
    std::array<char, 4096> buffer{};
    std::string out;
    while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe)) out.append(buffer.data(), got);
    const int status = ::pclose(pipe);
    EXPECT_EQ(WIFEXITED(status) ? WEXITSTATUS(status) : -1, expected) << out;
    return out;
  }

  fs::path folder_;
};

TEST_F(FitCli, FitsAndPredicts) {
  EXPECT_NE(run("fit t.csv --out c.json", 0).find("collectives: 1 curves"), std::string::npos);
  write("p.csv",
        "latency_us,system,op,num_gpus,bytes\n"
        "55,h100_sxm,all_reduce,8,1000000\n"
        "50,h200_sxm,all_reduce,8,1000000\n"
        "1,h100_sxm,gossip,8,1000000\n"
        "1,h100_sxm,all_reduce,8,0\n"
        ",h100_sxm,all_reduce,8,4096\n");
  const std::string out = run("fit predict --calibration c.json --points p.csv --out r.csv", 0);
  EXPECT_NE(out.find("row 3 cannot be predicted: nothing like h100_sxm/gossip"), std::string::npos) << out;
  EXPECT_NE(out.find("row 4 cannot be predicted"), std::string::npos) << out;
  EXPECT_NE(out.find("1 predicted rows have no measured time"), std::string::npos) << out;
  const std::string last = out.substr(out.rfind("MAPE"));
  EXPECT_EQ(last.substr(last.find('%')), "% over 2 rows\n");
  std::ifstream rows(folder_ / "r.csv");
  std::string line;
  std::getline(rows, line);
  EXPECT_EQ(line, "latency_us,system,op,num_gpus,bytes,predicted_latency_us,basis");
  std::getline(rows, line);
  EXPECT_EQ(line.substr(0, 34), "55,h100_sxm,all_reduce,8,1000000,5");
  std::getline(rows, line);
  EXPECT_NE(line.find("extrapolated: as h100_sxm/all_reduce"), std::string::npos) << line;
  // Without --out the rows come before the summary.
  EXPECT_EQ(run("fit predict --calibration c.json --points p.csv", 0).rfind("latency_us,", 0), 0U);
}

TEST_F(FitCli, TheSameTableGivesTheSameFile) {
  EXPECT_EQ(run("fit t.csv --note x > a.json 2>/dev/null; '" + program_file("seatrial") +
                    "' fit t.csv --note x > b.json 2>/dev/null; cmp a.json b.json",
                0),
            "");
}

TEST_F(FitCli, MistakesEndWithStatusTwo) {
  EXPECT_NE(run("fit", 2).find("no table of measured times"), std::string::npos);
  EXPECT_NE(run("fit absent.csv", 2).find("absent.csv"), std::string::npos);
  write("bad.csv", "system,op,num_gpus,bytes,latency_us\na,b,x,1,1\n");
  EXPECT_NE(run("fit bad.csv", 2).find("bad.csv:2:5"), std::string::npos);
  write("zero.csv", "system,op,num_gpus,bytes,latency_us\nh100,all_reduce,0,1,1\n");
  EXPECT_NE(run("fit zero.csv", 2).find("no row can be used"), std::string::npos);
  (void)run("fit t.csv --out c.json", 0);
  write("other.csv", "source,dtype,m,n,k,latency_us\na,fp8,1,2,3,4\n");
  EXPECT_NE(run("fit predict --calibration c.json --points other.csv", 2).find("has: collectives"), std::string::npos);
  EXPECT_NE(run("fit predict --calibration t.csv --points t.csv", 2).find("t.csv"), std::string::npos);
  EXPECT_NE(run("fit predict --points t.csv", 2).find("--calibration"), std::string::npos);
}

TEST_F(FitCli, ImportsAreFittedAndDrawn) {
  std::string nccl = "nccl_dtype,num_gpus,message_size,op_name,latency\n";
  for (long size = 512; size < 50'000'000; size *= 4) {
    nccl += "half,8," + std::to_string(size) + ",all_reduce," +
            std::to_string(0.015 + 8e-8 * static_cast<double>(size)) + '\n';
  }
  write("nccl.csv", nccl);
  (void)run("import aiconfigurator nccl.csv --device h100_sxm --out raw.jsonl && gzip raw.jsonl", 0);
  EXPECT_NE(run("fit raw.jsonl.gz --date 2026-11 --out c.json --plot c.html", 0).find("collectives: 1 curves"),
            std::string::npos);
  std::ifstream page(folder_ / "c.html");
  const std::string html((std::istreambuf_iterator<char>(page)), {});
  EXPECT_NE(html.find("h100_sxm / all_reduce"), std::string::npos);
  // Raw samples are predicted as tables are.
  const std::string said = run("fit predict --calibration c.json --points raw.jsonl.gz --out r.csv", 0);
  EXPECT_NE(said.find("% over 9 rows"), std::string::npos) << said;
  EXPECT_NE(run("import aiconfigurator t.csv", 2).find("nccl_dtype"), std::string::npos);
  EXPECT_NE(run("import vidur t.csv", 2).find("--device"), std::string::npos);
  EXPECT_NE(run("import morse t.csv", 2).find("morse"), std::string::npos);
}

TEST_F(FitCli, SamplesOfSeveralKindsMakeOneCalibration) {
  std::string raw = R"({"k":"environment","tool":"seatrial calibrate","device":"NVIDIA H200","started":"2026-11-28"})"
                    "\n";
  for (const int batch : {1, 2, 4, 8}) {
    raw += R"({"k":"steps","model":"m","device":"h200","batch":)" + std::to_string(batch) + R"(,"step_time_s":[0.)" +
           std::to_string(batch) + ",0.1,0.9]}\n";
  }
  raw += R"({"k":"power","device":"NVIDIA H200","busy":0,"power_w":80})"
         "\n"
         R"({"k":"status","probe":"mps","status":"unavailable","reason":"no daemon"})"
         "\n";
  write("raw.jsonl", raw);
  (void)run("fit raw.jsonl --out c.json", 0);
  std::ifstream file(folder_ / "c.json");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  EXPECT_NE(text.find("\"kind\": \"measured\""), std::string::npos) << text;
  EXPECT_NE(text.find("\"date\": \"2026-11-28\""), std::string::npos);
  EXPECT_NE(text.find("\"mps\": \"unavailable: no daemon\""), std::string::npos);
  EXPECT_NE(run("fit predict --calibration c.json --points raw.jsonl", 2).find("more than one kind"),
            std::string::npos);
}

}  // namespace
}  // namespace seatrial
