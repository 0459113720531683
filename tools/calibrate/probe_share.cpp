// Parts of the SMs, and work beside work; see probes.h.
#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <memory>
#include <thread>
#include <utility>

#include "tools/calibrate/child.h"
#include "tools/calibrate/gpu_work.h"
#include "tools/calibrate/probes.h"

namespace seatrial {
namespace {

using Json = nlohmann::ordered_json;

constexpr TimingRules kStep{0.1, 8, 0.8};
constexpr int kSmResource = 1;
constexpr unsigned kGreenDefaultStream = 1;
constexpr unsigned kStreamNonBlocking = 1;
constexpr double kClientS = 3;
constexpr double kClientStartsS = 5;  // context, kernels, cuBLAS and warm-up of two clients

constexpr std::array<SharedWork, 5> kShared{
    {{"transformer_h1024", 8}, {"convolutions", 64}, {"llm_decode", 16}, {"embedding", 8}, {"input_bound", 1}}};

// A green context with so many SMs, and one with the others.
class GreenPart {
 public:
  GreenPart(const GpuSession& session, unsigned sms) : driver_(session.driver()) {
    if (driver_.resource_split == nullptr || driver_.green_create == nullptr || driver_.green_stream == nullptr ||
        driver_.device_resource == nullptr || driver_.resource_describe == nullptr) {
      throw Unavailable("the driver has no green contexts");
    }
    CuResource all;
    driver_.check(driver_.device_resource(session.device(), &all, kSmResource), "cuDeviceGetDevResource");
    CuResource part;
    CuResource rest;
    unsigned groups = 1;
    driver_.check(driver_.resource_split(&part, &groups, &all, &rest, 0, sms), "cuDevSmResourceSplitByCount");
    sms_ = part.sms;
    open(session, part, own_, stream_);
    if (rest.sms > 0) open(session, rest, other_, other_stream_);
  }
  ~GreenPart() {
    for (CuHandle stream : {stream_, other_stream_}) {
      if (stream != nullptr) (void)driver_.stream_destroy(stream);
    }
    for (CuHandle context : {own_, other_}) {
      if (context != nullptr && driver_.green_destroy != nullptr) (void)driver_.green_destroy(context);
    }
  }
  GreenPart(const GreenPart&) = delete;
  GreenPart& operator=(const GreenPart&) = delete;

  [[nodiscard]] unsigned sms() const { return sms_; }
  [[nodiscard]] CuHandle stream() const { return stream_; }
  [[nodiscard]] CuHandle other_stream() const { return other_stream_; }

 private:
  void open(const GpuSession& session, CuResource resource, CuHandle& context, CuHandle& stream) const {
    CuHandle description = nullptr;
    driver_.check(driver_.resource_describe(&description, &resource, 1), "cuDevResourceGenerateDesc");
    driver_.check(driver_.green_create(&context, description, session.device(), kGreenDefaultStream),
                  "cuGreenCtxCreate");
    driver_.check(driver_.green_stream(&stream, context, kStreamNonBlocking, 0), "cuGreenCtxStreamCreate");
  }
  const CudaDriver& driver_;
  unsigned sms_ = 0;
  CuHandle own_ = nullptr;
  CuHandle other_ = nullptr;
  CuHandle stream_ = nullptr;
  CuHandle other_stream_ = nullptr;
};

// Copies memory on another stream as long as it lives.
class BandwidthHog {
 public:
  BandwidthHog(GpuSession& session, CuHandle stream)
      : session_(session), stream_(stream), from_(session, kBytes), to_(session, kBytes) {}
  // Queued beside each step of what is measured.
  void queue() {
    const CuHandle measured = session_.stream();
    session_.use_stream(stream_);
    session_.launch("copy_memory", kBytes / 16, from_.at(), to_.at(), kBytes / 16);
    session_.use_stream(measured);
  }

