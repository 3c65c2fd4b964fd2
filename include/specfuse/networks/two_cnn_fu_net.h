#pragma once

#include <string>
#include <vector>

#include "specfuse/core/fields.h"
#include "specfuse/nn/layers.h"

namespace specfuse {

/// Sizes of the two-branch network of Yang, Zhao and Chan (2018).
struct TwoCnnFuModel {
  /// "released": the authors' code, with a skip convolution in each branch, branch FCs and residual fusion FCs.
  /// "table2": the paper's table as it is quoted, without them.
  std::string preset = "released";
  /// HSI branch, along the spectrum: feature maps, taps and number of its convolutions.
  Index hsi_maps = 20, hsi_kernel = 45, hsi_depth = 3;
  /// MSI branch, on the neighbourhood: feature maps, kernel side and number of its convolutions.
  Index msi_maps = 30, msi_kernel = 10, msi_depth = 3;
  /// Side of the MSI neighbourhood of a pixel; odd.
  Index patch = 31;
  /// Outputs of the branch FCs, preset "released" only.
  Index hsi_fc = 250, msi_fc = 200;
  /// Width of the fusion FCs.
  Index fusion_fc = 450;

  void describe(FieldVisitor& fields) {
    fields("preset", preset, Choices{"released", "table2"});
    fields("hsi_maps", hsi_maps, Range{1, 1024});
    fields("hsi_kernel", hsi_kernel, Range{1, 1024});
    fields("hsi_depth", hsi_depth, Range{1, 16});
    fields("msi_maps", msi_maps, Range{1, 1024});
    fields("msi_kernel", msi_kernel, Range{1, 128});
    fields("msi_depth", msi_depth, Range{1, 16});
    fields("patch", patch, Range{1, 255});
    fields("hsi_fc", hsi_fc, Range{1, 65536});
    fields("msi_fc", msi_fc, Range{1, 65536});
    fields("fusion_fc", fusion_fc, Range{1, 65536});
  }
};

/// The network. P pixels are those of N tiles of T x T, row by row, tile after tile.
class TwoCnnFuNet {
 public:
  /// Throws `ConfigError` where the bands or the patch are too small for the convolutions, naming the smallest.
  TwoCnnFuNet(const TwoCnnFuModel& model, Index bands, Index msi_bands);

  /// spectra [P, B] (up-sampled HSI) and windows [N, C, T + patch - 1, T + patch - 1] (MSI) -> spectra [P, B].
  Variable forward(const Variable& spectra, const Variable& windows) const;

  /// Named as in a checkpoint: "hsi.conv1.weight" ... "fusion.out.bias".
  std::vector<Parameter> parameters() const;

 private:
  Variable hsi_branch(const Variable& spectra) const;
  Variable msi_branch(const Variable& windows) const;

  TwoCnnFuModel model_;
  Index bands_;
  /// What is left of a spectrum and of a patch side after the convolutions.
  Index hsi_length_, msi_side_;
  std::vector<Conv1d> hsi_convs_, hsi_skip_;
  std::vector<Conv2d> msi_convs_, msi_skip_;
  std::vector<Linear> hsi_fc_, msi_fc_, fusion_;
};

}  // namespace specfuse
