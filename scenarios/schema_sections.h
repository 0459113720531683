// One function per section of a scenario: the JSON Schema of what that section may hold; see schema.h.
#pragma once

#include <nlohmann/json.hpp>

namespace seatrial::schema {

[[nodiscard]] nlohmann::ordered_json cluster();
[[nodiscard]] nlohmann::ordered_json workload();
[[nodiscard]] nlohmann::ordered_json scheduler();
[[nodiscard]] nlohmann::ordered_json tenants();
[[nodiscard]] nlohmann::ordered_json quotas();

}  // namespace seatrial::schema
