// Interning of names; see string_table.h.
#include "models/string_table.h"

namespace seatrial {

StringTable& StringTable::operator=(const StringTable& other) {
  if (this == &other) return *this;
  texts_.clear();
  ids_.clear();
  for (const std::string& text : other.texts_) intern(text);
  return *this;
}

TextId StringTable::intern(std::string_view text) {
  if (text.empty() && !texts_.empty()) return TextId{0};
  const auto found = ids_.find(text);
  if (found != ids_.end()) return found->second;
  const TextId id{static_cast<std::uint32_t>(texts_.size())};
  texts_.emplace_back(text);
  ids_.emplace(std::string_view(texts_.back()), id);
  return id;
}

TextId StringTable::find(std::string_view text) const {
  const auto found = ids_.find(text);
  return found == ids_.end() ? TextId{} : found->second;
}

}  // namespace seatrial
