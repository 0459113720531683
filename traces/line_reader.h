// Lines of an InputFile as views into one buffer, with their numbers. A line ends in LF or CRLF; a byte order mark at
// the start of the file is dropped. Lines are at most 1 MiB: a longer one is a problem and ends the reading.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/error.h"
#include "traces/input_file.h"

namespace seatrial {

inline constexpr std::size_t kMaxLineBytes = std::size_t{1} << 20U;

class LineReader {
 public:
  LineReader(InputFile input, Problems& problems);

  // The next line without its end, valid until the next call; false at the end of the file.
  [[nodiscard]] bool next(std::string_view& line);
  // Makes `line` the current line and the one after it, with the line end between them kept as it is. False if there
  // is none: `line` is then the current line still. For quoted fields that contain line breaks.
  [[nodiscard]] bool extend(std::string_view& line);
  // Number of the current line, from 1; of its first line after extend().
  [[nodiscard]] std::uint32_t line_number() const { return first_line_; }
  [[nodiscard]] const std::string& file() const { return input_.name(); }

 private:
  bool find_line_end(std::size_t from);
  bool refill();
  [[nodiscard]] std::string_view current() const;

  InputFile input_;
  Problems& problems_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;     // of the current line
  std::size_t line_end_ = 0;  // position of its LF, or of the end of the content
  std::size_t next_ = 0;      // of the next line
  std::size_t end_ = 0;       // of the bytes in the buffer
  std::uint32_t first_line_ = 0;
  std::uint32_t last_line_ = 0;
  bool at_end_ = false;
};

}  // namespace seatrial
