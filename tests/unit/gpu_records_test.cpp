// Records of the injection library: what they become, a last line that was cut, lines that are none.
#include "traces/gpu_records.h"

#include <gtest/gtest.h>

#include "sim/error.h"
#include "tests/support/mutate.h"

namespace seatrial {
namespace {

constexpr const char* kRecords =
    "N 0 void gemm<float, int>(x, y)\nK 0 1000 3000\nC host_to_device 4096 3000 4000\nS 4000 4500\nI 1000\nK 0 5000 "
    "6000\n";

TEST(GpuRecords, BecomeActivity) {
  GpuActivity activity;
  read_gpu_records(std::string(kRecords) + "K 0 70", "r", activity);
  const RunProfile profile = profile_of(activity, "a", "test");
  EXPECT_EQ(profile.kernels.at("void gemm<float, int>(x, y)").first, 2U);
  EXPECT_EQ(profile.copied_bytes.at("host_to_device"), 4096);
  EXPECT_NEAR(profile.span_s, 5e-6, 1e-12);
  EXPECT_NEAR(*profile.busy_ratio, 4.5 / 5, 1e-9);
}

TEST(GpuRecords, TellWhatIsNone) {
  for (const char* line : {"X 1", "N 2 late", "K 1 0 1", "K 0 a b", "C up -1 0 1", "S 1", "I", "N", ""}) {
    GpuActivity activity;
    const std::string text = std::string("N 0 a\n") + line + '\n';
    try {
      read_gpu_records(text, "r", activity);
      ADD_FAILURE() << line;
    } catch (const InputError& error) {
      EXPECT_NE(std::string(error.what()).find("r:2"), std::string::npos) << error.what();
    }
  }
}

TEST(GpuRecords, MutationsAreReadOrRefused) {
  for (std::uint64_t mutant = 0; mutant < 500; ++mutant) {
    Random random(mutant, "records");
    std::string text = kRecords;
    for (std::uint64_t change = random.below(4) + 1; change > 0; --change) mutate(text, random);
    GpuActivity activity;
    try {
      read_gpu_records(text, "r", activity);
      if (!activity.empty()) (void)profiles_text({profile_of(activity, "a", "test")});
    } catch (const InputError& error) {
      ASSERT_STRNE(error.what(), "") << mutant;
    }
  }
}

}  // namespace
}  // namespace seatrial
