// SHA-256 (FIPS 180-4), for the content security policy of pages: a browser runs only the script whose hash stands
// there. Not fast, and not used for anything secret.
#pragma once

#include <string>
#include <string_view>

namespace seatrial {

// In base64, as in 'sha256-...'.
[[nodiscard]] std::string sha256_base64(std::string_view text);

}  // namespace seatrial
