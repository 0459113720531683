// JSON files that are read whole: parsing with the place of what is wrong. Used by the readers of measurements.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "sim/error.h"

namespace seatrial {

// Throws InputError with line and column.
[[nodiscard]] nlohmann::json parse_json(const std::string& text, const std::string& file);
// Line and column of a byte of a text, both from 1.
[[nodiscard]] Place place_of_byte(const std::string& text, std::size_t byte, const std::string& file);

}  // namespace seatrial
