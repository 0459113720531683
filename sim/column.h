// Tables as columns: a vector that only the Id of its kind of row (sim/id.h) may index.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace seatrial {

// A vector that only Id<Tag> may index.
template <class IdType, class T>
class Column {
 public:
  using Values = std::vector<T>;

  Column() = default;
  explicit Column(std::size_t rows, T value = T{}) : values_(rows, value) {}

  T& operator[](IdType id) { return values_[id.index]; }
  const T& operator[](IdType id) const { return values_[id.index]; }
  [[nodiscard]] std::size_t size() const { return values_.size(); }
  [[nodiscard]] bool empty() const { return values_.empty(); }
  void push_back(T value) { values_.push_back(std::move(value)); }
  void assign(std::size_t rows, T value) { values_.assign(rows, value); }
  void reserve(std::size_t rows) { values_.reserve(rows); }
  [[nodiscard]] const Values& raw() const { return values_; }
  [[nodiscard]] Values& raw() { return values_; }
  auto begin() const { return values_.begin(); }
  auto end() const { return values_.end(); }

 private:
  Values values_;
};

}  // namespace seatrial
