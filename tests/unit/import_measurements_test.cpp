// Imports of other tools' measurements: what becomes of small files of each form, and what is said of bad ones.
#include "traces/import_measurements.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/support/trace_files.h"
#include "traces/raw_samples.h"
#include "traces/run_profile.h"

namespace seatrial {
namespace {

using Json = nlohmann::json;

InputFile input(const TempFile& file) { return InputFile({file.path(), {}, ""}); }
RawSamples samples(const std::string& text) {
  const TempFile file(text);
  return read_raw_samples(input(file));
}
template <class Import>
std::string message(Import import) {
  try {
    (void)import();
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(ImportAiconfigurator, ReadsProductsAndCollectives) {
  const TempFile gemm("framework,version,gemm_dtype,m,n,k,latency\nvllm,0.24.0,fp8,16,32,64,0.0125\n");
  const RawSamples products = samples(import_aiconfigurator(input(gemm), ""));
  EXPECT_EQ(products.tables[0].points[0].keys, (std::vector<std::string>{"vllm-0.24.0", "fp8"}));
  EXPECT_NEAR(products.tables[0].points[0].times[0], 12.5, 1e-9);
  const TempFile nccl("nccl_dtype,num_gpus,message_size,op_name,latency\nhalf,8,512,all_reduce,0.02\n");
  const RawSamples collectives = samples(import_aiconfigurator(input(nccl), "h100_sxm"));
  EXPECT_EQ(collectives.tables[0].points[0].numbers, (std::vector<double>{8, 1024})) << "elements to bytes";
  EXPECT_NEAR(collectives.tables[0].points[0].times[0], 20, 1e-9);
}

TEST(ImportAiconfigurator, TellsMistakes) {
  const TempFile type("nccl_dtype,num_gpus,message_size,op_name,latency\nquad,8,512,all_reduce,0.02\n");
  EXPECT_NE(message([&] { return import_aiconfigurator(input(type), ""); }).find(":2:1:"), std::string::npos);
  const TempFile columns("a,b\n1,2\n");
  EXPECT_NE(message([&] { return import_aiconfigurator(input(columns), ""); }).find("nccl_dtype"), std::string::npos);
  const TempFile zero("gemm_dtype,m,n,k,latency\nfp8,0,32,64,0.0125\n");
  EXPECT_NE(message([&] { return import_aiconfigurator(input(zero), ""); }).find("must be above 0"), std::string::npos);
  const TempFile empty("gemm_dtype,m,n,k,latency\n");
  EXPECT_NE(message([&] { return import_aiconfigurator(input(empty), ""); }).find("no rows"), std::string::npos);
}

TEST(ImportVidur, ReadsOperatorsAndCollectives) {
  const TempFile file(
      "time_stats.emb.median,time_stats.add.median,num_tokens,num_tensor_parallel_workers\n0.2,,128,2\n");
  const CostTable table = samples(import_vidur(input(file), {"a100", "Llama-2-7b-hf"})).tables[0];
  EXPECT_EQ(table.family->name(), "operators");
  EXPECT_EQ(table.points[0].keys, (std::vector<std::string>{"a100", "Llama-2-7b-hf"}));
  EXPECT_EQ(table.points[0].numbers, (std::vector<double>{2, 128}));
  EXPECT_NEAR(table.points[0].times.front(), 0.2, 1e-12);
  EXPECT_TRUE(std::isnan(table.points[0].times.back()));
  const TempFile network("time_stats.all_reduce.median,size,num_workers\n0.5,1048576,8\n");
  const CostTable all_reduce = samples(import_vidur(input(network), {"h100_dgx", ""})).tables[0];
  EXPECT_EQ(all_reduce.points[0].keys, (std::vector<std::string>{"h100_dgx", "all_reduce"}));
  EXPECT_NEAR(all_reduce.points[0].times[0], 500, 1e-9);
  const TempFile none("num_tokens,num_tensor_parallel_workers\n1,1\n");
  EXPECT_NE(message([&] { return import_vidur(input(none), {"a", "b"}); }).find("time_stats."), std::string::npos);
}

TEST(ImportGavel, ReadsJobsAloneAndInPairs) {
  const std::string text = R"j({"v100": {"('ResNet-18 (batch size 16)', 1)": {"null": 4.5, "('A3C', 1)": [4, 2.5]},
                                         "('A3C', 1)": {"null": null}}})j";
  const RawSamples read = samples(import_gavel(text, "g.json"));
  ASSERT_EQ(read.tables.size(), 2U);
  EXPECT_EQ(read.tables[0].points.size(), 2U);
  EXPECT_TRUE(std::isnan(read.tables[0].points[0].times[0])) << "jobs come in order of name: A3C was not measured";
  EXPECT_EQ(read.tables[1].points[0].keys, (std::vector<std::string>{"v100", "ResNet-18 (batch size 16)", "A3C"}));
  EXPECT_EQ(read.tables[1].points[0].times, (std::vector<double>{4, 2.5}));
}

TEST(ImportGavel, TellsMistakesWithTheirPath) {
  const auto said = [](const std::string& text) { return message([&] { return import_gavel(text, "g.json"); }); };
  EXPECT_NE(said("{\n  \"v100\": [}").find("g.json:2:"), std::string::npos) << said("{\n  \"v100\": [}");
  EXPECT_NE(said("[]").find("GPU types"), std::string::npos);
  EXPECT_NE(said(R"({"v100": 1})").find("v100: expected an object of jobs"), std::string::npos);
  EXPECT_NE(said(R"({"v100": {"ResNet": {}}})").find("v100.ResNet: expected"), std::string::npos);
  EXPECT_NE(said(R"j({"v100": {"('a', 1)": {"null": -1}}})j").find("expected steps a second"), std::string::npos);
  EXPECT_NE(said(R"j({"v100": {"('a', 1)": {"null": 1, "('b', 1)": [1]}}})j").find("two numbers"), std::string::npos);
  EXPECT_NE(said("{}").find("no speed of a job alone"), std::string::npos);
}

std::string kernel_event(const char* name, int at, int length) {
  return std::string(R"({"ph":"X","cat":"kernel","name":")") + name + R"(","ts":)" + std::to_string(at) + R"(,"dur":)" +
         std::to_string(length) + R"(,"args":{"stream":7,"grid":[1,2,3]}},)";
}

TEST(ImportChromeTrace, MakesAProfile) {
  std::string events;
  for (int step = 0; step < 20; ++step) {
    events += R"({"ph":"X","cat":"user_annotation","name":"ProfilerStep#)" + std::to_string(step) + R"(","ts":)" +
              std::to_string(1000 * step) + R"(,"dur":990},)";
    events += kernel_event("ampere_bf16_gemm", 1000 * step, 400);
    events += kernel_event("vectorized_elementwise_kernel", 1000 * step + 400, 100);
    events += R"j({"ph":"X","cat":"gpu_memcpy","name":"Memcpy HtoD (Pinned -> Device)","ts":)j" +
              std::to_string(1000 * step + 300) + R"(,"dur":300,"args":{"bytes":4096}},)";
  }
  events += R"({"ph":"i","cat":"kernel","name":"no span"})";
  for (const std::string& text :
       {"{\"traceEvents\":[" + events + "],\"x\":[{\"cat\":\"kernel\"}]}", "[" + events + "]"}) {
    const Json profile = Json::parse(import_chrome_trace(text, "t.json", "resnet"))["profiles"][0];
    EXPECT_EQ(profile["name"], "resnet");
    EXPECT_EQ(profile["iteration"]["from"], "marks");
    EXPECT_NEAR(profile["iteration"]["mean_s"].get<double>(), 1e-3, 1e-9);
    EXPECT_NEAR(profile["busy_ratio"].get<double>(), 20 * 600 / 19600.0, 1e-5);
    EXPECT_EQ(profile["copied_bytes"]["Memcpy HtoD (Pinned -> Device)"], 20 * 4096);
    EXPECT_EQ(profile["kernel_families"][0]["name"], "gemm");
    EXPECT_EQ(profile["kernel_families"][0]["count"], 20);
    EXPECT_NEAR(profile["work"]["compute_bound"].get<double>(), 0.8, 1e-6);
  }
}

TEST(ImportChromeTrace, FindsIterationsOfKernelsWithoutMarks) {
  std::string events;
  for (int step = 0; step < 30; ++step) {
    for (int kernel = 0; kernel < 5; ++kernel) {
      events += kernel_event(("k" + std::to_string(kernel)).c_str(), 1000 * step + 100 * kernel, 50);
    }
  }
  events.pop_back();
  const Json profile = Json::parse(import_chrome_trace("[" + events + "]", "t.json", "x"))["profiles"][0];
  EXPECT_EQ(profile["iteration"]["from"], "kernels");
  EXPECT_EQ(profile["iteration"]["kernels"], 5);
  EXPECT_NEAR(profile["iteration"]["p50_s"].get<double>(), 1e-3, 1e-9);
}

TEST(ImportChromeTrace, TellsMistakes) {
  const auto said = [](const std::string& text) {
    return message([&] { return import_chrome_trace(text, "t", "x"); });
  };
  EXPECT_NE(said("{\"traceEvents\": [\n{]").find("t:2:2"), std::string::npos) << said("{\"traceEvents\": [\n{]");
  EXPECT_NE(said("{}").find("no traceEvents"), std::string::npos);
  EXPECT_NE(said("[]").find("no events of category kernel"), std::string::npos);
  EXPECT_NE(said("").find("no JSON"), std::string::npos);
}

std::string series(const char* metric, const char* values, const char* pod = "p") {
  return std::string(R"({"metric":{"__name__":")") + metric + R"(","UUID":"GPU-1","gpu":"0","namespace":"ml","pod":")" +
         pod + R"(","modelName":"NVIDIA H200"},"values":)" + values + "}";
}
std::string range(const std::string& list) {
  return R"({"status":"success","data":{"resultType":"matrix","result":[)" + list + "]}}";
}

