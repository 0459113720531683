// Seeded mutations of the sample files through every reader: bytes, fields, lines and splices. Nothing may crash, hang
// or throw anything but the two kinds of error that readers promise. A failure names the seed that repeats it.
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <sstream>

#include "sim/random.h"
#include "tests/support/fuzz_trace.h"
#include "tests/support/mutate.h"
#include "tests/support/paths.h"
#include "tests/support/trace_files.h"
#include "traces/registry.h"

namespace seatrial {
namespace {

constexpr std::uint64_t kMutantsPerSample = 400;

struct Sample {
  const char* file;
  std::uint8_t format;  // index in the table of formats
};

constexpr std::array<Sample, 17> kSamples{{{"native.csv", 0},
                                           {"openb_pods.csv", 1},
                                           {"helios_jobs.csv", 2},
                                           {"helios_vc.csv", 2},
                                           {"helios_log.csv", 2},
                                           {"philly_jobs.csv", 3},
                                           {"philly_log.json", 3},
                                           {"itp.csv", 4},
                                           {"acme_seren.csv", 5},
                                           {"acme_kalos.csv", 5},
                                           {"pai_sample.csv", 6},
                                           {"pai_jobs.csv", 6},
                                           {"pai_task_table.csv", 6},
                                           {"swf.swf", 7},
                                           {"sacct.txt", 8},
                                           {"burstgpt.csv", 9},
                                           {"azure_llm.csv", 10}}};

std::string sample_text(const char* name) {
  std::ifstream in(source_file("traces/samples/") + name, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(ReaderMutation, AcceptsEverySampleAsItIs) {
  for (const Sample& sample : kSamples) {
    const std::string text = sample_text(sample.file);
    ASSERT_FALSE(text.empty()) << sample.file;
    EXPECT_TRUE(fuzz_trace(sample.format, text)) << sample.file;
    EXPECT_TRUE(fuzz_trace(sample.format, gzip(text))) << sample.file;
  }
}

TEST(ReaderMutation, NeverEndsInAnythingButAnAnswerOrARefusal) {
  std::size_t accepted = 0;
  for (const Sample& sample : kSamples) {
    const std::string original = sample_text(sample.file);
    for (std::uint64_t mutant = 0; mutant < kMutantsPerSample; ++mutant) {
      SCOPED_TRACE(std::string(sample.file) + ", mutant " + std::to_string(mutant));
      Random random(mutant, sample.file);
      std::string text = original;
      for (std::uint64_t change = random.below(4) + 1; change > 0; --change) mutate(text, random);
      const bool packed = random.below(8) == 0;
      if (packed) {
        text = gzip(text);
        if (random.below(2) == 0) mutate(text, random);
      }
      const auto extras = static_cast<std::uint8_t>(trace_formats().size() * random.below(8));
      ASSERT_NO_THROW(accepted += fuzz_trace(static_cast<std::uint8_t>(sample.format + extras), text) ? 1 : 0);
    }
  }
  // Both outcomes must occur often, or the mutations test nothing.
  EXPECT_GT(accepted, 100U);
  EXPECT_LT(accepted, kSamples.size() * kMutantsPerSample - 1000);
}

TEST(ReaderMutation, SurvivesEveryReaderOnEverySample) {
  for (const Sample& sample : kSamples) {
    const std::string text = sample_text(sample.file);
    for (std::uint8_t format = 0; format < trace_formats().size(); ++format)
      ASSERT_NO_THROW(fuzz_trace(format, text)) << sample.file;
  }
}

}  // namespace
}  // namespace seatrial
