// The GPU catalogue out of models/data/gpus.json, which the build embeds as text; parsed on first use, so that runs
// without a GPU model never pay for it. The file is ours: what it lacks or misspells is a bug, hence CHECKs.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "models/gpu_catalog.h"
#include "sim/check.h"

namespace seatrial {

extern const std::string_view kGpuCatalogText;  // generated, see cmake/embed.cmake

namespace {

using Json = nlohmann::json;

const Json& member(const Json& object, const char* key) {
  CHECK(object.is_object());
  const auto found = object.find(key);
  CHECK(found != object.end());
  return *found;
}

std::string text(const Json& object, const char* key) {
  const Json& value = member(object, key);
  CHECK(value.is_string());
  return value.get<std::string>();
}

std::optional<double> number(const Json& object, const char* key) {
  const Json& value = member(object, key);
  if (value.is_null()) return std::nullopt;
  CHECK(value.is_number());
  CHECK(value.get<double>() > 0);
  return value.get<double>();
}

void set_first_price(const Json& prices, GpuModel& model) {
  CHECK(prices.is_array());
  if (prices.empty()) return;
  const Json& price = prices.front();
  const Json& verified = member(price, "verified");
  CHECK(verified.is_boolean());
  model.price_usd_per_gpu_hour = number(price, "usd");
  model.price_source = text(price, "provider") + " " + text(price, "instance") + " " + text(price, "region") + ", " +
                       text(price, "as_of") + (verified.get<bool>() ? ", verified" : ", not verified");
}

std::string joined_sources(const Json& keys, const Json& known) {
  CHECK(keys.is_array());
  std::string result;
  for (const Json& key : keys) {
    CHECK(key.is_string());
    CHECK(known.contains(key.get<std::string>()));
    if (!result.empty()) result += ' ';
    result += key.get<std::string>();
  }
  return result;
}

GpuModel parse_model(const Json& entry, const Json& known_sources) {
  GpuModel model;
  model.id = text(entry, "id");
  model.name = text(entry, "name");
  model.vendor = text(entry, "vendor");
  model.arch = text(entry, "arch");
  const Json& year = member(entry, "year");
  CHECK(year.is_number_integer());
  model.year = year.get<int>();
  model.memory_gb = number(entry, "memory_gb");
  model.memory_bw_gbs = number(entry, "memory_bw_gbs");
  model.bf16_tflops = number(member(entry, "peak_dense_tflops"), "bf16");
  model.tdp_w = number(entry, "tdp_w");
  model.idle_w = number(entry, "idle_w");
  set_first_price(member(entry, "prices_usd_per_gpu_hour"), model);
  model.sources = joined_sources(member(entry, "sources"), known_sources);
  return model;
}

std::vector<GpuModel> parse_catalog(std::string_view document) {
  const Json root = Json::parse(document, nullptr, false);
  CHECK(!root.is_discarded());
  CHECK(text(root, "schema") == "seatrial.gpu_catalog/1");
  const Json& sources = member(root, "sources");
  CHECK(sources.is_object());
  const Json& entries = member(root, "gpus");
  CHECK(entries.is_array());
  std::vector<GpuModel> models;
  models.reserve(entries.size());
  for (const Json& entry : entries) models.push_back(parse_model(entry, sources));
  return models;
}

}  // namespace

const std::vector<GpuModel>& gpu_catalog() {
  static const std::vector<GpuModel> catalog = parse_catalog(kGpuCatalogText);
  return catalog;
}

const GpuModel* find_gpu_model(std::string_view id) {
  const std::vector<GpuModel>& models = gpu_catalog();
  const auto found = std::find_if(models.begin(), models.end(), [id](const GpuModel& model) { return model.id == id; });
  return found == models.end() ? nullptr : &*found;
}

}  // namespace seatrial
