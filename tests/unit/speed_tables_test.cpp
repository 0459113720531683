// traces/speed_tables.h and models/speed_tables.h: measurements become speeds, mistakes of a file have a place.
#include "traces/speed_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tests/support/trace_files.h"

namespace seatrial {
namespace {

using testing::HasSubstr;

constexpr const char* kIsolated =
    "gpu_type,model,scale_factor,steps_per_s\n"
    "v100,A,1,10\nv100,B,1,8\nv100,A,2,6\nk80,A,1,2.5\nk80,B,1,0\n";
constexpr const char* kColocatedHeader = "gpu_type,model_a,scale_a,model_b,scale_b,steps_per_s_a,steps_per_s_b\n";

using Reader = void (*)(InputFile, SpeedTablesBuilder&);

void read(Reader reader, const std::string& text, SpeedTablesBuilder& builder) {
  const TempFile file(text);
  reader(InputFile({file.path(), {}, ""}), builder);
}

std::string refusal(Reader reader, const std::string& text) {
  SpeedTablesBuilder builder;
  try {
    read(reader, text, builder);
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(SpeedTables, PairSpeedsAreRelativeToTheSameGpuAlone) {
  SpeedTablesBuilder builder;
  read(read_isolated_speeds, kIsolated, builder);
  read(read_colocated_speeds, std::string(kColocatedHeader) + "v100,A,1,B,1,7,4\nv100,A,1,A,1,5,5\n", builder);
  const SpeedTables tables = builder.build();
  const std::uint16_t v100 = tables.find_gpu("v100");
  const std::uint16_t a = tables.find_workload("A", 1);
  const std::uint16_t b = tables.find_workload("B", 1);
  EXPECT_DOUBLE_EQ(tables.pair_speed(v100, a, b), 0.7);
  EXPECT_DOUBLE_EQ(tables.pair_speed(v100, b, a), 0.5);
  EXPECT_DOUBLE_EQ(tables.pair_speed(v100, a, a), 0.5);
  EXPECT_TRUE(std::isnan(tables.pair_speed(v100, b, b)));
  EXPECT_TRUE(std::isnan(tables.pair_speed(tables.find_gpu("k80"), a, b))) << "a GPU without pairs";
  EXPECT_DOUBLE_EQ(tables.isolated_steps_per_s(v100, tables.find_workload("A", 2)), 6) << "a gang is a type of its own";
}

TEST(SpeedTables, WhatCouldNotRunIsKnownAsSuch) {
  SpeedTablesBuilder builder;
  read(read_isolated_speeds, kIsolated, builder);
  read(read_colocated_speeds, std::string(kColocatedHeader) + "v100,A,1,B,1,0,0\nk80,A,1,B,1,2,1\n", builder);
  const SpeedTables tables = builder.build();
  const std::uint16_t a = tables.find_workload("A", 1);
  const std::uint16_t b = tables.find_workload("B", 1);
  EXPECT_FALSE(tables.can_pair(tables.find_gpu("v100"), a, b));
  EXPECT_TRUE(tables.can_pair(tables.find_gpu("v100"), a, a)) << "not measured";
  EXPECT_EQ(tables.isolated_steps_per_s(tables.find_gpu("k80"), b), 0);
  EXPECT_TRUE(std::isnan(tables.pair_speed(tables.find_gpu("k80"), b, a))) << "nothing to be relative to";
}

TEST(SpeedTables, MirroredRowsAreTheSameMeasurement) {
  const std::string rows = std::string(kColocatedHeader) + "v100,A,1,B,1,7,4\nv100,B,1,A,1,4,7\n";
  EXPECT_EQ(refusal(read_colocated_speeds, rows), "accepted");
  EXPECT_THAT(refusal(read_colocated_speeds, rows + "v100,B,1,A,1,4,6\n"),
              HasSubstr(":4:6: model_a: the pair was measured before with other figures"));
}

TEST(SpeedTables, NoiseDoesNotMakeSharingFaster) {
  SpeedTablesBuilder builder;
  read(read_isolated_speeds, kIsolated, builder);
  read(read_colocated_speeds, std::string(kColocatedHeader) + "v100,A,1,B,1,10.4,8\n", builder);
  const SpeedTables tables = builder.build();
  EXPECT_EQ(tables.pair_speed(0, 0, 1), 1);
}

TEST(SpeedTables, EmptyIsNotMeasured) {
  SpeedTablesBuilder builder;
  read(read_isolated_speeds, "gpu_type,model,scale_factor,steps_per_s\nv100,A,1,\n", builder);
  EXPECT_TRUE(std::isnan(builder.build().isolated_steps_per_s(0, 0)));
}

TEST(SpeedTables, ProfilesSetWhatTheyName) {
  SpeedTablesBuilder builder;
  read(read_workload_profiles, "bandwidth,model,compute,duty,power\n0.4,A,0.6,,1.2\n", builder);
  const WorkloadProfile profile = builder.build().profile(0);
  EXPECT_EQ(profile.compute, 0.6);
  EXPECT_EQ(profile.bandwidth, 0.4);
  EXPECT_EQ(profile.power, 1.2);
  EXPECT_EQ(profile.duty, 1) << "an empty field leaves the default";
  EXPECT_EQ(profile.sm_exponent, 1);
}

TEST(SpeedTables, MistakesHaveAPlace) {
  struct Case {
    Reader reader;
    std::string text;
    const char* message;
  };
  const std::string isolated = "gpu_type,model,scale_factor,steps_per_s\n";
  for (const Case& c : {
           Case{read_isolated_speeds, "gpu_type,model\nv100,A\n", "steps_per_s"},
           Case{read_isolated_speeds, isolated, "the table has no rows"},
           Case{read_isolated_speeds, isolated + "v100,A,1,-1\n", ":2:10: steps_per_s: must be a number from 0"},
           Case{read_isolated_speeds, isolated + "v100,A,1,nan\n", ":2:10: steps_per_s"},
           Case{read_isolated_speeds, isolated + "v100,A,0,1\n", ":2:8: scale_factor: must be a whole number from 1"},
           Case{read_isolated_speeds, isolated + "v100,A,1,1\nv100,A,1,1\n", ":3:6: model: measured twice"},
           Case{read_isolated_speeds, isolated + ",A,1,1\n", ":2:1: gpu_type: must name something"},
           Case{read_isolated_speeds, isolated + "v100,A,1\n", ":2:"},
           Case{read_colocated_speeds, std::string(kColocatedHeader) + "v100,A,1,B,1,x,1\n", ":2:14: steps_per_s_a"},
           Case{read_workload_profiles, "model,compute\nA,0\n", ":2:3: compute: must be above 0"},
           Case{read_workload_profiles, "model,bandwidth\nA,1.5\n", ":2:3: bandwidth: must be a number from 0 to 1"},
           Case{read_workload_profiles, "model,compute_bond\nA,1\n",
                ":1:7: unknown column \"compute_bond\"; did you mean"},
           Case{read_workload_profiles, "model,power\nA,1\nA,1\n", ":3:1: model: has a profile already"},
       }) {
    EXPECT_THAT(refusal(c.reader, c.text), HasSubstr(c.message)) << c.text;
  }
}

TEST(SpeedTables, HostileNamesAreOnlyNames) {
  const std::string long_name(10'000, 'x');
  const std::string text =
      "gpu_type,model,scale_factor,steps_per_s\n\"<script>\",\"a,\"\"b\"\nc\",1,1\nv100," + long_name + ",1,2\n";
  SpeedTablesBuilder builder;
  const std::string several =
      "gpu_type,model,scale_factor,steps_per_s\n\"<script>\",\"a,\"\"b\",1,1\nv100," + long_name + ",1,2\n";
  read(read_isolated_speeds, several, builder);
  const SpeedTables tables = builder.build();
  EXPECT_NE(tables.find_workload("a,\"b", 1), SpeedTables::kAbsent);
  EXPECT_NE(tables.find_workload(long_name, 1), SpeedTables::kAbsent);
  EXPECT_NE(tables.find_gpu("<script>"), SpeedTables::kAbsent);
  EXPECT_LT(refusal(read_isolated_speeds, text + "v100," + long_name + ",1,2\n").size(), 1000U);
}

TEST(SpeedTables, TooManyNamesAreRefusedOnceWithAPlace) {
  std::string text = "gpu_type,model,scale_factor,steps_per_s\n";
  for (std::size_t i = 0; i <= SpeedTables::kMaxWorkloads; ++i) text += "v100,m" + std::to_string(i) + ",1,1\n";
  EXPECT_THAT(refusal(read_isolated_speeds, text), HasSubstr(":1026:6: model: more than 1024 workloads"));
}

TEST(SpeedTables, EqualSlicesAreOneSlice) {
  SpeedTablesBuilder builder;
  const std::uint16_t slice = builder.slice({.compute = 0.25, .bandwidth = 0.5});
  EXPECT_NE(slice, kWholeGpu);
  EXPECT_EQ(builder.slice({.compute = 0.25, .bandwidth = 0.5}), slice);
  EXPECT_EQ(builder.slice({}), kWholeGpu);
  EXPECT_EQ(builder.build().slice(slice).bandwidth, 0.5);
}

}  // namespace
}  // namespace seatrial
