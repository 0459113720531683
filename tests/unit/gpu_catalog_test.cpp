// models/gpu_catalog.h: the embedded catalogue is whole and its figures are those of the data file.
#include "models/gpu_catalog.h"

#include <gtest/gtest.h>

#include <set>

namespace seatrial {
namespace {

TEST(GpuCatalog, IdsAreUniqueAndFoundAgain) {
  std::set<std::string> ids;
  for (const GpuModel& model : gpu_catalog()) {
    EXPECT_TRUE(ids.insert(model.id).second) << model.id;
    EXPECT_EQ(find_gpu_model(model.id), &model);
  }
  EXPECT_GE(ids.size(), 35U);
}

TEST(GpuCatalog, KnowsTheIdsThatScenariosUse) {
  for (const char* id : {"k80",      "m40",     "p100-16", "v100-16", "v100-32", "t4",        "a10",
                         "a30",      "a100-40", "a100-80", "l4",      "l40s",    "h100-pcie", "h100-sxm",
                         "h100-nvl", "h200",    "h20",     "gh200",   "b200",    "gb200",     "gb300",
                         "mi250x",   "mi300x",  "tpu-v4",  "tpu-v5e", "tpu-v5p", "trainium1", "trainium2"}) {
    EXPECT_NE(find_gpu_model(id), nullptr) << id;
  }
}

TEST(GpuCatalog, UnknownIdsAreNotFound) {
  EXPECT_EQ(find_gpu_model("h1000"), nullptr);
  EXPECT_EQ(find_gpu_model(""), nullptr);
  EXPECT_EQ(find_gpu_model("A100-40"), nullptr);
}

TEST(GpuCatalog, CarriesMemorySpeedAndPower) {
  struct Case {
    const char* id;
    double memory_gb, memory_bw_gbs, tdp_w, idle_w;
  };
  for (const Case& want :
       {Case{"a100-40", 40, 1555, 400, 50}, Case{"h100-sxm", 80, 3350, 700, 75}, Case{"v100-32", 32, 900, 300, 40},
        Case{"t4", 16, 320, 70, 10}, Case{"h200", 141, 4800, 700, 80}}) {
    const GpuModel* model = find_gpu_model(want.id);
    ASSERT_NE(model, nullptr) << want.id;
    EXPECT_EQ(model->memory_gb, want.memory_gb) << want.id;
    EXPECT_EQ(model->memory_bw_gbs, want.memory_bw_gbs) << want.id;
    EXPECT_EQ(model->tdp_w, want.tdp_w) << want.id;
    EXPECT_EQ(model->idle_w, want.idle_w) << want.id;
  }
}

TEST(GpuCatalog, TakesTheFirstPriceWithItsSource) {
  const GpuModel* a100 = find_gpu_model("a100-40");
  ASSERT_NE(a100, nullptr);
  EXPECT_EQ(a100->price_usd_per_gpu_hour, 4.0963);
  EXPECT_EQ(a100->price_source, "aws p4d.24xlarge us-east-1, 2026-Q1, verified");
  const GpuModel* k80 = find_gpu_model("k80");
  ASSERT_NE(k80, nullptr);
  EXPECT_EQ(k80->price_source, "gcp k80 us-central1, 2020, not verified");
}

TEST(GpuCatalog, UnknownFiguresAreAbsentNotZero) {
  const GpuModel* v100 = find_gpu_model("v100-16");
  ASSERT_NE(v100, nullptr);
  EXPECT_FALSE(v100->bf16_tflops.has_value());
  const GpuModel* b200 = find_gpu_model("b200");
  ASSERT_NE(b200, nullptr);
  EXPECT_FALSE(b200->idle_w.has_value());
  EXPECT_FALSE(b200->price_usd_per_gpu_hour.has_value());
  EXPECT_TRUE(b200->price_source.empty());
}

TEST(GpuCatalog, EveryEntryIsPlausible) {
  for (const GpuModel& model : gpu_catalog()) {
    EXPECT_FALSE(model.name.empty()) << model.id;
    EXPECT_FALSE(model.vendor.empty()) << model.id;
    EXPECT_FALSE(model.sources.empty()) << model.id;
    EXPECT_GE(model.year, 2010) << model.id;
    EXPECT_TRUE(model.memory_gb.has_value()) << model.id;
    if (model.idle_w && model.tdp_w) {
      EXPECT_LT(*model.idle_w, *model.tdp_w) << model.id;
    }
    EXPECT_EQ(model.price_usd_per_gpu_hour.has_value(), !model.price_source.empty()) << model.id;
  }
}

}  // namespace
}  // namespace seatrial