TEST(ImportDcgm, MakesAProfileOfAPodAndListsFailures) {
  const std::string text = range(
      series("DCGM_FI_DEV_GPU_UTIL", R"([[100,"50"],[110,"70"]])") + ',' +
      series("DCGM_FI_PROF_DRAM_ACTIVE", R"([[100,"0.2"],[110,"0.4"]])") + ',' +
      series("DCGM_FI_DEV_FB_USED", R"([[100,"900"],[110,"1000"]])") + ',' +
      series("DCGM_FI_DEV_POWER_USAGE", R"([[100,"300"],[110,"NaN"]])") + ',' +
      series("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", R"([[100,"5000"],[105,"8000"],[110,"1000"]])") + ',' +
      series("DCGM_FI_DEV_XID_ERRORS", R"([[100,"0"],[105,"79"],[110,"79"]])") + ',' + series("up", R"([[100,"1"]])"));
  const Json json = Json::parse(import_dcgm(text, "d.json", DcgmResult::Profiles));
  ASSERT_EQ(json["profiles"].size(), 1U);
  const Json& profile = json["profiles"][0];
  EXPECT_EQ(profile["name"], "ml/p");
  EXPECT_EQ(profile["span_s"], 10);
  EXPECT_NEAR(profile["busy_ratio"].get<double>(), 0.6, 1e-9);
  EXPECT_EQ(profile["peak_memory_mib"], 1000);
  EXPECT_EQ(profile["power_w"], 300);
  EXPECT_EQ(profile["energy_j"], 4) << "3 J before the counter began anew, 1 J after";
  EXPECT_NEAR(profile["work"]["bandwidth"].get<double>(), 0.3, 1e-9);
  ASSERT_EQ(json["failures"].size(), 1U);
  EXPECT_EQ(json["failures"][0]["xid"], 79);
  EXPECT_EQ(json["failures"][0]["at_s"], 5);
  EXPECT_EQ(read_profiles(json.dump(), "d")[0].name, "ml/p");
}

