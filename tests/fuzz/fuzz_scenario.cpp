// Coverage-guided fuzzing of the scenario loader (clang's libFuzzer). The first line may begin with `--set `: then it
// is an override of the text below it. Anything but InputError and SystemError is a finding.
#include <cstddef>
#include <cstdint>
#include <string>

#include "scenarios/load.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  seatrial::LoadOptions options;
  options.check_files = false;
  constexpr std::string_view kOverride = "--set ";
  if (text.compare(0, kOverride.size(), kOverride) == 0) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    options.overrides.push_back(text.substr(kOverride.size(), end - kOverride.size()));
    text.erase(0, end);
  }
  try {
    (void)seatrial::load_scenario_text(text, "s.yaml", options);
  } catch (const seatrial::InputError&) {
  } catch (const seatrial::SystemError&) {
  }
  return 0;
}
