#pragma once

#include <optional>
#include <string>

#include "specfuse/core/error.h"
#include "specfuse/core/fields.h"
#include "specfuse/nn/layer.h"

namespace specfuse {

/// What convolutions along the spectrum and over the neighbourhood have in common.
struct ConvolutionOptions {
  Index maps, kernel = 3, dilation = 1;
  std::string activation = "relu";
  bool zero_init = false;
  std::optional<Index> repeats{};

  void describe(FieldVisitor& fields, const Range& kernels, const char* of_kernel) {
    fields("maps", maps, Range{1, 65536}, Label{"maps"}, "Feature maps it makes.");
    fields("kernel", kernel, kernels, Label{"kernel", "taps"}, of_kernel);
    fields("dilation", dilation, kernels, "Distance of neighbouring taps.");
    describe_activation(fields, activation);
    fields("zero_init", zero_init, "Whether its weights start at 0 instead of as `train.init` says.");
    fields("repeat", repeats, Range{1, 64}, Label{"repetitions"},
           "So many of them in turn, called NAME1, NAME2 and on; null: one, called NAME.");
  }

  /// Positions from the first to the last tap.
  Index span() const { return dilation * (kernel - 1) + 1; }

  /// Throws `ConfigError` where it is longer than the `length` that is left of `what`, counted in `unit`.
  void expect_fits(const LayerSite& site, Index length, const std::string& unit, const std::string& what) const {
    site.expect(span() <= length, "kernel", concat("at most the ", length, " ", unit, " of ", what, " that are left"),
                concat(kernel, dilation > 1 ? concat(" taps over ", span(), " ", unit) : std::string(" taps")));
  }

  /// On maps of a cube, which keep their size: along the bands for a weight [maps, C, kernel], across the pixels for
  /// one [maps, C, kernel, kernel].
  LayerPlan plan_on_cube(const LayerSite& site, const Shape& weight) const {
    site.expect(kernel % 2 == 1, "kernel", "an odd number for maps of a cube, which keep their size", concat(kernel));
    LayerPlan plan;
    plan.size_field = "maps";
    plan.out = {Flow::Kind::cube, maps, 1};
    plan.parameters = weight_and_bias(site.name, weight, zero_init);
    plan.flops = 2.0 * static_cast<double>(weight.size());
    plan.reach = weight.rank() == 4 ? dilation * (kernel / 2) : 0;
    plan.forward = [across = weight.rank() == 4,
                    options = CubeOptions{dilation, activation_of(activation)}](const LayerInputs& of) {
      return (across ? conv_pixels : conv_bands)(of.x, of.parameters[0], of.parameters[1], options);
    };
    return plan;
  }
};

}  // namespace specfuse
