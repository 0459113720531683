// Runs conformance vectors (`{"schema", "domain", "cases": [...]}`) and counts. Files are taken from outside: one that
// cannot be read or is no vector file counts as one failed case, and a malformed case fails alone.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>

namespace seatrial::conformance {

struct Tally {
  std::uint64_t passed = 0;
  std::uint64_t failed = 0;
};

inline constexpr std::uint64_t kMaxVectorBytes = std::uint64_t{64} << 20U;
inline constexpr int kMaxVectorDepth = 64;

// Runs the cases of one file's text; a line for each failing case, then one for the file.
Tally run_vectors(const std::string& file_name, const std::string& text, std::ostream& out);

// Runs every *.json of the folder, by name, and ends with "N passed, M failed". Throws InputError if the folder cannot
// be read.
Tally run_folder(const std::string& folder, std::ostream& out);

}  // namespace seatrial::conformance