TEST(ImportDcgm, MakesSamplesOfPower) {
  const std::string text = range(series("DCGM_FI_DEV_GPU_UTIL", R"([[100,"0"],[110,"70"],[120,"90"]])") + ',' +
                                 series("DCGM_FI_DEV_POWER_USAGE", R"([[100,"80"],[110,"400"]])"));
  const RawSamples read = samples(import_dcgm(text, "d.json", DcgmResult::Samples));
  ASSERT_EQ(read.tables[0].points.size(), 2U);
  EXPECT_EQ(read.tables[0].points[1].keys[0], "NVIDIA H200");
  EXPECT_NEAR(read.tables[0].points[1].numbers[0], 0.7, 1e-9);
  EXPECT_EQ(read.tables[0].points[1].times[0], 400);
}

TEST(ImportDcgm, TellsMistakes) {
  const auto said = [](const std::string& text) {
    return message([&] { return import_dcgm(text, "d.json", DcgmResult::Profiles); });
  };
  EXPECT_NE(said("{}").find("expected Prometheus' answer"), std::string::npos);
  EXPECT_NE(said(range("")).find("no metric of DCGM exporter"), std::string::npos);
  EXPECT_NE(said(range(R"({"metric":{},"value":[1,"2"]})")).find("range query"), std::string::npos);
  EXPECT_NE(said(range(series("DCGM_FI_DEV_GPU_UTIL", R"([[1,2]])"))).find("data.result[0].values[0]"),
            std::string::npos);
  EXPECT_NE(said(range(series("DCGM_FI_DEV_GPU_UTIL", R"([[1,"x"]])"))).find("\"x\" is no number"), std::string::npos);
  EXPECT_NE(message([&] {
              return import_dcgm(range(series("DCGM_FI_DEV_GPU_UTIL", R"([[1,"5"]])")), "d", DcgmResult::Samples);
            }).find("no instant with both"),
            std::string::npos);
}

