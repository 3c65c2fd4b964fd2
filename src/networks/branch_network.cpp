#include "specfuse/networks/branch_network.h"

#include "specfuse/core/error.h"

namespace specfuse {
namespace {

/// A feed as the first layer of a branch takes it.
Variable as_flow(const Variable& feed, const Flow& in) {
  const Shape& shape = feed.shape();
  if (in.kind == Flow::Kind::image) {
    SPECFUSE_CHECK(shape.rank() == 4 && shape[1] == in.channels, "network: expected images [N, ", in.channels,
                   ", H, W], got ", shape.text());
    return feed;
  }
  SPECFUSE_CHECK(shape.rank() == 2 && shape[1] == in.size(), "network: expected rows [P, ", in.size(), "], got ",
                 shape.text());
  return in.kind == Flow::Kind::features ? feed : reshape(feed, {shape[0], in.channels, in.length});
}

}  // namespace

BranchNetwork::BranchNetwork(const NetworkPlan& plan) {
  for (const GroupPlan& group : plan.groups) {
    Group& made = groups_.emplace_back();
    for (const BranchPlan& branch : group.branches) {
      made.branches.push_back({branch.feed, branch.layers.front().in, Network(branch.layers)});
    }
    made.fusion = Network(group.fusion);
  }
}

Variable BranchNetwork::Group::forward(const std::vector<Variable>& feeds) const {
  Variable joint;
  for (const Branch& branch : branches) {
    const Variable features = branch.layers.forward(as_flow(feeds.at(branch.feed), branch.in));
    joint = joint.defined() ? concat_channels(joint, features) : features;
  }
  return fusion.forward(joint);
}

Variable BranchNetwork::forward(const std::vector<Variable>& feeds) const {
  Variable bands;
  for (const Group& group : groups_) {
    const Variable some = group.forward(feeds);
    bands = bands.defined() ? concat_channels(bands, some) : some;
  }
  return bands;
}

std::vector<Parameter> BranchNetwork::parameters() const {
  std::vector<Parameter> all;
  const auto add = [&](const Network& network) {
    for (Parameter& parameter : network.parameters()) all.push_back(std::move(parameter));
  };
  for (const Group& group : groups_) {
    for (const Branch& branch : group.branches) add(branch.layers);
    add(group.fusion);
  }
  return all;
}

}  // namespace specfuse
