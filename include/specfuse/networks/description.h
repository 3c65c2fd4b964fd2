#pragma once

#include <optional>
#include <string>

#include "specfuse/nn/layers.h"

namespace specfuse {

/// What feeds a branch.
enum class Input {
  /// The up-sampled HSI at the pixel, [1 x bands].
  spectrum,
  /// The MSI around it, [msi bands x patch x patch].
  msi,
  /// The MSI and the up-sampled HSI around it as channels of one image.
  stack,
  /// The MSI at the pixel and its detail beyond the HSI's resolution, 2 x msi bands features.
  pixel,
  /// The base estimate at the pixel, [1 x bands].
  base,
};

/// As a configuration spells it.
std::string input_name(Input input);
/// Throws `Error` where there is no such input.
Input input_of(const std::string& name);

/// One branch of a network: what feeds it, and its layers.
struct BranchDescription {
  /// An `Input` by name.
  std::string input = "spectrum";
  /// Side of the neighbourhood of "msi" and "stack", odd; none: the smallest that the layers leave a pixel of.
  std::optional<Index> patch;
  Layers layers;
  /// Whether it is there: what a preset or a base experiment has can be left out.
  bool enabled = true;
  void describe(FieldVisitor& fields);
};

/// A network that makes a pixel's fine spectrum: branches, whose values are joined as one vector, and the layers of the
/// fusion after them, the last of which makes the bands.
struct NetworkDescription {
  /// What the rest started from: "released", the authors' code (Yang, Zhao and Chan 2018), with a skip convolution in
  /// each branch, branch FCs and a residual fusion; "table2", the paper's table as it is quoted, without them; "none".
  std::string preset = "none";
  Named<BranchDescription> branches;
  Layers fusion;
  /// Which method of the bench makes the base estimate: "none" or its name.
  std::string base = "none";
  /// "direct": the network makes the spectrum. "residual": it makes what the base estimate lacks.
  std::string output = "direct";
  /// Bands that are reconstructed together: a network of its own for each group of so many; none: one for all.
  std::optional<Index> bands_per_network;
  void describe(FieldVisitor& fields);
};

/// "released", "table2" or, empty, "none".
NetworkDescription preset_network(const std::string& preset);

}  // namespace specfuse
