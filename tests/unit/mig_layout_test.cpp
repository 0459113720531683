// models/mig_catalog.h and mig_layout.h: names of GPUs and layouts, what no GPU can be cut into, files of mig-parted.
#include "models/mig_layout.h"

#include <gtest/gtest.h>

#include <set>

#include "models/gpu_catalog.h"

namespace seatrial {
namespace {

const MigFamily& a100() { return *find_mig_family("a100-40"); }

std::string first_problem(const std::vector<MigLayoutEntry>& layout) {
  const std::vector<MigLayoutProblem> problems = check_mig_layout(a100(), layout);
  return problems.empty() ? "" : problems.front().what;
}

TEST(MigCatalog, KnowsTheFamiliesOfTheGpuCatalogue) {
  std::set<std::string> ids;
  for (const MigFamily& family : mig_catalog()) {
    EXPECT_TRUE(ids.insert(family.id).second);
    for (const MigProfile& profile : family.profiles) EXPECT_FALSE(profile.evidence.empty());
    for (const std::string& product : family.products) EXPECT_EQ(mig_family_of_product(product), &family);
    for (const std::string& gpu : family.gpus) EXPECT_EQ(mig_family_of_gpu(gpu), &family);
  }
  EXPECT_GE(ids.size(), 11U);
  for (const char* gpu : {"a30", "a100-40", "a100-80", "h100-sxm", "h100-pcie", "h100-nvl", "h200", "gh200", "b200"}) {
    EXPECT_NE(find_gpu_model(gpu), nullptr) << gpu;
    EXPECT_NE(mig_family_of_gpu(gpu), nullptr) << gpu;
  }
  EXPECT_EQ(mig_family_of_gpu("v100-32"), nullptr);
  EXPECT_EQ(mig_family_of_product("NVIDIA A100-SXM4-40GB"), &a100());
  EXPECT_EQ(mig_family_of_product("NVIDIA V100"), nullptr);
  EXPECT_EQ(mig_family_of_pci_id("0x20b010de"), &a100());
  EXPECT_EQ(mig_family_of_pci_id(""), nullptr);
}

TEST(MigCatalog, CarriesFiguresAndSaysWhichAreNotKnown) {
  const MigProfile& h100 = find_mig_family("h100-80")->profiles[find_mig_family("h100-80")->find("3g.40gb").value()];
  EXPECT_EQ(h100.sm_count, 60);
  EXPECT_EQ(h100.memory_gib, 39.5);
  EXPECT_EQ(h100.profile_id, 9);
  const MigProfile& b200 = find_mig_family("b200-180")->profiles[find_mig_family("b200-180")->find("3g.90gb").value()];
  EXPECT_EQ(b200.sm_count, std::nullopt);
  EXPECT_EQ(b200.memory_gib, std::nullopt);
  EXPECT_EQ(find_mig_family("gb300-278")->total_sm, std::nullopt);
  EXPECT_EQ(a100().profiles[a100().find("7g.40gb").value()].profile_id, 0);
}

TEST(MigCatalog, FindsMediaProfilesByEitherSpelling) {
  EXPECT_EQ(a100().find("1g.5gb+me"), a100().find("1g.5gb.me"));
  EXPECT_TRUE(a100().find("1g.5gb.me").has_value());
  EXPECT_EQ(a100().find(".me"), std::nullopt);
  EXPECT_EQ(a100().find(""), std::nullopt);
  EXPECT_EQ(a100().find("1G.5GB"), std::nullopt);
}

TEST(MigLayout, AcceptsWhatAGpuCanBeCutInto) {
  EXPECT_EQ(first_problem({}), "");
  EXPECT_EQ(first_problem({{"1g.5gb", 7}}), "");
  EXPECT_EQ(first_problem({{"3g.20gb", 1}, {"2g.10gb", 1}, {"1g.5gb", 2}}), "");
  EXPECT_EQ(first_problem({{"4g.20gb", 1}, {"3g.20gb", 1}}), "");
  EXPECT_EQ(first_problem({{"1g.5gb+me", 1}, {"1g.5gb", 6}}), "");
}

TEST(MigLayout, SaysWhatIsWrongOnce) {
  EXPECT_EQ(first_problem({{"3g.20gb", 2}, {"1g.5gb", 1}}),
            "impossible MIG layout: needs 9 memory slices; a GPU of a100-40 has 8");
  EXPECT_EQ(first_problem({{"4g.20gb", 1}, {"2g.10gb", 2}}),
            "impossible MIG layout: needs 8 compute slices; a GPU of a100-40 has 7");
  EXPECT_EQ(first_problem({{"4g.20gb", 1}, {"2g.10gb", 1}, {"1g.10gb", 1}}), "");
  EXPECT_EQ(first_problem({{"1g.10gb", 1}, {"1g.5gb", 6}}), "");
  EXPECT_EQ(first_problem({{"3g.20gb", 1}, {"1g.10gb", 2}}), "");
  EXPECT_EQ(first_problem({{"2g.10gb", 3}, {"1g.10gb", 1}}), "");
  EXPECT_EQ(first_problem({{"1g.5gb", 8}}), "8 instances of 1g.5gb; a GPU of a100-40 holds at most 7");
  EXPECT_EQ(first_problem({{"1g.5gb", 0}}), "count of 1g.5gb is 0, expected at least 1");
  EXPECT_EQ(first_problem({{"1g.5gb", -3}}), "count of 1g.5gb is -3, expected at least 1");
  EXPECT_EQ(first_problem({{"1g.5gb", 1}, {"1g.5gb", 1}}), "MIG profile 1g.5gb is listed twice");
  EXPECT_EQ(first_problem({{"bogus", 1}}), "unknown MIG profile \"bogus\"");
  EXPECT_EQ(first_problem({{"3g.40gb", 1}}), "MIG profile \"3g.40gb\" is of a100-80, h100-80, not of a100-40");
  EXPECT_EQ(check_mig_layout(a100(), {{"bogus", 1}, {"1g.5gb", 0}}).size(), 2U);
  EXPECT_EQ(check_mig_layout(a100(), {{"bogus", 1}, {"1g.5gb", 0}})[1].entry, 1U);
  const std::vector<MigLayoutEntry> media{{"1g.6gb+me", 1}, {"2g.12gb+me", 1}};
  EXPECT_EQ(check_mig_layout(*find_mig_family("a30"), media).front().what,
            "impossible MIG layout: has 2 media instances; a GPU of a30 can have one");
}

// A property of the catalogue's tables: what a GPU cannot hold breaks a sum or a maximum. Bad starts come from the
// order of creation, never from the layout. A family for which this ends to hold has its own message.
TEST(MigLayout, WhateverFitsBySlicesHasLegalStarts) {
  for (const MigFamily& family : mig_catalog()) {
    std::vector<std::uint32_t> counts(family.profiles.size(), 0);
    for (std::size_t at = 0; at < counts.size();) {
      unsigned compute = 0;
      unsigned memory = 0;
      unsigned media = 0;
      for (std::size_t i = 0; i < counts.size(); ++i) {
        compute += counts[i] * family.profiles[i].compute_slices;
        memory += counts[i] * family.profiles[i].memory_slices;
        media += family.profiles[i].media ? counts[i] : 0;
      }
      const bool by_slices = compute <= family.compute_slices && memory <= family.memory_slices && media <= 1;
      ASSERT_EQ(mig_feasible(family, counts), by_slices) << family.id;
      for (at = 0; at < counts.size() && counts[at]++ == family.profiles[at].max_instances; ++at) counts[at] = 0;
    }
  }
}

TEST(MigLayout, HostileNamesAreShownSafely) {
  const std::string hostile = "<script>\n\x1b[2J" + std::string(10'000, 'x');
  const std::string what = first_problem({{hostile, 1}});
  EXPECT_LT(what.size(), 300U);
  EXPECT_EQ(what.find('\n'), std::string::npos);
  EXPECT_EQ(what.find('\x1b'), std::string::npos);
}

TEST(MigLayout, NamesAreThoseOfMigParted) {
  EXPECT_EQ(named_mig_layout(a100(), "all-1g.5gb")->front().count, 7);
  EXPECT_EQ(named_mig_layout(a100(), "all-1g.5gb.me")->front().count, 1);
  EXPECT_TRUE(named_mig_layout(a100(), "all-disabled")->empty());
  EXPECT_EQ(named_mig_layout(a100(), "all-3g.40gb"), std::nullopt);
  EXPECT_EQ(named_mig_layout(a100(), "balanced"), std::nullopt);
  EXPECT_EQ(named_mig_layout(a100(), ""), std::nullopt);
  for (const MigFamily& family : mig_catalog()) {
    for (const std::string& name : mig_layout_names(family)) {
      const auto layout = named_mig_layout(family, name);
      ASSERT_TRUE(layout.has_value()) << name;
      EXPECT_TRUE(check_mig_layout(family, *layout).empty()) << family.id << " " << name;
    }
  }
  const auto balanced = named_mig_layout(a100(), "all-balanced");
  EXPECT_EQ(mig_layout_counts(a100(), *balanced), (MigCounts{2, 0, 0, 1, 1, 0, 0}));
  EXPECT_EQ(named_mig_layout(*find_mig_family("a30"), "all-balanced")->size(), 2U);
}

TEST(MigLayout, BecomesTheStateThatLeavesMostRoom) {
  const MigGeometry geometry(a100());
  const MigLookahead lookahead(geometry, equal_mig_weights(a100()));
  const auto state = mig_state_of(lookahead, mig_layout_counts(a100(), {{"1g.5gb", 1}, {"3g.20gb", 1}}));
  ASSERT_TRUE(state.has_value());
  EXPECT_EQ(geometry.counts(geometry.instances(*state)), mig_layout_counts(a100(), {{"3g.20gb", 1}, {"1g.5gb", 1}}));
  for (const MigCounts& counts : mig_multisets(geometry, false)) {
    EXPECT_TRUE(mig_state_of(lookahead, counts).has_value());
  }
  MigCounts impossible{};
  impossible[a100().find("7g.40gb").value()] = 2;
  EXPECT_EQ(mig_state_of(lookahead, impossible), std::nullopt);
}

TEST(MigParted, EntriesApplyByFilterAndIndexAndTheLastOneWins) {
  MigPartedEntry everywhere;
  MigPartedEntry a100_only;
  a100_only.device_filter = {"0x20B010DE"};
  a100_only.all_devices = false;
  a100_only.devices = {1, 3};
  MigPartedEntry h100_only;
  h100_only.device_filter = {"h100-sxm"};
  const std::vector<MigPartedEntry> entries{everywhere, a100_only, h100_only};
  using Choice = std::vector<std::optional<std::size_t>>;
  EXPECT_EQ(mig_parted_choice(entries, "a100-40", 4), (Choice{0, 1, 0, 1}));
  EXPECT_EQ(mig_parted_choice(entries, "h100-sxm", 2), (Choice{2, 2}));
  EXPECT_EQ(mig_parted_choice({a100_only}, "a100-40", 2), (Choice{std::nullopt, 0}));
  EXPECT_EQ(mig_parted_choice({a100_only}, "t4", 2), (Choice{std::nullopt, std::nullopt}));
}

}  // namespace
}  // namespace seatrial
