#pragma once

#include <vector>

#include "specfuse/methods/plus/inputs.h"
#include "specfuse/nn/layers.h"

namespace specfuse {

/// conv 7 along the bands, and five residual blocks: 3x3 over the pixels, 7 along the bands, 3x3 with dilation 2, 7
/// along the bands, 3x3 with dilation 4, all with 32 maps and ReLU; then two values for every pixel and band.
Layers plus_layers();

/// What the network makes of a part of an image, [rows, cols, bands] each: the refined base, and the mean size of the
/// error it expects.
struct Refined {
  Tensor fused, error;
};

struct RefineOptions {
  /// Pixels on a side of the parts that are worked on at a time: memory against speed, not results.
  Index tile = 64;
  /// The mean over the image and its flips, in four times the time.
  bool flips = false;
};

/// A network that is the same for every band of every sensor: it sees `PlusInputs` and predicts, for every pixel and
/// band, by how many e the base is to be moved, and the logarithm of the error's mean size in e.
class PlusNetwork {
 public:
  /// Throws `ConfigError` naming a layer below the key path `path` where one does not fit.
  PlusNetwork(const Layers& layers, Index channels, const std::string& path);

  /// Inputs [N, rows, cols, bands, channels] -> [N, rows, cols, bands, 2].
  Variable forward(const Variable& inputs) const { return network_.forward(inputs); }
  std::vector<Parameter> parameters() const { return network_.parameters(); }
  const std::vector<LayerPlan>& plans() const { return plans_; }
  /// The halo in pixels.
  Index reach() const;

  /// Throws `Error` where the inputs have other channels, `Interrupted` when the user asked to stop.
  Refined refine(const PlusInputs& inputs, const Rectangle& part, const RefineOptions& options) const;

 private:
  /// Inputs [rows, cols, bands, channels] -> [rows, cols, bands, 2].
  Tensor mean_over_flips(const Tensor& seen, bool flips) const;

  std::vector<LayerPlan> plans_;
  Network network_;
};

/// Axes that are reversed, and whether rows and columns change places after that.
struct Flips {
  bool rows = false, cols = false, bands = false, turned = false;
};

/// A part of an image with channels [rows, cols, bands, channels], reversed and turned.
Tensor flipped(const Tensor& x, const Flips& flips);

}  // namespace specfuse
