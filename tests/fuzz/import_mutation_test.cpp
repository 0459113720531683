// Seeded mutations of small files of every form that is imported, of raw samples and of workload profiles. Nothing may
// crash, hang or throw anything but the two kinds of error. A failure names the seed that repeats it.
#include <gtest/gtest.h>

#include <functional>

#include "tests/support/mutate.h"
#include "tests/support/nsight_file.h"
#include "tests/support/trace_files.h"
#include "traces/import_measurements.h"
#include "traces/raw_samples.h"
#include "traces/run_profile.h"

namespace seatrial {
namespace {

constexpr std::uint64_t kMutants = 600;

InputFile input(const TempFile& file) { return InputFile({file.path(), {}, ""}); }

struct Form {
  const char* name;
  std::string sample;
  std::function<std::string(const std::string&)> import;
};

std::string with_file(const std::string& text, std::string (*import)(InputFile)) {
  const TempFile file(text);
  return import(input(file));
}

std::vector<Form> forms() {
  std::vector<Form> all{
      {"gemm", "framework,version,gemm_dtype,m,n,k,latency\nvllm,0.24.0,fp8,16,32,64,0.0125\nvllm,1,half,1,2,3,4\n",
       [](const std::string& text) {
         return with_file(text, [](InputFile f) { return import_aiconfigurator(std::move(f), ""); });
       }},
      {"nccl", "nccl_dtype,num_gpus,message_size,op_name,latency\nhalf,8,512,all_reduce,0.02\nint8,2,1,a,1\n",
       [](const std::string& text) {
         return with_file(text, [](InputFile f) { return import_aiconfigurator(std::move(f), "x"); });
       }},
      {"vidur",
       "time_stats.emb.median,time_stats.add.median,num_tokens,num_tensor_parallel_workers\n0.2,,128,2\n1,2,3,4\n",
       [](const std::string& text) {
         return with_file(text, [](InputFile f) { return import_vidur(std::move(f), {"a", "b"}); });
       }},
      {"gavel",
       R"j({"v100": {"('ResNet-18', 1)": {"null": 4.5, "('A3C', 1)": [4, 2.5]}, "('A3C', 1)": {"null": null}}})j",
       [](const std::string& text) { return import_gavel(text, "g.json"); }},
      {"chrome",
       R"({"traceEvents":[{"ph":"X","cat":"kernel","name":"gemm","ts":0,"dur":10},)"
       R"({"ph":"X","cat":"kernel","name":"a","ts":20,)"
       R"("dur":10},{"ph":"X","cat":"gpu_memcpy","name":"H","ts":30,"dur":1.5,"args":{"bytes":64}},)"
       R"({"ph":"X","cat":"user_annotation",)"
       R"("name":"ProfilerStep#1","ts":0,"dur":5}]})",
       [](const std::string& text) { return import_chrome_trace(text, "t.json", "x"); }},
      {"dcgm",
       R"({"data":{"result":[{"metric":{"__name__":"DCGM_FI_DEV_GPU_UTIL","UUID":"G","pod":"p"},)"
       R"("values":[[1,"50"],[2,"70"]]},)"
       R"({"metric":{"__name__":"DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION","UUID":"G","pod":"p"},)"
       R"("values":[[1,"5"],[2,"7"]]},)"
       R"({"metric":{"__name__":"DCGM_FI_DEV_XID_ERRORS","UUID":"G"},"values":[[1,"0"],[2,"79"]]}]}})",
       [](const std::string& text) { return import_dcgm(text, "d.json", DcgmResult::Profiles); }},
      {"raw",
       R"({"k":"gemm","source":"c","dtype":"bf16","m":16,"n":32,"k_":64,"t_us":[12.5,12,14]})"
       "\n"
       R"({"k":"power","device":"h200","busy":0,"power_w":80})",
       [](const std::string& text) {
         const TempFile file(text);
         return read_raw_samples(input(file)).fact("device");
       }},
      {"profile",
       R"({"schema":"seatrial.profile/1","profiles":[{"name":"a","iteration":{"mean_s":0.5},"work":{"duty":0.5}}]})",
       [](const std::string& text) { return read_profiles(text, "p.json")[0].name; }}};
  if (has_nsight_import()) {
    all.push_back({"nsight", sqlite_bytes(nsight_statements()), [](const std::string& text) {
                     const TempFile file(text);
                     return import_nsight(file.path(), "x");
                   }});
  }
  return all;
}

TEST(ImportMutation, AcceptsEverySampleAsItIs) {
  for (const Form& form : forms()) EXPECT_NO_THROW((void)form.import(form.sample)) << form.name;
}

TEST(ImportMutation, NeverEndsInAnythingButAnAnswerOrARefusal) {
  std::size_t accepted = 0;
  std::size_t refused = 0;
  for (const Form& form : forms()) {
    for (std::uint64_t mutant = 0; mutant < kMutants; ++mutant) {
      SCOPED_TRACE(std::string(form.name) + ", mutant " + std::to_string(mutant));
      Random random(mutant, form.name);
      std::string text = form.sample;
      for (std::uint64_t change = random.below(4) + 1; change > 0; --change) mutate(text, random);
      try {
        (void)form.import(text);
        ++accepted;
      } catch (const InputError& error) {
        ASSERT_STRNE(error.what(), "");
        ++refused;
      }
    }
  }
  // Both outcomes must occur often, or the mutations test nothing.
  EXPECT_GT(accepted, 100U);
  EXPECT_GT(refused, 100U);
}

}  // namespace
}  // namespace seatrial
