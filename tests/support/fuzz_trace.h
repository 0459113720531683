// One input of a fuzzer through a trace reader: it may be read or refused, nothing else. Shared by the seeded mutations
// that run under ctest and by the libFuzzer entry point.
#pragma once

#include <cstdint>
#include <string_view>

namespace seatrial {

// choice: the format by its remainder; higher bits ask for `where`, `truncate` and `load`. Returns true if the content
// was accepted. What is accepted must survive being written as native CSV and read again. Exceptions other than
// InputError and SystemError escape.
bool fuzz_trace(std::uint8_t choice, std::string_view content);

}  // namespace seatrial
