// Duplicate search; see name_set.h.
#include "traces/name_set.h"

#include <charconv>
#include <functional>

namespace seatrial {
namespace {

// The number that a name is the shortest decimal form of.
bool canonical_number(std::string_view name, std::uint64_t& number) {
  if (name.empty() || name.size() > 18 || (name.front() == '0' && name.size() > 1)) return false;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  return error == std::errc() && end == name.data() + name.size();
}

}  // namespace

bool NameSet::insert(std::string_view name) {
  if (!ascending_) return insert_hashed(name);
  std::uint64_t number = 0;
  if (canonical_number(name, number) && (numbers_.empty() || number > numbers_.back())) {
    numbers_.push_back(number);
    return true;
  }
  leave_ascending();
  return insert_hashed(name);
}

void NameSet::leave_ascending() {
  ascending_ = false;
  for (const std::uint64_t number : numbers_) insert_hashed(std::to_string(number));
  numbers_ = {};
}

std::string_view NameSet::name(std::uint64_t index) const {
  const std::uint64_t begin = index == 0 ? 0 : ends_[index - 1];
  return std::string_view(text_).substr(begin, ends_[index] - begin);
}

void NameSet::grow() {
  slots_.assign(slots_.empty() ? 1024 : slots_.size() * 2, 0);
  for (std::uint32_t index = 0; index < ends_.size(); ++index) {
    std::size_t slot = std::hash<std::string_view>{}(name(index)) & (slots_.size() - 1);
    while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = index + 1;
  }
}

bool NameSet::insert_hashed(std::string_view fresh) {
  if (ends_.size() * 2 >= slots_.size()) grow();
  std::size_t slot = std::hash<std::string_view>{}(fresh) & (slots_.size() - 1);
  while (slots_[slot] != 0) {
    if (name(slots_[slot] - 1) == fresh) return false;
    slot = (slot + 1) & (slots_.size() - 1);
  }
  text_ += fresh;
  ends_.push_back(text_.size());
  slots_[slot] = static_cast<std::uint32_t>(ends_.size());
  return true;
}

}  // namespace seatrial
