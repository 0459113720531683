// Duplicate search; see name_set.h.
#include "traces/name_set.h"

#include <charconv>
#include <functional>
#include <utility>

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
  const std::vector<std::uint64_t> old = std::move(slots_);
  slots_.assign(old.empty() ? 1024 : old.size() * 2, 0);
  for (const std::uint64_t entry : old) {
    if (entry == 0) continue;
    std::size_t slot = (entry >> 32U) & (slots_.size() - 1);
    while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = entry;
  }
}

bool NameSet::insert_hashed(std::string_view fresh) {
  if (ends_.size() * 2 >= slots_.size()) grow();
  const std::uint64_t hash = std::hash<std::string_view>{}(fresh) >> 32U;
  std::size_t slot = hash & (slots_.size() - 1);
  while (slots_[slot] != 0) {
    const std::uint64_t entry = slots_[slot];
    if (entry >> 32U == hash && name((entry & 0xffffffffU) - 1) == fresh) return false;
    slot = (slot + 1) & (slots_.size() - 1);
  }
  text_ += fresh;
  ends_.push_back(text_.size());
  slots_[slot] = hash << 32U | ends_.size();
  return true;
}

std::string unique_name(const std::string& name, NameSet& names) {
  std::string unique = name;
  for (int copy = 2; !names.insert(unique); ++copy) unique = name + '#' + std::to_string(copy);
  return unique;
}

}  // namespace seatrial
