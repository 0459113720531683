// Trace events, streamed in the order of stints; see timeline.h.
#include "reports/timeline.h"

#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include "reports/csv.h"
#include "reports/gpu_slots.h"
#include "reports/json_text.h"
#include "reports/wide.h"
#include "sim/text.h"

namespace seatrial {
namespace {

constexpr std::int64_t kClusterPid = 1;

// A hash of the row number, so that every workload entry and every part of the run is sampled alike.
std::uint64_t mixed(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15ULL;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31U);
}

// Which jobs are drawn: those whose hash ends in `bits` zeros.
class Sample {
 public:
  Sample(const RunHistory& history, std::uint64_t most) {
    while (bits_ < 63 && events(history) > most) ++bits_;
  }
  [[nodiscard]] bool has(JobId job) const { return (mixed(job.index) & ((std::uint64_t{1} << bits_) - 1)) == 0; }
  [[nodiscard]] bool is_all() const { return bits_ == 0; }

 private:
  [[nodiscard]] std::uint64_t events(const RunHistory& history) const {
    std::uint64_t count = 0;
    for (const Stint& stint : history.stints()) {
      if (!has(stint.job)) continue;
      for (const Piece& piece : history.pieces(stint)) count += piece.gpus;
      // One arrow at least; several takers are rare.
      if (stint.exit == Stint::Exit::Preempted) count += 2;
    }
    return count;
  }

  unsigned bits_ = 0;
};

// GPUs that a preempted job left on a node at the present instant and that nobody has taken yet.
struct Vacancy {
  std::int64_t end_us = 0;  // of the victim's slice
  JobId job;
  std::uint32_t track = 0;
  std::uint32_t gpus = 0;
};

class TimelineWriter {
 public:
  TimelineWriter(const RunHistory& history, const Workload& workload, const NodeNames& nodes,
                 const TimelineOptions& options, ByteSink& sink)
      : history_(history),
        workload_(workload),
        nodes_(nodes),
        options_(options),
        sample_(history, options.max_events),
        slots_(history),
        buffer_(sink),
        seen_(workload.size(), false) {}

  TimelineResult write() {
    count_jobs();
    write_head();
    write_counters();
    for (const Stint& stint : history_.stints()) {
      const auto tracks = slots_.assign(stint);
      if (!tracks.empty() && sample_.has(stint.job)) write_stint(stint, tracks);
    }
    buffer_.text += "\n]}\n";
    buffer_.flush();
    return result_;
  }

 private:
  [[nodiscard]] std::int64_t us(Time at) const {
    return static_cast<std::int64_t>((static_cast<Wide>(at.ns) - history_.begin().ns) / 1000);
  }

  void count_jobs() {
    for (const Stint& stint : history_.stints()) {
      const bool holds = std::any_of(history_.pieces(stint).begin(), history_.pieces(stint).end(),
                                     [](const Piece& piece) { return piece.gpus > 0; });
      if (!holds || seen_[stint.job.index]) continue;
      seen_[stint.job.index] = true;
      ++result_.jobs;
      result_.jobs_drawn += sample_.has(stint.job) ? 1 : 0;
    }
  }

  // Begins an event and leaves it open for more members.
  std::string& event(const char* phase, std::int64_t pid) {
    std::string& out = buffer_.text;
    buffer_.flush_if_full();
    out += first_ ? "\n{\"ph\":\"" : ",\n{\"ph\":\"";
    first_ = false;
    out += phase;
    out += "\",\"pid\":";
    append_integer(out, pid);
    return out;
  }

  void write_head() {
    std::string& out = buffer_.text;
    out += "{\"displayTimeUnit\":\"ms\",\"otherData\":{\"source\":\"seatrial\",\"origin_s\":\"";
    append_seconds(out, history_.begin().ns);
    out += "\",\"jobs\":";
    append_integer(out, static_cast<std::int64_t>(result_.jobs));
    out += ",\"jobs_drawn\":";
    append_integer(out, static_cast<std::int64_t>(result_.jobs_drawn));
    if (!sample_.is_all()) out += ",\"note\":" + quoted_note();
    out += "},\"traceEvents\":[";
    name_process(kClusterPid, sample_.is_all() ? "cluster" : "cluster: " + note());
  }

