// Typed access to the input of a conformance case. Vector files come from outside: whatever they hold, a kind gets a
// value in its range or throws MalformedCase, which fails that case alone.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace seatrial::conformance {

using Json = nlohmann::json;

class MalformedCase : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The value of a key of an object.
[[nodiscard]] const Json& member(const Json& object, const char* key);
// The same, or nullptr where the key is absent or null.
[[nodiscard]] const Json* optional_member(const Json& object, const char* key);

// A whole number in [low, high]; 3.0 is none.
[[nodiscard]] std::int64_t integer(const Json& value, std::int64_t low, std::int64_t high);
[[nodiscard]] std::int64_t integer(const Json& object, const char* key, std::int64_t low, std::int64_t high);
// Any finite number in [low, high].
[[nodiscard]] double number(const Json& value, double low, double high);
[[nodiscard]] double number(const Json& object, const char* key, double low, double high);
[[nodiscard]] bool boolean(const Json& object, const char* key);
// At most 1,000 bytes.
[[nodiscard]] std::string text(const Json& value);
[[nodiscard]] std::string text(const Json& object, const char* key);
// A list of at most `limit` entries.
[[nodiscard]] const Json& list(const Json& object, const char* key, std::size_t limit);
// An object with at most `limit` keys.
[[nodiscard]] const Json& object_of(const Json& object, const char* key, std::size_t limit);
// The index of a text among these names.
[[nodiscard]] std::size_t one_of(const Json& object, const char* key, const std::vector<std::string>& names);

}  // namespace seatrial::conformance
