// Coverage-guided fuzzing of all trace readers (clang's libFuzzer): the first byte picks the format and whether a
// filter, truncation and a load are asked for; the rest is the file.
#include <cstddef>
#include <cstdint>

#include "tests/support/fuzz_trace.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  seatrial::fuzz_trace(data[0], {reinterpret_cast<const char*>(data) + 1, size - 1});
  return 0;
}
