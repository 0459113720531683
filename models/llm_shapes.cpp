// See llm_shapes.h. Sizes are those of the models' public config.json files, parameters those of their model cards.
#include "models/llm_shapes.h"

#include <array>
#include <cstddef>
#include <string>

namespace seatrial {
namespace {

constexpr std::array<LlmShape, 17> kShapes{{
    {"bloom176b", 14336, 70, 112, 112, 57344, 250880, false, 176.2e9},
    {"codellama34b", 8192, 48, 64, 8, 22016, 32000, true, 33.7e9},
    {"internlm20b", 5120, 60, 40, 40, 13824, 103168, true, 20.1e9},
    {"internlm220b", 6144, 48, 48, 8, 16384, 92544, true, 19.9e9},
    {"llama27b", 4096, 32, 32, 32, 11008, 32000, true, 6.74e9},
    {"llama213b", 5120, 40, 40, 40, 13824, 32000, true, 13.0e9},
    {"llama270b", 8192, 80, 64, 8, 28672, 32000, true, 69.0e9},
    {"llama38b", 4096, 32, 32, 8, 14336, 128256, true, 8.03e9},
    {"llama370b", 8192, 80, 64, 8, 28672, 128256, true, 70.6e9},
    {"llama318b", 4096, 32, 32, 8, 14336, 128256, true, 8.03e9},
    {"llama3170b", 8192, 80, 64, 8, 28672, 128256, true, 70.6e9},
    {"mistral7b", 4096, 32, 32, 8, 14336, 32000, true, 7.24e9},
    {"phi2", 2560, 32, 32, 32, 10240, 51200, false, 2.78e9},
    {"qwen72b", 8192, 80, 64, 64, 24576, 152064, true, 72.3e9},
    {"qwen272b", 8192, 80, 64, 8, 29568, 152064, true, 72.7e9},
    {"qwen2572b", 8192, 80, 64, 8, 29568, 152064, true, 72.7e9},
    {"qwen332b", 5120, 64, 64, 8, 25600, 151936, true, 32.8e9},
}};

}  // namespace

const LlmShape* find_llm_shape(std::string_view name) {
  const std::size_t slash = name.rfind('/');
  if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
  std::string plain;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') plain += static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) plain += c;
  }
  if (plain.rfind("meta", 0) == 0) plain.erase(0, 4);
  const LlmShape* best = nullptr;
  std::size_t longest = 0;
  for (const LlmShape& shape : kShapes) {
    const std::string_view known(shape.name);
    if (plain.rfind(known, 0) != 0 || known.size() <= longest) continue;
    best = &shape;
    longest = known.size();
  }
  return best;
}

}  // namespace seatrial
