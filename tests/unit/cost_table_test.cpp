// Tables of measured times: which family a file belongs to, what is read of it, what is wrong with it.
#include "traces/cost_table.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/trace_files.h"

namespace seatrial {
namespace {

CostTable read(const std::string& text) {
  const TempFile file(text);
  return read_cost_table(InputFile({file.path(), {}, ""}));
}
std::string message(const std::string& text) {
  try {
    (void)read(text);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(CostTable, FindsTheFamilyByItsColumns) {
  const CostTable gemm = read("k,latency_us,source,dtype,n,m,remark\n64,12.5,lib,fp8,32,16,\"a, b\"\n");
  EXPECT_EQ(gemm.family->name(), "gemm");
  EXPECT_EQ(gemm.points[0].keys, (std::vector<std::string>{"lib", "fp8"}));
  EXPECT_EQ(gemm.points[0].numbers, (std::vector<double>{16, 32, 64}));
  EXPECT_EQ(gemm.points[0].times, (std::vector<double>{12.5}));
  EXPECT_EQ(gemm.rows[0].back(), "a, b");
  EXPECT_EQ(read("system,op,num_gpus,bytes,latency_us\na,all_reduce,2,512,9\n").family->name(), "collectives");
  EXPECT_EQ(read("model,cluster,placement,local_bsz,step_time_s\nbert,aws,12,4,0.5\n").family->name(), "placement");
  EXPECT_EQ(read("gpu_type,model,scale_factor,steps_per_s\nk80,a,1,4\n").points[0].keys.size(), 2U);
}

TEST(CostTable, OneOfSeveralTimesIsEnoughWhereTheyAreSeparate) {
  const CostTable llm =
      read("model,hardware,tensor_parallel,prompt_size,batch_size,token_size,token_ms_median\nm,h,8,512,1,128,45\n");
  EXPECT_TRUE(std::isnan(llm.points[0].times[0]));
  EXPECT_EQ(llm.points[0].times[1], 45);
}

TEST(CostTable, KeepsRowsThatCannotBeUsed) {
  const CostTable table =
      read("system,op,num_gpus,bytes,latency_us\na,all_reduce,2,0,9\na,all_reduce,2,,9\na,all_reduce,2,64,NaN\r\n");
  EXPECT_EQ(table.usable, (std::vector<bool>{false, false, true}));
  EXPECT_TRUE(std::isnan(table.points[2].times[0]));
}

TEST(CostTable, TellsEveryMistakeWithItsPlace) {
  EXPECT_NE(message("system,op,num_gpus,bytes,latency_us\na,b,two,64,9\na,b,2,64,-1\n").find(":2:5:"),
            std::string::npos);
  EXPECT_NE(message("system,op,num_gpus,bytes,latency_us\na,b,two,64,9\na,b,2,64,-1\n").find("not negative"),
            std::string::npos);
  EXPECT_NE(message("a,b\n1,2\n").find("no table of times that seatrial knows"), std::string::npos);
  EXPECT_NE(message("system,op,num_gpus,bytes,latency_us\n").find("no rows"), std::string::npos);
  EXPECT_NE(message("").find("the file is empty"), std::string::npos);
}

TEST(CostTable, QuotesCellsThatNeedIt) {
  EXPECT_EQ(csv_line({"a", "b, c", "say \"d\""}), "a,\"b, c\",\"say \"\"d\"\"\"\n");
}

}  // namespace
}  // namespace seatrial
