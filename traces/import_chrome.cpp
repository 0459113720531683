// Chrome and Kineto traces, event by event, so that long ones need no more memory than their kernels; see
// import_measurements.h.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/error.h"
#include "traces/import_measurements.h"
#include "traces/json_input.h"
#include "traces/run_profile.h"

namespace seatrial {
namespace {

using Json = nlohmann::json;

struct TraceEvent {
  std::string phase = "X";
  std::string category;
  std::string name;
  double start_us = 0;
  double length_us = 0;
  double bytes = 0;
};

void take(const TraceEvent& event, GpuActivity& activity) {
  if (event.phase != "X") return;
  const double end_us = event.start_us + std::max(0.0, event.length_us);
  if (!std::isfinite(event.start_us) || !std::isfinite(end_us)) return;
  if (event.category == "kernel") {
    activity.add_kernel(event.name, event.start_us, end_us);
  } else if (event.category == "gpu_memcpy") {
    activity.add_copy(event.name, event.bytes, event.start_us, end_us);
  } else if (event.category == "gpu_memset") {
    activity.add_busy(event.start_us, end_us);
  } else if (event.name.rfind("ProfilerStep#", 0) == 0 && event.category != "gpu_user_annotation") {
    activity.add_step(event.start_us);
  }
}

// Follows the structure down to the events' own values and those of their `args`.
class EventReader final : public nlohmann::json_sax<Json> {
 public:
  explicit EventReader(GpuActivity& activity) : activity_(activity) {}

  bool null() override { return true; }
  bool boolean(bool /*value*/) override { return true; }
  bool number_integer(number_integer_t value) override { return number(static_cast<double>(value)); }
  bool number_unsigned(number_unsigned_t value) override { return number(static_cast<double>(value)); }
  bool number_float(number_float_t value, const string_t& /*text*/) override { return number(value); }
  bool binary(binary_t& /*value*/) override { return true; }
  bool string(string_t& value) override {
    if (!in_event()) return true;
    if (key_ == "ph") event_.phase = value;
    if (key_ == "cat") event_.category = value;
    if (key_ == "name") event_.name = value;
    return true;
  }
  bool key(string_t& value) override {
    key_ = value;
    return true;
  }
  bool start_object(std::size_t /*elements*/) override {
    ++depth_;
    if (events_depth_ > 0 && depth_ == events_depth_ + 1) event_ = TraceEvent();
    if (in_args()) in_args_ = key_ == "args";
    return true;
  }
  bool end_object() override {
    if (in_event()) take(event_, activity_);
    --depth_;
    return true;
  }
  bool start_array(std::size_t /*elements*/) override {
    ++depth_;
    const bool events = depth_ == 1 || (depth_ == 2 && key_ == "traceEvents");
    if (events && events_depth_ == 0) {
      events_depth_ = depth_;
      found_ = true;
    }
    return true;
  }
  bool end_array() override {
    if (depth_ == events_depth_) events_depth_ = 0;
    --depth_;
    return true;
  }
  bool parse_error(std::size_t byte, const std::string& /*token*/, const Json::exception& /*error*/) override {
    error_byte_ = byte;
    return false;
  }

  [[nodiscard]] bool found() const { return found_; }
  [[nodiscard]] std::size_t error_byte() const { return error_byte_; }

 private:
  [[nodiscard]] bool in_event() const { return events_depth_ > 0 && depth_ == events_depth_ + 1; }
  [[nodiscard]] bool in_args() const { return events_depth_ > 0 && depth_ == events_depth_ + 2; }

  bool number(double value) {
    if (in_event() && key_ == "ts") event_.start_us = value;
    if (in_event() && key_ == "dur") event_.length_us = value;
    if (in_args() && in_args_ && key_ == "bytes") event_.bytes = std::max(0.0, value);
    return true;
  }

  GpuActivity& activity_;
  TraceEvent event_;
  std::string key_;
  std::size_t depth_ = 0;
  std::size_t events_depth_ = 0;  // of the list of events; 0: not inside it
  std::size_t error_byte_ = 0;
  bool in_args_ = false;
  bool found_ = false;
};

}  // namespace

std::string import_chrome_trace(const std::string& text, const std::string& file, const std::string& name) {
  GpuActivity activity;
  EventReader reader(activity);
  if (!Json::sax_parse(text, &reader)) {
    const std::size_t byte = reader.error_byte();
    throw InputError(place_of_byte(text, byte == 0 ? 0 : byte - 1, file), "", "this is no JSON",
                     "was the trace written to its end?");
  }
  if (!reader.found()) throw InputError({file}, "", "no traceEvents", "expected a Chrome or Kineto trace");
  if (activity.empty())
    throw InputError({file}, "traceEvents", "no events of category kernel", "was the GPU profiled?");
  return profiles_text({profile_of(activity, name, "chrome-trace")});
}

}  // namespace seatrial
