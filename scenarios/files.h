// Reading a whole small input file (a scenario), plain or gzip, or standard input as `-`. Only regular files: pipes,
// devices and folders are refused at once instead of blocking. Also the check that a named file is there.
#pragma once

#include <cstddef>
#include <string>

namespace seatrial {

// The bytes of the file. Throws InputError where there is no such regular file or it is larger than `limit` bytes, and
// SystemError where the system refuses to read it.
[[nodiscard]] std::string read_input_file(const std::string& path, std::size_t limit);

// Why the file cannot be read as an input ("no such file", "is a folder", ...); empty if it can. `-` always can.
[[nodiscard]] std::string why_not_readable(const std::string& path);

// `file` as seen from the folder of `base`: unchanged where it is absolute, `-` or empty.
[[nodiscard]] std::string resolve_beside(const std::string& base, const std::string& file);

}  // namespace seatrial
