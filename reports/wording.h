// Numbers and verdicts as people read them. Shared by the summary text and the HTML report, so that both say the same.
#pragma once

#include <optional>
#include <string>

#include "reports/summary.h"

namespace seatrial {

// "12 min 30 s", or "not known".
[[nodiscard]] std::string duration_words(const std::optional<double>& seconds);
// "71.3 %", or "not known".
[[nodiscard]] std::string percent_words(const std::optional<double>& ratio);
// 1234567 -> "1,234,567".
[[nodiscard]] std::string grouped(std::uint64_t value);
// About three digits: "0.123", "12.3", "1,230", "4.56 million".
[[nodiscard]] std::string short_number(double value);
// "USD 1,234", or "not known".
[[nodiscard]] std::string usd_words(const std::optional<double>& usd);

// One sentence: whether the goals are met and which is missed, or, without goals, how long jobs waited.
[[nodiscard]] std::string verdict(const Summary& summary);
// The same for the top of a page, at most 25 words: the worst missed goal, or the main finding in figures.
[[nodiscard]] std::string headline(const Summary& summary);
// "fifo, strict, ..." as "order fifo, admission strict, ...".
[[nodiscard]] std::string axes_line(const Summary& summary);

}  // namespace seatrial
