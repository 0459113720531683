// Kueue's searches for victims as they read in Kueue: every candidate is collected and sorted before the first one
// goes. Slow, and the truth that the searches of the admission cycle (policies/kueue_victims.h) are compared with.
#pragma once

#include <vector>

#include "policies/kueue_preemption.h"

namespace seatrial {

[[nodiscard]] std::vector<Victim> plain_classical_victims(const QuotaView& view, const QuotaRequest& request);
[[nodiscard]] std::vector<Victim> plain_fair_victims(const QuotaView& view, const QuotaRequest& request,
                                                     const std::vector<FairStrategy>& strategies);

}  // namespace seatrial
