// The section `tenants`: what teams are worth against each other.
#include <algorithm>

#include "scenarios/load_sections.h"

namespace seatrial {

void load_tenants(const Value& value, std::vector<TenantSpec>& tenants) {
  for (const Value& entry : value.list()) {
    Section section(entry);
    TenantSpec tenant;
    if (const auto name = section.require("name", "the tenant as the jobs name it")) {
      tenant.name = name->text().value_or("");
      if (std::any_of(tenants.begin(), tenants.end(), [&](const TenantSpec& t) { return t.name == tenant.name; })) {
        name->problem("the tenant " + in_quotes(tenant.name) + " is there already", "one entry for each tenant");
      }
    }
    section.read_number("weight", {0, 1e9, true}, tenant.weight);
    section.finish();
    tenants.push_back(std::move(tenant));
  }
}

}  // namespace seatrial
