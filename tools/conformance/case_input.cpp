// Typed access to the input of a conformance case; see case_input.h.
#include "tools/conformance/case_input.h"

namespace seatrial::conformance {
namespace {

[[noreturn]] void malformed(const char* key, const std::string& expected) {
  throw MalformedCase(std::string("input.") + key + ": expected " + expected);
}

std::int64_t checked(const Json& value, const char* key, std::int64_t low, std::int64_t high) {
  const bool too_large =
      value.is_number_unsigned() &&
      value.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (value.is_number_integer() && !too_large) {
    const auto number = value.get<std::int64_t>();
    if (number >= low && number <= high) return number;
  }
  malformed(key, "an integer from " + std::to_string(low) + " to " + std::to_string(high));
}

double checked_number(const Json& value, const char* key, double low, double high) {
  if (value.is_number()) {
    const auto number = value.get<double>();
    if (number >= low && number <= high) return number;
  }
  malformed(key, "a number from " + std::to_string(low) + " to " + std::to_string(high));
}

std::string checked_text(const Json& value, const char* key) {
  constexpr std::size_t kLongest = 1000;
  if (!value.is_string() || value.get_ref<const std::string&>().size() > kLongest) malformed(key, "a short text");
  return value.get<std::string>();
}

}  // namespace

const Json& member(const Json& object, const char* key) {
  const Json* found = optional_member(object, key);
  if (found == nullptr) malformed(key, "a value");
  return *found;
}

const Json* optional_member(const Json& object, const char* key) {
  if (!object.is_object()) throw MalformedCase("expected an object");
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::int64_t integer(const Json& value, std::int64_t low, std::int64_t high) {
  return checked(value, "(entry)", low, high);
}

std::int64_t integer(const Json& object, const char* key, std::int64_t low, std::int64_t high) {
  return checked(member(object, key), key, low, high);
}

double number(const Json& value, double low, double high) { return checked_number(value, "(entry)", low, high); }

double number(const Json& object, const char* key, double low, double high) {
  return checked_number(member(object, key), key, low, high);
}

bool boolean(const Json& object, const char* key) {
  const Json& value = member(object, key);
  if (!value.is_boolean()) malformed(key, "true or false");
  return value.get<bool>();
}

std::string text(const Json& value) { return checked_text(value, "(entry)"); }

std::string text(const Json& object, const char* key) { return checked_text(member(object, key), key); }

const Json& list(const Json& object, const char* key, std::size_t limit) {
  const Json& value = member(object, key);
  if (!value.is_array() || value.size() > limit) malformed(key, "a list of at most " + std::to_string(limit));
  return value;
}

const Json& object_of(const Json& object, const char* key, std::size_t limit) {
  const Json& value = member(object, key);
  if (!value.is_object() || value.size() > limit) malformed(key, "an object of at most " + std::to_string(limit));
  return value;
}

std::size_t one_of(const Json& object, const char* key, const std::vector<std::string>& names) {
  const std::string given = text(object, key);
  std::string known;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == given) return i;
    known += (i == 0 ? "" : ", ") + names[i];
  }
  malformed(key, "one of " + known);
}

}  // namespace seatrial::conformance
