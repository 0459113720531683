// Request logs: one GPU per request, for an assumed time per token.
#include <gtest/gtest.h>

#include <string>

#include "sim/error.h"
#include "tests/support/trace_files.h"
#include "traces/trace.h"

namespace seatrial {
namespace {

Workload read(const char* format, const std::string& text) {
  const TempFile file(text);
  TraceOptions options;
  options.format = format;
  options.file = file.path();
  WorkloadBuilder builder;
  read_trace(options, builder);
  return builder.build();
}

TEST(RequestLogs, BurstGptHoldsAGpuByTokens) {
  const Workload jobs = read("burstgpt",
                             "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n"
                             "5,GPT-4,1000,10,1010,API log\n"
                             "7.5,ChatGPT,500,0,500,Conversation log\n");
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_EQ(jobs.submit({1}).ns, 7'500'000'000);
  EXPECT_EQ(jobs.duration({0}).ns, 500'000'000);  // 1000 x 0.2 ms + 10 x 30 ms
  EXPECT_EQ(jobs.duration({1}).ns, 100'000'000);
  EXPECT_EQ(jobs.request({0}).gpus, 1U);
  EXPECT_EQ(jobs.texts().text(jobs.tenant({0})), "GPT-4");
  EXPECT_EQ(jobs.texts().text(jobs.trace_state({0})), "completed");
  EXPECT_EQ(jobs.texts().text(jobs.trace_state({1})), "failed");
}

TEST(RequestLogs, AzureReadsTimeStampsAndSeconds) {
  const Workload official = read("azure-llm",
                                 "TIMESTAMP,ContextTokens,GeneratedTokens\n"
                                 "2023-11-16 18:17:03.9799600,4808,10\n");
  EXPECT_EQ(official.submit({0}).ns, 1'023'979'960'000);
  EXPECT_EQ(official.duration({0}).ns, 1'261'600'000);
  const Workload copy = read("azure-llm", "arrival_s,context_tokens,generated_tokens\n1023.979960,4808,10\n");
  EXPECT_EQ(copy.submit({0}), official.submit({0}));
  EXPECT_EQ(copy.duration({0}), official.duration({0}));
}

TEST(RequestLogs, MistakesHavePlaces) {
  try {
    (void)read("azure-llm", "TIMESTAMP,ContextTokens,GeneratedTokens\nyesterday,-1,10\n");
    FAIL() << "accepted";
  } catch (const InputError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find(":2:1: "), std::string::npos) << text;
    EXPECT_NE(text.find(":2:11: "), std::string::npos) << text;
  }
  EXPECT_THROW((void)read("burstgpt", "Timestamp,Model\n1,x\n"), InputError);
}

}  // namespace
}  // namespace seatrial
