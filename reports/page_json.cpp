// The few values of a document that stand in a page's frame, and the check of its schema; see page.h.
#include <nlohmann/json.hpp>

#include "reports/page.h"
#include "sim/error.h"
#include "sim/text.h"

namespace seatrial {

PageHead read_page_head(std::string_view document, std::string_view schema, const std::string& file) {
  const auto json = nlohmann::json::parse(document, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded() || !json.is_object()) throw InputError({file, 0, 0}, "", "this is not a JSON document");
  const auto text = [&](const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  if (text("schema") != schema) {
    throw InputError({file, 0, 0}, "schema", "unknown schema \"" + seatrial::quoted(text("schema")) + "\"",
                     "this program reads " + std::string(schema) + "; run the scenario again");
  }
  return {text("scenario"), text("verdict")};
}

}  // namespace seatrial
