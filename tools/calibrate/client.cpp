// The client of the sharing probes; see probes.h.
#include <chrono>
#include <thread>

#include "tools/calibrate/gpu_work.h"
#include "tools/calibrate/probes.h"

namespace seatrial {

std::string run_client(const ClientRun& run) {
  using Clock = std::chrono::steady_clock;
  GpuSession session;
  const auto work = make_work(session, run.work, run.batch);
  for (int warm_up = 0; warm_up < 3; ++warm_up) work->step();
  session.synchronize();
  if (run.start_ns > 0) std::this_thread::sleep_until(Clock::time_point(std::chrono::nanoseconds(run.start_ns)));
  const auto begin = Clock::now();
  const auto passed_s = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
  long steps = 0;
  const auto step = [&] {
    work->step();
    // At most one step in flight beyond the one that runs, as a framework has it.
    session.synchronize();
    ++steps;
  };
  if (run.steps > 0) {
    while (steps < run.steps) step();
  } else {
    while (passed_s() < run.seconds) step();
  }
  const double measured_s = passed_s();
  const double steps_per_s = static_cast<double>(steps) / measured_s;
  // The others still measure: keep the GPU as busy as it was.
  if (run.start_ns > 0 && run.steps == 0) {
    while (passed_s() < run.seconds + 0.5) step();
  }
  return "steps_per_s " + std::to_string(steps_per_s) + "\nseconds " + std::to_string(measured_s) + '\n';
}

}  // namespace seatrial
