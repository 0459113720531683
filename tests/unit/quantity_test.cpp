// Quantities: what is read, how it is written, sums, and that any text either reads or does not.
#include "models/quantity.h"

#include <gtest/gtest.h>

#include <string>

#include "sim/random.h"

namespace seatrial {
namespace {

std::string canonical(std::string_view text) {
  const auto quantity = parse_quantity(text);
  return quantity ? quantity->text() : "none";
}

TEST(Quantity, IsWrittenInCanonicalForm) {
  struct Case {
    const char* text;
    const char* canonical;
  };
  for (const Case& each : {Case{"0", "0"},
                           {"0Gi", "0"},
                           {"-0.0", "0"},
                           {"1", "1"},
                           {"+1", "1"},
                           {"-1.50", "-1500m"},
                           {"1.", "1"},
                           {".5", "500m"},
                           {"1100m", "1100m"},
                           {"1000m", "1"},
                           {"1500", "1500"},
                           {"3000", "3k"},
                           {"100000000", "100M"},
                           {"1024Ki", "1Mi"},
                           {"52Gi", "52Gi"},
                           {"1536Mi", "1536Mi"},
                           {"0.5Ki", "512"},
                           {"2Ki", "2Ki"},
                           {"0.0001Ki", "102400u"},
                           {"1.0005Ki", "1024512m"},
                           {"1e3", "1e3"},
                           {"1E3", "1e3"},
                           {"1500e-3", "1500e-3"},
                           {"12e0", "12"},
                           {"2E", "2E"},
                           {"8Ei", "9223372036854775807"},
                           {"1e400", "9223372036854775807"},
                           {"-1e400", "-9223372036854775807"},
                           {"1e-400", "1e-9"},
                           {"0.1n", "1n"},
                           {"-0.1n", "-1n"},
                           {"100000000000000000000000", "9223372036854775807"}}) {
    // The largest quantity has no shorter form in any format.
    EXPECT_EQ(canonical(each.text), each.canonical) << each.text;
  }
}

TEST(Quantity, RefusesWhatIsNone) {
  for (const char* text : {"",
                           "-",
                           ".",
                           "m",
                           "1x",
                           "1 ",
                           " 1",
                           "1KI",
                           "1K",
                           "1.2.3",
                           "--1",
                           "1e",
                           "1e+",
                           "1e1.5",
                           "0x1",
                           "1Gib",
                           "123456789012345678901",
                           "1\xff",
                           "inf",
                           "nan"}) {
    EXPECT_FALSE(parse_quantity(text)) << text;
  }
}

TEST(Quantity, AddsAndComparesByValue) {
  EXPECT_EQ(*parse_quantity("1Ki"), *parse_quantity("1024"));
  EXPECT_LT(*parse_quantity("999m"), *parse_quantity("1"));
  EXPECT_EQ((*parse_quantity("50Gi") + *parse_quantity("2147483648")).text(), "52Gi");
  EXPECT_EQ((Quantity() + *parse_quantity("2Gi")).text(), "2Gi");  // zero has no format of its own
  EXPECT_EQ((Quantity::units(1) - Quantity::milli(1)).text(), "999m");
  Quantity sum = *parse_quantity("8E");
  for (int i = 0; i < 100; ++i) sum += sum;
  EXPECT_EQ(sum.text(), "100E");  // sums stop at 10^20
}

// What is written reads back as the same value, and is written the same again.
TEST(Quantity, ReadsBackWhatItWrites) {
  Random random(3, "quantity");
  const std::string alphabet = "0123456789.eEmkKMGTPinu-+";
  int read = 0;
  for (int round = 0; round < 200'000; ++round) {
    std::string text = std::to_string(random.below(3) == 0 ? random.below(5000) : random.below(10));
    for (std::uint64_t i = random.below(6); i > 0; --i) text += alphabet[random.below(alphabet.size())];
    const auto quantity = parse_quantity(text);
    if (!quantity) continue;
    ++read;
    const auto again = parse_quantity(quantity->text());
    ASSERT_TRUE(again) << text;
    EXPECT_EQ(*again, *quantity) << text;
    EXPECT_EQ(again->text(), quantity->text()) << text;
  }
  EXPECT_GT(read, 10'000);
}

}  // namespace
}  // namespace seatrial