 private:
  static constexpr std::size_t kBytes = std::size_t{256} << 20U;
  GpuSession& session_;
  CuHandle stream_;
  DeviceMemory from_;
  DeviceMemory to_;
};

double step_us(GpuSession& session, GpuWork& work, BandwidthHog* hog) {
  return session
      .time(
          [&] {
            if (hog != nullptr) hog->queue();
            work.step();
          },
          kStep)
      .median_us;
}

void add_share(ProbeContext& context, const std::string& work, const char* beside, unsigned sms, double speed) {
  context.out.add(Json{{"k", "sm_curves"},
                       {"device", context.device_id},
                       {"workload", work},
                       {"beside", beside},
                       {"sms", sms},
                       {"sms_total", context.session.facts().sms},
                       {"speed", speed}});
}

void sm_curve(ProbeContext& context, const SharedWork& of) {
  GpuSession& session = context.session;
  const auto work = make_work(session, of.work, of.batch);
  const double whole_us = step_us(session, *work, nullptr);
  add_share(context, of.work, "idle", static_cast<unsigned>(session.facts().sms), 1);
  for (const unsigned asked : {8U, 16U, 24U, 32U, 48U, 64U, 80U, 96U, 112U}) {
    if (context.out_of_time()) throw Unavailable("the phase was out of time after some parts");
    if (asked >= static_cast<unsigned>(session.facts().sms)) continue;
    const GreenPart part(session, asked);
    session.use_stream(part.stream());
    session.set_blas_sms(static_cast<int>(part.sms()));
    add_share(context, of.work, "idle", part.sms(), whole_us / step_us(session, *work, nullptr));
    if (part.other_stream() != nullptr) {
      BandwidthHog hog(session, part.other_stream());
      add_share(context, of.work, "bandwidth", part.sms(), whole_us / step_us(session, *work, &hog));
    }
    session.use_stream(session.own_stream());
    session.set_blas_sms(0);
  }
}

void add_alone(ProbeContext& context, const std::string& gpu, const SharedWork& of, double steps_per_s) {
  context.out.add(
      Json{{"k", "pairs"}, {"gpu_type", gpu}, {"model", of.name()}, {"scale_factor", 1}, {"steps_per_s", steps_per_s}});
}
void add_pair(ProbeContext& context, const std::string& gpu, const std::array<const SharedWork*, 2>& of,
              const std::array<double, 2>& steps_per_s) {
  context.out.add(Json{{"k", "pairs"},
                       {"gpu_type", gpu},
                       {"model_a", of[0]->name()},
                       {"scale_a", 1},
                       {"model_b", of[1]->name()},
                       {"scale_b", 1},
                       {"steps_per_s_a", steps_per_s[0]},
                       {"steps_per_s_b", steps_per_s[1]}});
}

std::unique_ptr<Child> start_client(const SharedWork& of, long long start_ns, const Environment& environment) {
  return std::make_unique<Child>(
      std::vector<std::string>{"/proc/self/exe", "calibrate", "client", "--work", of.work, "--batch",
                               std::to_string(of.batch), "--seconds", std::to_string(kClientS), "--start-ns",
                               std::to_string(start_ns)},
      environment);
}

long long soon_ns() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count() +
         static_cast<long long>(kClientStartsS * 1e9);
}

// Steps a second of clients that run side by side in processes of their own.
std::vector<double> run_clients(const std::vector<const SharedWork*>& works, const Environment& environment) {
  const long long start_ns = soon_ns();
  std::vector<std::unique_ptr<Child>> clients;
  for (const SharedWork* work : works) clients.push_back(start_client(*work, start_ns, environment));
  std::vector<double> speeds;
  for (const auto& client : clients) speeds.push_back(client->number_after("steps_per_s "));
  return speeds;
}

void share_processes(ProbeContext& context, const std::string& gpu, const Environment& environment) {
  for (const SharedWork& work : kShared) add_alone(context, gpu, work, run_clients({&work}, environment)[0]);
  for (std::size_t i = 0; i < kShared.size(); ++i) {
    for (std::size_t j = i; j < kShared.size(); ++j) {
      if (context.out_of_time()) throw Unavailable("the phase was out of time after some pairs");
      const std::vector<double> speeds = run_clients({&kShared[i], &kShared[j]}, environment);
      add_pair(context, gpu, {&kShared[i], &kShared[j]}, {speeds[0], speeds[1]});
    }
  }
}

}  // namespace

std::string SharedWork::name() const { return std::string(work) + " (batch size " + std::to_string(batch) + ')'; }
std::span<const SharedWork> shared_works() { return kShared; }

void probe_sm_curves(ProbeContext& context) {
  for (const SharedWork& work : kShared) {
    if (std::string(work.work) != "input_bound") sm_curve(context, work);
  }
}

void probe_time_slicing(ProbeContext& context) { share_processes(context, context.device_id, {}); }

void probe_streams(ProbeContext& context) {
  const std::string gpu = context.device_id + "+streams";
  GpuSession& session = context.session;
  CuHandle other = nullptr;
  session.driver().check(session.driver().stream_create(&other, kStreamNonBlocking, 0), "cuStreamCreate");
  std::array<std::unique_ptr<GpuWork>, kShared.size()> works;
  std::array<double, kShared.size()> alone{};
  for (std::size_t i = 0; i + 1 < kShared.size(); ++i) {  // input_bound waits on the host: not for one thread
    works[i] = make_work(session, kShared[i].work, kShared[i].batch);
    alone[i] = 1e6 / step_us(session, *works[i], nullptr);
    add_alone(context, gpu, kShared[i], alone[i]);
  }
  for (std::size_t i = 0; i + 1 < kShared.size(); ++i) {
    for (std::size_t j = i + 1; j + 1 < kShared.size(); ++j) {
      // Steps in proportion to the speeds alone, so that both streams are full for about as long.
      const int many = static_cast<int>(std::clamp(alone[j] / alone[i], 1.0, 64.0));
      const double together_us = session
                                     .time(
                                         [&] {
                                           const CuHandle own = session.stream();
                                           session.use_stream(other);
                                           for (int n = 0; n < many; ++n) works[j]->step();
                                           session.use_stream(own);
                                           works[i]->step();
                                           session.driver().check(session.driver().stream_synchronize(other), "sync");
                                         },
                                         kStep)
                                     .median_us;
      add_pair(context, gpu, {&kShared[i], &kShared[j]}, {1e6 / together_us, many * 1e6 / together_us});
    }
  }
  (void)session.driver().stream_destroy(other);
}

void probe_mps(ProbeContext& context) {
  const PrivateFolder folder;
  const Environment environment{{"CUDA_MPS_PIPE_DIRECTORY", folder.path()}, {"CUDA_MPS_LOG_DIRECTORY", folder.path()}};
  if (!Child({"nvidia-cuda-mps-control", "-d"}, environment).succeeded()) {
    throw Unavailable("nvidia-cuda-mps-control does not start: " + folder.text("control.log"));
  }
  // The daemon must not be left behind, whatever happens.
  const MpsDaemon daemon(environment);
  share_processes(context, context.device_id + "+mps", environment);
}

}  // namespace seatrial
