// `seatrial calibrate verify`: a queue of jobs that runs for real on the GPU and once more in the simulator with a
// calibration, under two orders, one at a time and two at a time. Says how far each job's completion and the makespan
// are off.
#pragma once

#include <string>
#include <vector>

namespace seatrial {

struct VerifyOptions {
  std::string calibration;
  int jobs = 15;
  double mean_job_s = 5;
};

struct VerifiedJob {
  std::string work;
  double real_s = 0;  // begin of the queue to the job's end
  double simulated_s = 0;
};
struct VerifiedSchedule {
  std::string order;  // fifo, sjf
  int at_a_time = 1;
  std::vector<VerifiedJob> jobs;
  [[nodiscard]] double worst_error() const;     // of a job's completion time, as a ratio
  [[nodiscard]] double makespan_error() const;  // signed
};

// Throws Unavailable without a GPU and InputError where the calibration lacks speeds of the works.
[[nodiscard]] std::vector<VerifiedSchedule> verify(const VerifyOptions& options);
[[nodiscard]] std::string verify_text(const std::vector<VerifiedSchedule>& schedules);

}  // namespace seatrial
