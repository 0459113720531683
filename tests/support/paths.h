// Where the source tree and the built programs lie, for tests that read files or run commands. The paths are compiled
// into paths.cpp alone, so that compiled tests are equal in every clone and a compiler cache serves them all.
#pragma once

#include <string>

namespace seatrial {

// name: relative to the root of the source tree. The file need not exist.
[[nodiscard]] std::string source_file(const std::string& name);

// name: a program of this build, `seatrial` or `conformance`. It exists only where it was built.
[[nodiscard]] std::string program_file(const std::string& name);

}  // namespace seatrial
