#pragma once

#include <vector>

#include "specfuse/networks/plan.h"

namespace specfuse {

/// The branches of a plan with their parameters, and what joins them.
class BranchNetwork {
 public:
  explicit BranchNetwork(const NetworkPlan& plan);

  /// One value for each feed of the plan -> spectra [P, bands]: the P pixels of N tiles of T x T, row by row, tile
  /// after tile. Feeds of a neighbourhood are images [N, C, T + patch - 1, T + patch - 1], the others rows [P, values].
  Variable forward(const std::vector<Variable>& feeds) const;

  /// Named as in a checkpoint: "hsi.conv1.weight" ... "fusion.out.bias".
  std::vector<Parameter> parameters() const;

 private:
  struct Branch {
    std::size_t feed;
    Flow in;
    Network layers;
  };
  struct Group {
    std::vector<Branch> branches;
    Network fusion;
    Variable forward(const std::vector<Variable>& feeds) const;
  };
  std::vector<Group> groups_;
};

}  // namespace specfuse
