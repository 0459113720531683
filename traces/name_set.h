// Which job names have been seen: finds duplicates among millions of names. Ascending whole numbers, the usual case,
// cost one comparison each; the hash table is built when the first other name comes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace seatrial {

class NameSet {
 public:
  // False if the name was there already.
  bool insert(std::string_view name);

 private:
  bool insert_hashed(std::string_view name);
  void leave_ascending();
  void grow();
  [[nodiscard]] std::string_view name(std::uint64_t index) const;

  bool ascending_ = true;  // all names so far are ascending numbers, kept in numbers_
  std::vector<std::uint64_t> numbers_;
  std::string text_;                 // of the hashed names, one after the other
  std::vector<std::uint64_t> ends_;  // of each name in text_
  // Open addressing, a power of two: upper half of a name's hash in the upper 32 bits, its index + 1 below; 0 = free.
  std::vector<std::uint64_t> slots_;
};

// The name, or the name with `#2`, `#3`, ... behind it where it is taken (Slurm requeues repeat theirs); puts it in.
[[nodiscard]] std::string unique_name(const std::string& name, NameSet& names);

}  // namespace seatrial
