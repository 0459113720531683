// Cutting an array into its objects; see json_array.h.
#include "traces/json_array.h"

#include <utility>

namespace seatrial {
namespace {

constexpr std::size_t kMaxObjectBytes = std::size_t{16} << 20U;
constexpr int kMaxDepth = 64;

}  // namespace

JsonArray::JsonArray(InputFile input) : input_(std::move(input)), buffer_(64 * 1024) {}

void JsonArray::refuse(std::string what) const {
  throw InputError(Place{input_.name(), line_, column_}, "", std::move(what));
}

int JsonArray::get() {
  if (at_ == end_) {
    at_ = 0;
    end_ = input_.read(buffer_);
    if (end_ == 0) return kEnd;
  }
  const char c = buffer_[at_++];
  ++column_;
  if (c == '\n') ++line_, column_ = 0;
  return static_cast<unsigned char>(c);
}

int JsonArray::get_after_blanks() {
  int c = get();
  while (c == ' ' || c == '\t' || c == '\n' || c == '\r') c = get();
  return c;
}

bool JsonArray::next(std::string& object) {
  if (ended_) return false;
  int c = get_after_blanks();
  if (!begun_) {
    if (c == 0xef && get() == 0xbb && get() == 0xbf) c = get_after_blanks();
    if (c != '[') refuse("the file must be a JSON array of jobs");
    begun_ = true;
    c = get_after_blanks();
    if (c == ']') ended_ = true;
  } else if (c == ',') {
    c = get_after_blanks();
  } else if (c == ']') {
    ended_ = true;
  } else {
    refuse(c == kEnd ? "the file ends inside the array" : "`,` or `]` must follow an object");
  }
  if (ended_) {
    if (get_after_blanks() != kEnd) refuse("text after the array");
    return false;
  }
  if (c != '{') refuse(c == kEnd ? "the file ends inside the array" : "each element of the array must be an object");
  object_place_ = {input_.name(), line_, column_};
  take_object(object);
  return true;
}

void JsonArray::take_object(std::string& object) {
  object.assign(1, '{');
  bool in_string = false;
  for (int depth = 1; depth > 0;) {
    const int c = get();
    if (c == kEnd) refuse("the file ends inside an object");
    if (c == 0) refuse("NUL byte");
    if (object.size() >= kMaxObjectBytes) refuse("the object is longer than 16 MiB");
    object += static_cast<char>(c);
    if (in_string && c == '\\') {
      const int escaped = get();
      if (escaped > 0) object += static_cast<char>(escaped);
    } else if (c == '"') {
      in_string = !in_string;
    } else if (!in_string && (c == '{' || c == '[')) {
      if (++depth > kMaxDepth) refuse("more than 64 levels of nesting");
    } else if (!in_string && (c == '}' || c == ']')) {
      --depth;
    }
  }
}

Place JsonArray::place(const std::string& object, std::size_t offset) const {
  Place place = object_place_;
  for (std::size_t i = 0; i < offset && i < object.size(); ++i) {
    ++place.column;
    if (object[i] == '\n') ++place.line, place.column = 1;
  }
  return place;
}

}  // namespace seatrial
