// Finds and takes the place of a whole gang, all or nothing: tries the gang's shapes in order, pods one after the other
// by the placement policy, and undoes what it bound if the rest does not fit.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <tuple>
#include <vector>

#include "models/cluster.h"
#include "models/job_table.h"
#include "models/mig_rule.h"

namespace seatrial {

class Placement;
struct GangShape;
struct PodQuestion;
struct RequestClass;
struct SpeedPlan;
struct SpeedView;

class Placer {
 public:
  Placer(Cluster& cluster, std::unique_ptr<Placement> placement);
  ~Placer();

  // Before the first question, where speed is modelled.
  void watch(const SpeedView& view);
  // How long the next job has waited: some partitioners destroy idle instances only for those that waited.
  void set_waited(Duration waited) { waited_ = waited; }
  // Binds the gang and returns the number of the shape used, or kNone with nothing changed. pieces() then holds the
  // placement, main pods first; device lists are appended to `devices`.
  static constexpr std::uint32_t kNone = 0xffffffffU;
  std::uint32_t place(const RequestClass& job_class, std::vector<std::uint16_t>& devices);
  [[nodiscard]] const std::vector<Piece>& pieces() const { return pieces_; }
  // Binds pod number `pod` of a gang alone: pieces() then holds it. False with nothing changed where none has room.
  bool place_pod(const RequestClass& job_class, std::uint32_t shape, std::uint32_t pod,
                 std::vector<std::uint16_t>& devices);
  // pieces() are these from now on: a gang that was bound pod by pod.
  void take_over(const std::vector<Piece>& pieces) { pieces_ = pieces; }
  // Gives back the pods of a gang, or the first of them, that was placed with this shape.
  void release(const GangShape& shape, std::span<const Piece> pieces, const std::vector<std::uint16_t>& devices);

 private:
  bool place_shape(const RequestClass& job_class, const GangShape& shape, std::vector<std::uint16_t>& devices);
  bool place_whole_nodes(const RequestClass& job_class, const GangShape& shape, std::vector<std::uint16_t>& devices);
  bool place_pods(const PodQuestion& question, std::uint32_t pods, std::vector<std::uint16_t>& devices);
  void bind(NodeId node, const PodRequest& pod, std::uint32_t pods, std::vector<std::uint16_t>& devices,
            std::uint32_t device);
  [[nodiscard]] std::uint32_t pod_class(const RequestClass& job_class, std::size_t shape, bool rest);
  void number_pods(const RequestClass& job_class, std::vector<std::uint32_t>& known);
  bool try_shape(const RequestClass& job_class, std::vector<std::uint16_t>& devices);

  Cluster& cluster_;
  std::unique_ptr<Placement> placement_;
  std::vector<Piece> pieces_;
  // Dense numbers for equal (pod, pools, allowed models, work), and per request the numbers of its shapes' pods.
  struct PodClassKey {
    PodRequest pod;
    CutEffort effort = CutEffort::Idle;
    std::vector<PoolId> pools;
    std::vector<std::uint8_t> models;
    std::uint16_t work = 0;  // only where the placement tells work apart
    [[nodiscard]] auto tied() const {
      return std::tie(pod.cpu_milli, pod.memory_mib, pod.gpus, pod.gpu_milli, pod.gpu_memory_mib, pod.slice, effort,
                      pools, models, work);
    }
    bool operator<(const PodClassKey& other) const { return tied() < other.tied(); }
  };
  std::map<PodClassKey, std::uint32_t> pod_class_ids_;
  std::vector<std::vector<std::uint32_t>> pod_classes_;
  std::size_t shape_ = 0;
  CutEffort effort_ = CutEffort::Idle;
  Duration waited_{0};
  const SpeedPlan* works_ = nullptr;  // null where work is all the same to the placement
};

}  // namespace seatrial
