// See paths.h.
#include "tests/support/paths.h"

namespace seatrial {

std::string source_file(const std::string& name) { return std::string(SEATRIAL_SOURCE_DIR "/") + name; }

std::string program_file(const std::string& name) { return std::string(SEATRIAL_BINARY_DIR "/") + name; }

}  // namespace seatrial
