// Interned text: each distinct string once, named by a dense TextId. Id 0 is always the empty string.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "models/ids.h"

namespace seatrial {

class StringTable {
 public:
  StringTable() { intern(""); }
  StringTable(const StringTable& other) { *this = other; }
  StringTable& operator=(const StringTable& other);
  StringTable(StringTable&&) = default;
  StringTable& operator=(StringTable&&) = default;

  TextId intern(std::string_view text);
  // The id of a text, or an invalid id where it was never interned.
  [[nodiscard]] TextId find(std::string_view text) const;
  [[nodiscard]] const std::string& text(TextId id) const { return texts_[id.index]; }
  [[nodiscard]] std::size_t size() const { return texts_.size(); }

 private:
  std::deque<std::string> texts_;  // stable addresses: the map's keys point into it
  std::unordered_map<std::string_view, TextId> ids_;
};

}  // namespace seatrial
