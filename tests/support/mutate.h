// One random change of a text: bytes, fields, lines, splices, and text that has broken readers before. For seeded
// mutation tests of everything that reads input.
#pragma once

#include <string>

#include "sim/random.h"

namespace seatrial {

void mutate(std::string& text, Random& random);

}  // namespace seatrial