  [[nodiscard]] std::string note() const {
    return std::to_string(result_.jobs_drawn) + " of " + std::to_string(result_.jobs) +
           " jobs are drawn, chosen by a hash of the row number";
  }
  [[nodiscard]] std::string quoted_note() const {
    std::string text;
    append_json_text(text, note());
    return text;
  }

  void name_process(std::int64_t pid, const std::string& name) {
    std::string& out = event("M", pid);
    out += ",\"name\":\"process_name\",\"args\":{\"name\":";
    append_json_text(out, name);
    out += "}}";
    event("M", pid);
    out += ",\"name\":\"process_sort_index\",\"args\":{\"sort_index\":";
    append_integer(out, pid);
    out += "}}";
  }

  void write_counters() {
    const auto& levels = history_.levels();
    if (levels.empty()) return;
    if (levels.size() <= options_.max_samples) {
      for (const ClusterLevel& level : levels) write_sample(level.at, level);
      return;
    }
    const Wide span = static_cast<Wide>(history_.end().ns) - history_.begin().ns;
    const auto steps = static_cast<std::int64_t>(options_.max_samples) - 1;
    for (std::int64_t i = 0; i <= steps; ++i) {
      const auto offset = static_cast<std::int64_t>(span * i / steps);
      const Time at{history_.begin().ns + offset};
      write_sample(at, level_in_force(levels, at));
    }
  }

  void write_sample(Time at, const ClusterLevel& level) {
    const auto counter = [&](const char* name, const char* unit) -> std::string& {
      std::string& out = event("C", kClusterPid);
      out += ",\"name\":\"";
      out += name;
      out += "\",\"ts\":";
      append_integer(out, us(at));
      out += ",\"args\":{\"";
      out += unit;
      out += "\":";
      return out;
    };
    append_integer(counter("queue length", "jobs"), level.queue_jobs);
    buffer_.text += "}}";
    append_number(counter("free GPUs", "gpus"), static_cast<double>(level.total_milli - level.allocated_milli) / 1000);
    buffer_.text += "}}";
  }

  [[nodiscard]] std::int64_t pid_of(std::uint32_t track) const {
    return kClusterPid + 1 + slots_.tracks()[track].node.index;
  }

  // Names the track and its process when they are drawn first.
  void introduce(std::uint32_t track) {
    if (introduced_.size() <= track) introduced_.resize(track + 1, false);
    if (introduced_[track]) return;
    introduced_[track] = true;
    const GpuTrack& slot = slots_.tracks()[track];
    const std::int64_t pid = pid_of(track);
    if (named_nodes_.size() <= slot.node.index) named_nodes_.resize(slot.node.index + 1, false);
    if (!named_nodes_[slot.node.index]) {
      named_nodes_[slot.node.index] = true;
      std::string name;
      nodes_.append(slot.node, name);
      name_process(pid, name);
    }
    std::string name = "GPU " + std::to_string(slot.gpu);
    if (slot.lane > 0) name += ", share " + std::to_string(slot.lane + 1);
    std::string& out = event("M", pid);
    append_tid(track);
    out += ",\"name\":\"thread_name\",\"args\":{\"name\":";
    append_json_text(out, name);
    out += "}}";
    event("M", pid);
    append_tid(track);
    out += ",\"name\":\"thread_sort_index\",\"args\":{\"sort_index\":";
    append_integer(out, static_cast<std::int64_t>(slot.gpu) * 1000 + std::min(slot.lane, 999U));
    out += "}}";
  }

  // Thread ids are unique in the whole file; some readers ask for that.
  void append_tid(std::uint32_t track) {
    buffer_.text += ",\"tid\":";
    append_integer(buffer_.text, static_cast<std::int64_t>(track) + 1);
  }

  void make_description(const Stint& stint) {
    std::string& out = description_;
    const Request& request = workload_.request(stint.job);
    name_.clear();
    workload_.append_name(stint.job, name_);
    out = ",\"cat\":\"job\",\"name\":";
    append_json_text(out, name_);
    out += ",\"ts\":";
    append_integer(out, us(stint.begin));
    out += ",\"dur\":";
    append_integer(out, us(stint.end) - us(stint.begin));
    out += ",\"args\":{\"tenant\":";
    append_json_text(out, workload_.texts().text(request.tenant));
    out += ",\"gpus\":";
    append_number(out, static_cast<double>(gang_milli(workload_, history_.table(), stint.job)) / 1000);
    out += ",\"wait_s\":";
    append_seconds(out, history_.waited(stint).ns);
    out += ",\"state\":\"";
    out += stint_exit_name(stint.exit);
    out += "\"}}";
  }

