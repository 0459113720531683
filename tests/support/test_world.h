// A small world for tests, and what became of its jobs. The product (product.h) and the plain reference
// (reference_sim.h) both take a TestWorld and return a WorldResult, so a test compares two values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace seatrial {

struct TestPool {
  std::uint32_t nodes = 1;
  std::uint32_t gpus = 1;            // of a node; one node makes GPUs a mere count
  std::vector<std::string> tenants;  // empty: all
};

struct TestJob {
  std::int64_t submit_ns = 0;
  std::int64_t duration_ns = 0;
  std::uint32_t gpus = 1;
  std::int64_t estimate_ns = -1;  // -1: equal to the duration
  std::string tenant;

  [[nodiscard]] std::int64_t stated_ns() const { return estimate_ns < 0 ? duration_ns : estimate_ns; }
};

// From `at_ns` after the first submit the pool is to have so many nodes.
struct TestChange {
  std::int64_t at_ns = 0;
  std::uint32_t pool = 0;
  std::uint32_t nodes = 0;
};

// Names are those of scenario files.
struct TestWorld {
  std::vector<TestPool> pools;
  std::vector<TestJob> jobs;  // ties of submit time end in the index
  std::vector<TestChange> changes;
  std::string order = "fifo";
  std::vector<std::pair<std::string, std::vector<double>>> order_parameters;
  std::string admission = "strict";
  std::string preemption = "none";
  std::string placement = "best-fit";
  std::string estimate = "oracle";
  bool queues_per_tenant = false;
  std::optional<std::uint32_t> max_waiting;
};

struct TestOutcome {
  std::string state;           // completed, rejected, failed, running, pending
  std::int64_t start_ns = -1;  // first start; -1 where not reached (submits of test worlds are not negative)
  std::int64_t end_ns = -1;
  std::int64_t waited_ns = 0;
  std::uint32_t preemptions = 0;
  std::vector<std::uint32_t> nodes;  // of the last placement, pools one after another

  bool operator==(const TestOutcome&) const = default;
};

struct WorldResult {
  std::vector<TestOutcome> jobs;  // in the order of TestWorld::jobs
};

// A world as text, to reproduce a failure by hand.
[[nodiscard]] std::string describe(const TestWorld& world);

}  // namespace seatrial
