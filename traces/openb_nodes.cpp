// Reading of node lists and ranks; see openb_nodes.h.
#include "traces/openb_nodes.h"

#include <unordered_map>

#include "sim/text.h"
#include "traces/cells.h"
#include "traces/csv.h"

namespace seatrial {
namespace {

constexpr std::int64_t kMaxAmount = 1'000'000'000'000;

NodeSpec node_of(Cells& cells, const std::vector<ColumnIndex>& columns) {
  NodeSpec node;
  node.name = cells.text(columns[0]);
  if (node.name.empty()) cells.problem(columns[0], "a node needs a name");
  node.cpu_milli = cells.integer(columns[1], 0, kMaxAmount);
  node.memory_mib = cells.integer(columns[2], 0, kMaxAmount);
  node.gpus = static_cast<std::uint32_t>(cells.integer(columns[3], 0, kMaxGpusPerNode));
  node.gpu_model = cells.text(columns[4]);
  if (node.gpus == 0) node.gpu_model.clear();
  if (node.gpus != 0 && node.gpu_model.empty()) cells.problem(columns[4], "a node with GPUs needs their model");
  return node;
}

std::vector<NodeSpec> read_list(const InputRequest& request, Problems& problems) {
  CsvFile rows(InputFile(request), problems);
  Cells cells(rows, problems);
  cells.require("an openb node list", {"sn", "cpu_milli", "memory_mib", "gpu", "model"});
  problems.throw_if_any();
  std::vector<ColumnIndex> columns;
  for (const char* name : {"sn", "cpu_milli", "memory_mib", "gpu", "model"}) columns.push_back(cells.column(name));
  std::vector<NodeSpec> nodes;
  std::unordered_map<std::string, std::size_t> seen;
  while (rows.next()) {
    cells.begin_row();
    NodeSpec node = node_of(cells, columns);
    if (!seen.emplace(node.name, nodes.size()).second) cells.problem(columns[0], "the node appears twice");
    if (nodes.size() >= kMaxNodes) throw InputError(rows.place(0), "", "the list has more than 1000000 nodes");
    node.rank = static_cast<std::uint32_t>(nodes.size());
    nodes.push_back(std::move(node));
  }
  if (nodes.empty() && problems.empty()) throw InputError(rows.header_place(), "", "the list has no node");
  return nodes;
}

// Ranks of one seed by node name. Rows of other seeds are passed over; the file is read up to the end of the seed's
// run.
std::unordered_map<std::string, std::uint32_t> read_ranks(const InputRequest& request, std::int64_t seed,
                                                          Problems& problems) {
  CsvFile rows(InputFile(request), problems);
  Cells cells(rows, problems);
  cells.require("a rank file", {"seed", "sn", "rank"});
  problems.throw_if_any();
  const ColumnIndex seed_column = cells.column("seed");
  const ColumnIndex name = cells.column("sn");
  const ColumnIndex rank = cells.column("rank");
  std::unordered_map<std::string, std::uint32_t> ranks;
  while (rows.next()) {
    cells.begin_row();
    const auto row_seed = parse_integer(cells.raw(seed_column));
    if (!row_seed) cells.problem(seed_column, "must be a whole number");
    if (row_seed != seed && !ranks.empty()) break;
    if (row_seed != seed) continue;
    const auto value = static_cast<std::uint32_t>(cells.integer(rank, 0, kMaxNodes - 1));
    if (!ranks.emplace(std::string(cells.text(name)), value).second) cells.problem(name, "the node has two ranks");
  }
  return ranks;
}

}  // namespace

std::vector<NodeSpec> read_openb_nodes(const InputRequest& list, const InputRequest& rank, std::int64_t rank_seed) {
  Problems problems;
  std::vector<NodeSpec> nodes = read_list(list, problems);
  problems.throw_if_any();
  if (rank.file.empty()) return nodes;
  const auto ranks = read_ranks(rank, rank_seed, problems);
  problems.throw_if_any();
  for (NodeSpec& node : nodes) {
    const auto found = ranks.find(node.name);
    if (found == ranks.end()) {
      problems.add(Place{rank.file}, "",
                   "node \"" + quoted(node.name) + "\" has no rank for seed " + std::to_string(rank_seed));
    } else {
      node.rank = found->second;
    }
  }
  problems.throw_if_any();
  return nodes;
}

}  // namespace seatrial
