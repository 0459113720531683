// Microbenchmarks: products, memory, launches, the bus; see probes.h.
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <thread>
#include <vector>

#include "tools/calibrate/gpu_work.h"
#include "tools/calibrate/probes.h"

namespace seatrial {
namespace {

using Json = nlohmann::ordered_json;

constexpr TimingRules kQuick{0.03, 8, 0.6};

struct GemmType {
  const char* name;
  int type;
  int out_type;
  int compute;
  std::size_t bytes;
  const char* fill;
};
constexpr std::array<GemmType, 6> kGemmTypes{{{"bfloat16", kBrain16, kBrain16, kCompute32, 2, "fill_bf16"},
                                              {"float16", kReal16, kReal16, kCompute32, 2, "fill_bf16"},
                                              {"tf32", kReal32, kReal32, kComputeTf32, 4, "fill_f32"},
                                              {"fp32", kReal32, kReal32, kCompute32, 4, "fill_f32"},
                                              {"fp64", kReal64, kReal64, kCompute64, 8, "fill_f64"},
                                              {"int8", kInteger8, kInteger32, kCompute32I, 1, "fill_bits"}}};

struct Shape {
  int m, n, k;
};

std::vector<Shape> gemm_shapes(bool all) {
  std::vector<Shape> shapes;
  for (const int n : {256, 512, 1000, 1024, 2048, 4096, 8192, 16384}) {
    if (all || n == 1024 || n == 4096 || n == 8192) shapes.push_back({n, n, n});
  }
  if (!all) return shapes;
  // Layers of Llama 8B and 70B.
  for (const auto& [n, k] : std::array<std::pair<int, int>, 8>{{{4096, 4096},
                                                                {6144, 4096},
                                                                {28672, 4096},
                                                                {4096, 14336},
                                                                {8192, 8192},
                                                                {10240, 8192},
                                                                {57344, 8192},
                                                                {8192, 28672}}}) {
    for (int m = 1; m <= 8192; m *= 4) shapes.push_back({m, n, k});
  }
  return shapes;
}

void fill(const GpuSession& session, const GemmType& type, const DeviceMemory& memory, std::uint32_t seed) {
  const std::size_t count = memory.bytes() / type.bytes;
  if (std::string(type.fill) == "fill_bits") {
    session.launch("fill_bits", memory.bytes() / 4, memory.at(), memory.bytes() / 4, seed);
  } else {
    session.launch(type.fill, count, memory.at(), count, seed, 1.0F);
  }
}

// Operands rotate through more than three times the L2, so that they come from memory.
void time_gemm(ProbeContext& context, const GemmType& type, const Shape& shape) {
  const auto m = static_cast<std::size_t>(shape.m);
  const auto n = static_cast<std::size_t>(shape.n);
  const auto k = static_cast<std::size_t>(shape.k);
  const std::size_t operands = (m * k + n * k) * type.bytes;
  const std::size_t sets = std::clamp<std::size_t>(
      static_cast<std::size_t>(3 * context.session.facts().l2_bytes) / std::max<std::size_t>(operands, 1) + 1, 1, 64);
  std::vector<DeviceMemory> a;
  std::vector<DeviceMemory> b;
  for (std::size_t set = 0; set < sets; ++set) {
    fill(context.session, type, a.emplace_back(context.session, m * k * type.bytes + 16),
         static_cast<std::uint32_t>(set));
    fill(context.session, type, b.emplace_back(context.session, n * k * type.bytes + 16),
         static_cast<std::uint32_t>(99 + set));
  }
  const DeviceMemory c(context.session, m * n * std::max<std::size_t>(type.bytes, 4));
  const Gemm product{
      .m = shape.m, .n = shape.n, .k = shape.k, .type = type.type, .out_type = type.out_type, .compute = type.compute};
  std::size_t set = 0;
  const Timing timing = context.session.time(
      [&] {
        context.session.gemm(product, a[set].at(), b[set].at(), c.at());
        set = (set + 1) % sets;
      },
      kQuick);
  Json line{{"k", "gemm"}, {"source", "cublas"}, {"dtype", type.name}, {"m", shape.m}, {"n", shape.n}, {"k_", shape.k}};
  SampleWriter::put(line, "t_us", timing);
  context.out.add(line);
}

std::vector<std::size_t> sizes_up_to(std::size_t low, std::size_t high) {
  std::vector<std::size_t> sizes;
  for (std::size_t bytes = low; bytes <= high; bytes *= 4) sizes.push_back(bytes);
  return sizes;
}

void add_transfer(ProbeContext& context, const char* way, std::size_t bytes, const Timing& timing) {
  Json line{{"k", "transfers"}, {"device", context.device_id}, {"way", way}, {"bytes", bytes}};
  SampleWriter::put(line, "t_us", timing);
  context.out.add(line);
}

}  // namespace

void probe_reference(ProbeContext& context) {
  const std::string differs = differs_from_reference(context.session);
  if (!differs.empty()) throw Unavailable("results differ from the reference on the CPU: " + differs);
}

void probe_gemm(ProbeContext& context) {
  for (const GemmType& type : kGemmTypes) {
    const bool all = type.type == kBrain16;
    for (const Shape& shape : gemm_shapes(all)) {
      if (context.out_of_time()) throw Unavailable("the phase was out of time after some shapes");
      time_gemm(context, type, shape);
    }
  }
  context.out.status("gemm_fp8", "unavailable", "needs cuBLASLt, which this probe does not use");
}

void probe_memory(ProbeContext& context) {
  GpuSession& session = context.session;
  const std::size_t full = session.facts().memory_mib > 40'000 ? std::size_t{4} << 30U : std::size_t{1} << 30U;
  const std::size_t most = session.is_quick() ? std::size_t{16} << 20U : full;
  const DeviceMemory a(session, most);
  const DeviceMemory b(session, most);
  const DeviceMemory c(session, most);
  for (const DeviceMemory* memory : {&a, &b}) {
    session.launch("fill_bits", most / 4, memory->at(), most / 4, std::uint32_t{5});
  }
  for (const std::size_t bytes : sizes_up_to(std::size_t{64} << 10U, most)) {
    const std::size_t words = bytes / 16;
    const auto time = [&](const char* way, const auto& work) {
      add_transfer(context, way, bytes, session.time(work, kQuick));
    };
    time("read", [&] { session.launch("read_memory", words, a.at(), words, c.at()); });
    time("write", [&] { session.launch("write_memory", words, c.at(), words, std::uint32_t{17}); });
    time("copy", [&] { session.launch("copy_memory", words, a.at(), c.at(), words); });
    time("triad", [&] { session.launch("triad_memory", words, a.at(), b.at(), c.at(), words); });
    time("memcpy", [&] {
      session.driver().check(session.driver().copy_on_device(c.at(), a.at(), bytes, session.stream()), "cuMemcpyDtoD");
    });
  }
}

void probe_launch(ProbeContext& context) {
  GpuSession& session = context.session;
  const CudaDriver& driver = session.driver();
  context.environment("launch_us", session.time([&] { session.launch("empty", 1); }).median_us);
  const auto begin = std::chrono::steady_clock::now();
  constexpr int kSyncs = 1000;
  for (int i = 0; i < kSyncs; ++i) {
    session.launch("empty", 1);
    session.synchronize();
  }
  const double all_us = std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count();
  context.environment("launch_and_sync_us", all_us / kSyncs);
  for (const int nodes : {1, 8, 64}) {
    CuHandle graph = nullptr;
    CuHandle exec = nullptr;
    driver.check(driver.capture_begin(session.stream(), /*CU_STREAM_CAPTURE_MODE_THREAD_LOCAL*/ 1), "capture");
    for (int i = 0; i < nodes; ++i) session.launch("empty", 1);
    driver.check(driver.capture_end(session.stream(), &graph), "cuStreamEndCapture");
    driver.check(driver.graph_instantiate(&exec, graph, 0), "cuGraphInstantiate");
    const Timing timing =
        session.time([&] { driver.check(driver.graph_launch(exec, session.stream()), "cuGraphLaunch"); });
    context.environment(("graph_of_" + std::to_string(nodes) + "_us").c_str(), timing.median_us);
    (void)driver.graph_exec_destroy(exec);
    (void)driver.graph_destroy(graph);
  }
}

void probe_pcie(ProbeContext& context) {
  GpuSession& session = context.session;
  const CudaDriver& driver = session.driver();
  const std::size_t most = std::size_t{session.is_quick() ? 1U : 256U} << 20U;
  const DeviceMemory device(session, most);
  void* pinned = nullptr;
  driver.check(driver.host_allocate(&pinned, most, 0), "cuMemHostAlloc");
  std::vector<unsigned char> pageable(most, 1);
  for (const std::size_t bytes : sizes_up_to(4096, most)) {
    const auto time = [&](const char* way, void* host, bool up) {
      const auto work = [&] {
        const int status = up ? driver.copy_to_device(device.at(), host, bytes, session.stream())
                              : driver.copy_to_host(host, device.at(), bytes, session.stream());
        driver.check(status, "cuMemcpy");
      };
      add_transfer(context, way, bytes, session.time(work, kQuick));
    };
    time("host_to_device_pinned", pinned, true);
    time("device_to_host_pinned", pinned, false);
    time("host_to_device_pageable", pageable.data(), true);
    time("device_to_host_pageable", pageable.data(), false);
  }
  (void)driver.host_free(pinned);
}

void probe_mig_placements(ProbeContext& context) {
  // Indexes of nvml.h: NVML_GPU_INSTANCE_PROFILE_1_SLICE and so on.
  constexpr std::array<std::pair<unsigned, const char*>, 6> kProfiles{
      {{0, "1g"}, {1, "2g"}, {2, "3g"}, {3, "4g"}, {4, "7g"}, {9, "1g.double_memory"}}};
  std::string why;
  std::size_t found = 0;
  for (const auto& [profile, name] : kProfiles) {
    try {
      context.out.add(Json{{"k", "environment"},
                           {std::string("mig_placements_") + name, context.session.nvml().mig_placements(profile)}});
      ++found;
    } catch (const Unavailable& error) {
      why = error.what();
    }
  }
  if (found == 0) throw Unavailable(why);
}

}  // namespace seatrial
