// See trace_events.h.
#include "tests/support/trace_events.h"

#include <zlib.h>

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>

namespace seatrial {
namespace {

using Json = nlohmann::json;
using Track = std::pair<std::int64_t, std::int64_t>;  // pid, tid

struct Slice {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::string state;
  std::size_t position = 0;  // in the file
  bool operator<(const Slice& other) const { return std::pair(begin, end) < std::pair(other.begin, other.end); }
};

Track track_of(const Json& event) { return {event.at("pid"), event.at("tid")}; }

class Checker {
 public:
  TraceEventCounts check(const Json& trace) {
    expect(trace.at("displayTimeUnit") == "ms", "unit of time");
    for (const Json& event : trace.at("traceEvents")) {
      check_form(event);
      take(event);
      ++position_;
    }
    for (const auto& [name, pid] : counters_) expect(processes_.contains(pid), "a counter without a process: " + name);
    for (auto& [track, list] : slices_) check_track(track, list);
    for (const auto& [id, ends] : arrows_) {
      const bool paired = ends.size() == 2;
      expect(paired, "arrow " + std::to_string(id) + " has one end");
      if (paired) check_arrow(ends.at("s"), ends.at("f"));
    }
    counts_.arrows = arrows_.size();
    counts_.tracks = slices_.size();
    return counts_;
  }

 private:
  void expect(bool holds, const std::string& what) {
    if (!holds) counts_.problems.push_back(what);
  }

  // The members that a reader needs, of the types and sizes that it can hold.
  void check_form(const Json& event) {
    static const std::map<std::string, std::set<std::string>> kMembers{
        {"M", {"pid", "name", "args"}},
        {"X", {"pid", "tid", "name", "cat", "ts", "dur", "args"}},
        {"C", {"pid", "name", "ts", "args"}},
        {"s", {"pid", "tid", "name", "cat", "id", "ts"}},
        {"f", {"pid", "tid", "name", "cat", "id", "ts", "bp"}},
    };
    const auto members = kMembers.find(event.at("ph").get<std::string>());
    expect(members != kMembers.end(), "a phase that nobody asked for: " + event.dump());
    if (members == kMembers.end()) return;
    for (const std::string& member : members->second) {
      expect(event.contains(member), "no " + member + ": " + event.dump());
    }
    for (const char* number : {"pid", "tid", "ts", "dur", "id"}) {
      if (!event.contains(number)) continue;
      constexpr std::int64_t kExact = std::int64_t{1} << 53;  // beyond, doubles of JavaScript skip numbers
      const bool whole = event[number].is_number_integer() && event[number] >= 0 && event[number] <= kExact;
      expect(whole, std::string(number) + " is no number of microseconds or no id: " + event.dump());
    }
  }

  void take(const Json& event) {
    const std::string phase = event.at("ph");
    if (phase == "M" && event.at("name") == "process_name") processes_.insert(event.at("pid").get<std::int64_t>());
    if (phase == "M" && event.at("name") == "thread_name") {
      threads_.insert(track_of(event));
      expect(tids_.insert(event.at("tid").get<std::int64_t>()).second, "a thread id occurs twice: " + event.dump());
    }
    if (phase == "X") {
      const std::int64_t begin = event.at("ts");
      const std::int64_t length = event.at("dur");
      expect(length >= 0, "negative: " + event.dump());
      slices_[track_of(event)].push_back({begin, begin + length, event.at("args").at("state"), position_});
      ++counts_.slices;
    }
    if (phase == "s" || phase == "f") {
      positions_[event.at("id").get<std::int64_t>()] = position_;
      const bool fresh = arrows_[event.at("id").get<std::int64_t>()].emplace(phase, event).second;
      expect(fresh, "an end of an arrow occurs twice: " + event.dump());
    }
    if (phase == "C") {
      std::int64_t& until = sampled_until_.emplace(event.at("name").get<std::string>(), INT64_MIN).first->second;
      expect(until <= event.at("ts").get<std::int64_t>(), "back in time: " + event.dump());
      until = event.at("ts");
      counters_[event.at("name")] = event.at("pid");
      expect(event.at("args").size() == 1, "a counter with several values: " + event.dump());
      for (const auto& value : event.at("args")) {
        expect(value.is_number() && value.get<double>() >= 0, "no count: " + event.dump());
      }
      ++counts_.samples;
    }
  }

  void check_track(const Track& track, std::vector<Slice>& list) {
    const std::string name = "track " + std::to_string(track.first) + '/' + std::to_string(track.second);
    std::sort(list.begin(), list.end());
    for (std::size_t i = 1; i < list.size(); ++i) {
      expect(list[i - 1].end <= list[i].begin, name + ": overlap at " + std::to_string(list[i].begin));
    }
    expect(threads_.contains(track) && processes_.contains(track.first), name + " has no name");
  }

  // A reader ties an end of an arrow to the slice that is open on its track at that time, in which events of one time
  // count in the order of the file: so slices of no length can hold none, and the slice must stand first.
  void check_arrow(const Json& from, const Json& to) {
    const std::int64_t left = from.at("ts");
    const std::int64_t reached = to.at("ts");
    const std::size_t written = positions_.at(from.at("id").get<std::int64_t>());
    const auto& victims = slices_.at(track_of(from));
    const bool begins = std::any_of(victims.begin(), victims.end(), [&](const Slice& slice) {
      return slice.state == "preempted" && slice.begin <= left && left < slice.end && slice.end == reached &&
             slice.position < written;
    });
    expect(begins && from.at("name") == "preempted by", "no preempted slice: " + from.dump());
    const auto& takers = slices_.at(track_of(to));
    const bool ends = std::any_of(takers.begin(), takers.end(), [&](const Slice& slice) {
      return slice.begin == reached && slice.end > reached && slice.position < written;
    });
    expect(ends && to.at("bp") == "e", "no slice begins: " + to.dump());
    expect(from.at("cat") == to.at("cat") && from.at("name") == to.at("name") && left <= reached,
           "two ends that are not one arrow: " + from.dump() + to.dump());
  }

  std::map<Track, std::vector<Slice>> slices_;
  std::map<std::int64_t, std::map<std::string, Json>> arrows_;  // by id and phase
  std::map<std::int64_t, std::size_t> positions_;               // of the last end of an arrow, by id
  std::map<std::string, std::int64_t> sampled_until_;
  std::map<std::string, std::int64_t> counters_;  // name and process
  std::size_t position_ = 0;
  std::set<std::int64_t> processes_;
  std::set<Track> threads_;
  std::set<std::int64_t> tids_;
  TraceEventCounts counts_;
};

}  // namespace

std::string gunzipped(const std::string& bytes) {
  z_stream stream{};
  if (::inflateInit2(&stream, 15 + 16) != Z_OK) throw std::runtime_error("no memory");
  std::string input = bytes;
  std::string out;
  std::vector<char> buffer(1U << 16U);
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  int result = Z_OK;
  while (result == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(buffer.size());
    result = ::inflate(&stream, Z_NO_FLUSH);
    out.append(buffer.data(), buffer.size() - stream.avail_out);
  }
  ::inflateEnd(&stream);
  if (result != Z_STREAM_END || stream.avail_in != 0) throw std::runtime_error("damaged gzip data");
  return out;
}

TraceEventCounts check_trace_events(const Json& trace) { return Checker().check(trace); }

}  // namespace seatrial