  void write_stint(const Stint& stint, std::span<const std::uint32_t> tracks) {
    make_description(stint);
    for (const std::uint32_t track : tracks) {
      introduce(track);
      event("X", pid_of(track));
      append_tid(track);
      buffer_.text += description_;
    }
    result_.events += tracks.size();
    // A slice of no length is never open: readers could tie no arrow to it. Who really took the GPUs comes after it.
    if (us(stint.begin) == us(stint.end)) return;
    take_vacancies(stint, tracks);
    if (stint.exit == Stint::Exit::Preempted) leave_vacancies(stint, tracks);
  }

  // Draws arrows from those who lost their GPUs on these nodes at this very instant.
  void take_vacancies(const Stint& stint, std::span<const std::uint32_t> tracks) {
    std::map<std::uint32_t, std::uint32_t> wanted;  // GPUs by node
    for (const std::uint32_t track : tracks) ++wanted[slots_.tracks()[track].node.index];
    for (const auto& [node, gpus] : wanted) {
      const auto left = vacancies_.find({stint.begin.ns, node});
      if (left == vacancies_.end()) continue;
      const auto first = std::find_if(tracks.begin(), tracks.end(), [&, at = node](std::uint32_t track) {
        return slots_.tracks()[track].node.index == at;
      });
      std::uint32_t missing = gpus;
      for (Vacancy& vacancy : left->second) {
        if (missing == 0) break;
        if (vacancy.gpus == 0 || vacancy.job == stint.job) continue;
        const std::uint32_t taken = std::min(missing, vacancy.gpus);
        vacancy.gpus -= taken;
        missing -= taken;
        write_arrow(vacancy, *first, us(stint.begin));
      }
    }
    vacancies_.erase(vacancies_.begin(), vacancies_.lower_bound({stint.begin.ns, 0}));
  }

  void leave_vacancies(const Stint& stint, std::span<const std::uint32_t> tracks) {
    for (const std::uint32_t track : tracks) {
      auto& at_node = vacancies_[{stint.end.ns, slots_.tracks()[track].node.index}];
      const auto mine = std::find_if(at_node.begin(), at_node.end(),
                                     [&](const Vacancy& vacancy) { return vacancy.job == stint.job; });
      if (mine != at_node.end()) {
        ++mine->gpus;
      } else {
        at_node.push_back({us(stint.end), stint.job, track, 1});
      }
    }
  }

  void write_arrow(const Vacancy& from, std::uint32_t to, std::int64_t at_us) {
    ++arrows_;
    const auto part = [&](const char* phase, std::uint32_t track, std::int64_t ts) {
      std::string& out = event(phase, pid_of(track));
      append_tid(track);
      out += ",\"cat\":\"preemption\",\"name\":\"preempted by\",\"id\":";
      append_integer(out, static_cast<std::int64_t>(arrows_));
      out += ",\"ts\":";
      append_integer(out, ts);
      out += *phase == 'f' ? ",\"bp\":\"e\"}" : "}";
    };
    // An arrow begins inside the slice, not at its end, which may be the beginning of the next one.
    part("s", from.track, from.end_us - 1);
    part("f", to, at_us);
    result_.events += 2;
  }

  const RunHistory& history_;
  const Workload& workload_;
  const NodeNames& nodes_;
  const TimelineOptions& options_;
  Sample sample_;
  GpuSlots slots_;
  Buffered buffer_;
  std::vector<bool> seen_;  // jobs that held GPUs
  std::vector<bool> introduced_;
  std::vector<bool> named_nodes_;
  std::map<std::pair<std::int64_t, std::uint32_t>, std::vector<Vacancy>> vacancies_;  // by instant and node
  std::string name_;
  std::string description_;
  std::uint64_t arrows_ = 0;
  bool first_ = true;
  TimelineResult result_;
};

}  // namespace

TimelineResult write_timeline(const RunHistory& history, const Workload& workload, const NodeNames& nodes,
                              const TimelineOptions& options, ByteSink& sink) {
  return TimelineWriter(history, workload, nodes, options, sink).write();
}

}  // namespace seatrial
