// Allocation N of a whole run fails, from reading the scenario to the finished result folder. The run ends in an
// exception that the program's main function reports, or is complete; a result folder is absent or whole. Under the
// sanitizers: nothing leaks and nothing is used after it was given back on the way out.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <new>
#include <set>
#include <string>
#include <vector>

#include "scenarios/load.h"
#include "scenarios/run.h"
#include "sim/random.h"
#include "tests/support/paths.h"

namespace {

// Counts the allocations of the one thread that a run has.
struct Allocations {
  std::uint64_t seen = 0;
  std::uint64_t failing = 0;  // number of the one that fails; 0: none
};
Allocations& allocations() {
  static Allocations of_the_process;
  return of_the_process;
}

bool fails() { return ++allocations().seen == allocations().failing; }

void* allocate(std::size_t bytes) {
  void* const memory = fails() ? nullptr : std::malloc(bytes == 0 ? 1 : bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void* allocate(std::size_t bytes, std::align_val_t alignment) {
  const auto unit = static_cast<std::size_t>(alignment);
  void* const memory = fails() ? nullptr : std::aligned_alloc(unit, (bytes + unit - 1) / unit * unit);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

// All forms: a sanitizer's own would not call the first ones.
void* operator new(std::size_t bytes) { return allocate(bytes); }
void* operator new[](std::size_t bytes) { return allocate(bytes); }
void* operator new(std::size_t bytes, std::align_val_t alignment) { return allocate(bytes, alignment); }
void* operator new[](std::size_t bytes, std::align_val_t alignment) { return allocate(bytes, alignment); }
void* operator new(std::size_t bytes, const std::nothrow_t& /*tag*/) noexcept {
  return fails() ? nullptr : std::malloc(bytes == 0 ? 1 : bytes);
}
void* operator new[](std::size_t bytes, const std::nothrow_t& /*tag*/) noexcept {
  return fails() ? nullptr : std::malloc(bytes == 0 ? 1 : bytes);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*bytes*/) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t /*bytes*/) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t /*alignment*/) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t /*alignment*/) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*bytes*/, std::align_val_t /*alignment*/) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t /*bytes*/, std::align_val_t /*alignment*/) noexcept {
  std::free(memory);
}
void operator delete(void* memory, const std::nothrow_t& /*tag*/) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t& /*tag*/) noexcept { std::free(memory); }

namespace seatrial {
namespace {

namespace fs = std::filesystem;

class AllocationFaults : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    place_ =
        fs::temp_directory_path() / ("seatrial-allocations-" + std::string(GetParam()) + std::to_string(::getpid()));
    fs::remove_all(place_);
    fs::create_directory(place_);
  }
  void TearDown() override { fs::remove_all(place_); }

  enum Outcome { kDone, kThrew, kNoWayOut, kWrong };

  // One run here; any exception is one that main() reports.
  Outcome run(std::uint64_t failing) {
    allocations() = {0, failing};
    Outcome outcome = kThrew;
    try {
      RunOptions options;
      options.out_dir = (place_ / "out").string();
      options.write_report = true;
      (void)run_scenario(load_scenario(scenario_), options);
      outcome = kDone;
    } catch (const std::exception&) {
      outcome = kThrew;
    }
    seen_ = allocations().seen;
    allocations() = {};
    return outcome;
  }

  // The same in a process of its own.
  Outcome run_apart(std::uint64_t failing) {
    const pid_t child = fork();
    if (child == 0) {
      std::set_terminate([] { std::_Exit(kNoWayOut); });
      std::_Exit(run(failing));
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) < kWrong ? static_cast<Outcome>(WEXITSTATUS(status)) : kWrong;
  }

  void expect_clean(Outcome outcome, std::uint64_t failing) {
    EXPECT_NE(outcome, kWrong) << "allocation " << failing << " ends the process otherwise";
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(place_)) names.insert(entry.path().filename().string());
    const bool whole = names.contains("out");
    if (outcome == kDone) {
      EXPECT_TRUE(whole) << "allocation " << failing;
    }
    if (outcome != kNoWayOut) {
      EXPECT_EQ(names.size(), whole ? 1U : 0U) << "allocation " << failing << " left something behind";
    }
    // An error behind the last step, where the summary is put into words, finds the folder under its name.
    for (const char* file : {"summary.json", "jobs.csv", "series.csv", "report.html", "scenario.yaml"}) {
      EXPECT_TRUE(!whole || fs::exists(place_ / "out" / file)) << "allocation " << failing << ": no " << file;
    }
    fs::remove_all(place_);
    fs::create_directory(place_);
  }

  fs::path place_;
  std::string scenario_ = source_file("scenarios/library/" + std::string(GetParam()) + ".yaml");
  std::uint64_t seen_ = 0;
};

// The first dozens, then ever sparser up to the last, and some in between.
std::vector<std::uint64_t> chosen_from(std::uint64_t all) {
  std::set<std::uint64_t> chosen;
  for (std::uint64_t n = 1; n <= all; n += 1 + n / 4) chosen.insert(n);
  Random random(1, "allocations");
  for (int i = 0; i < 15; ++i) chosen.insert(1 + random.below(all));
  chosen.insert(all);
  return {chosen.begin(), chosen.end()};
}

TEST_P(AllocationFaults, LeaveNoHalfResult) {
  ASSERT_EQ(run(0), kDone);
  const std::uint64_t all = seen_;
  expect_clean(kDone, 0);
  ASSERT_GT(all, 1000U);
  std::size_t failed = 0;
  for (const std::uint64_t failing : chosen_from(all)) {
    const Outcome outcome = run_apart(failing);
    expect_clean(outcome, failing);
    failed += outcome == kDone ? 0 : 1;
  }
  EXPECT_GT(failed, 30U) << "allocations fail, and hardly a run notices";
}

std::string case_name(const testing::TestParamInfo<const char*>& of) {
  std::string name = of.param;
  std::erase(name, '-');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Library, AllocationFaults,
                         testing::Values("quickstart", "easy-backfill", "gpu-sharing", "gang-deadlock", "mig-3g-3g-1g",
                                         "preemptive-srtf", "priority-preemption", "warm-start", "goals",
                                         "capacity-drain"),
                         case_name);

}  // namespace
}  // namespace seatrial
