// Sizes of published transformer models, for cost models that know operations from shapes.
#pragma once

#include <string_view>

namespace seatrial {

struct LlmShape {
  const char* name;  // letters and digits of it in lower case, without maker and suffixes
  double hidden;
  double layers;
  double heads;
  double kv_heads;
  double feed_forward;
  double vocabulary;
  bool gated;         // two up projections (SwiGLU)
  double parameters;  // all of them
  [[nodiscard]] double head() const { return hidden / heads; }
  // Keys and values of one token in 16-bit numbers.
  [[nodiscard]] double kv_bytes_per_token() const { return 2 * layers * kv_heads * head() * 2; }
};

// By any usual way to write the name: "meta-llama/Llama-2-70b-hf", "llama2-70b". nullptr where it is unknown.
[[nodiscard]] const LlmShape* find_llm_shape(std::string_view name);

}  // namespace seatrial
