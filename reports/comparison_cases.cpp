// Comparisons of several cases in one document, and the part of each; see comparison.h.
#include <algorithm>
#include <iterator>

#include "reports/comparison.h"

namespace seatrial {

void append_case(Comparison& whole, CaseComparison head, Comparison part) {
  if (whole.alternatives.empty()) {
    whole.replications = part.replications;
    whole.baseline = part.baseline;
    whole.headline = part.headline;
  }
  for (Alternative& alternative : part.alternatives) alternative.case_name = head.name;
  std::move(part.alternatives.begin(), part.alternatives.end(), std::back_inserter(whole.alternatives));
  whole.cases.push_back(std::move(head));
}

Comparison case_part(const Comparison& whole, std::size_t index) {
  const std::size_t each = whole.alternatives.size() / whole.cases.size();
  Comparison part;
  part.replications = whole.replications;
  part.baseline = whole.baseline;
  part.headline = whole.headline;
  part.verdict = whole.cases[index].verdict;
  const auto begin = whole.alternatives.begin() + static_cast<std::ptrdiff_t>(index * each);
  part.alternatives.assign(begin, begin + static_cast<std::ptrdiff_t>(each));
  return part;
}

std::string name_in_case(const Alternative& alternative) {
  if (alternative.case_name.empty()) return alternative.name;
  return alternative.name + " (" + alternative.case_name + ')';
}

}  // namespace seatrial
