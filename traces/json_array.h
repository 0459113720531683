// The objects of one top-level JSON array, one text at a time, so that a log of any length is read in bounded memory.
// Limits: 16 MiB per object, 64 levels of nesting. Everything that is not such an array is an InputError: after a
// mistake in the structure there is no telling where the next object begins.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "traces/input_file.h"

namespace seatrial {

class JsonArray {
 public:
  explicit JsonArray(InputFile input);

  // The text of the next object; false behind the last one.
  [[nodiscard]] bool next(std::string& object);
  // Place of a byte of the object that next() gave.
  [[nodiscard]] Place place(const std::string& object, std::size_t offset) const;

 private:
  static constexpr int kEnd = -1;

  int get();
  int get_after_blanks();
  void take_object(std::string& object);
  [[noreturn]] void refuse(std::string what) const;

  InputFile input_;
  std::vector<char> buffer_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
  std::uint32_t line_ = 1;
  std::uint32_t column_ = 0;  // of the byte that get() gave last
  Place object_place_;
  bool begun_ = false;
  bool ended_ = false;
};

}  // namespace seatrial
