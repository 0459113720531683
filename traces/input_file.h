// A stream of bytes from a regular file or standard input, inflated on the way if it is gzip. Every reader of traces
// and node lists gets its bytes here. Memory stays bounded by two buffers whatever the size of the content.
// Errors: InputError where the user named the wrong thing (no such file, a directory, a pipe, damaged gzip data);
// SystemError where the operating system refused (permission, too many open files, I/O error).
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/error.h"

namespace seatrial {

// A file to read, and where the user asked for it.
struct InputRequest {
  std::string file;  // `-`: standard input
  Place place;       // of the file's name in the scenario; may be empty
  std::string path;  // of the key, as in "workload[0].trace.file"; may be empty
};

class InputFile {
 public:
  explicit InputFile(InputRequest request);
  ~InputFile();
  InputFile(InputFile&& other) noexcept;
  InputFile& operator=(InputFile&&) = delete;

  // Fills up to out.size() bytes (at least 1); 0 = end of the content.
  [[nodiscard]] std::size_t read(std::span<char> out);
  // The next bytes without taking them: at least one unless the content has ended.
  [[nodiscard]] std::string_view peek();
  // The name for messages: the path as the user gave it, or "<stdin>".
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  struct Inflater;

  [[noreturn]] void refuse(std::string what) const;
  [[noreturn]] void damaged(std::string_view what) const;
  void open_regular_file();
  std::size_t read_raw(std::span<char> out);
  std::size_t read_content(std::span<char> out);
  std::size_t inflate_into(std::span<char> out);
  bool refill_compressed();
  void end_of_member();

  InputRequest request_;
  std::string name_;
  int descriptor_ = -1;
  bool owned_ = false;
  std::vector<char> ahead_;  // content already read by peek()
  std::size_t ahead_taken_ = 0;
  std::vector<char> compressed_;  // raw bytes in front of the inflater; also the first bytes of a plain file
  std::size_t raw_begin_ = 0;
  std::size_t raw_end_ = 0;
  std::unique_ptr<Inflater> inflater_;  // none: plain content
};

}  // namespace seatrial
