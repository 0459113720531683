// See json_input.h.
#include "traces/json_input.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace seatrial {

Place place_of_byte(const std::string& text, std::size_t byte, const std::string& file) {
  const std::size_t end = std::min(byte, text.size());
  const auto line = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), '\n') + 1;
  const std::size_t before = end == 0 ? std::string::npos : text.rfind('\n', end - 1);
  const std::size_t column = before == std::string::npos ? end + 1 : end - before;
  return {file, static_cast<std::uint32_t>(line), static_cast<std::uint32_t>(column)};
}

nlohmann::json parse_json(const std::string& text, const std::string& file) {
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    throw InputError(place_of_byte(text, error.byte == 0 ? 0 : error.byte - 1, file), "", "this is no JSON");
  } catch (const nlohmann::json::exception& error) {  // a number beyond double
    throw InputError({file}, "", "this JSON cannot be read", seatrial::quoted(error.what(), 120));
  }
}

}  // namespace seatrial