TEST(RunProfile, KernelFamiliesAreToldByName) {
  EXPECT_STREQ(kernel_family("void cutlass::Kernel2<...>"), "gemm");
  EXPECT_STREQ(kernel_family("flash_fwd_kernel<Flash_fwd_kernel_traits>"), "attention");
  EXPECT_STREQ(kernel_family("sm90_xmma_fprop_implicit_gemm_bf16"), "convolution");
  EXPECT_STREQ(kernel_family("ncclDevKernel_AllReduce_Sum_bf16"), "collective");
  EXPECT_STREQ(kernel_family("void at::native::vectorized_elementwise_kernel"), "elementwise");
  EXPECT_STREQ(kernel_family("layer_norm_kernel"), "reduction");
  EXPECT_STREQ(kernel_family("mystery"), "other");
}

TEST(RunProfile, ProfilesAreReadWithTheirPlaces) {
  const auto said = [](const std::string& text) { return message([&] { return read_profiles(text, "p.json"); }); };
  EXPECT_NE(said("{}").find("no workload profile"), std::string::npos);
  EXPECT_NE(said(R"({"schema":"seatrial.profile/1","profiles":[]})").find("a list of profiles"), std::string::npos);
  EXPECT_NE(said(R"({"schema":"seatrial.profile/1","profiles":[{}]})").find("profiles[0]: a profile needs"),
            std::string::npos);
  EXPECT_NE(said(R"({"schema":"seatrial.profile/1","profiles":[{"name":"a","work":{"duty":0}}]})")
                .find("profiles[0].work.duty: must be above 0 to 1"),
            std::string::npos);
  const auto works = read_profiles(R"({"schema":"seatrial.profile/1","profiles":[
      {"name":"a","iteration":{"mean_s":0.5},"peak_memory_mib":100,"work":{"duty":0.5,"compute":0.25}}]})",
                                   "p");
  EXPECT_EQ(works[0].work.duty, 0.5);
  EXPECT_EQ(works[0].work.compute, 0.25);
  EXPECT_EQ(works[0].work.bandwidth, 0);
  EXPECT_EQ(works[0].iteration_s, 0.5);
  EXPECT_EQ(works[0].peak_memory_mib, 100);
}

}  // namespace
}  // namespace seatrial
