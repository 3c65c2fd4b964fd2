#pragma once

#include <optional>
#include <string>

#include "specfuse/core/error.h"
#include "specfuse/nn/layer.h"

namespace specfuse {

/// What convolutions along the spectrum and over the neighbourhood have in common.
struct ConvolutionOptions {
  Index maps, kernel = 3, dilation = 1;
  std::string activation = "relu";
  bool zero_init = false;
  std::optional<Index> repeats{};

  void describe(FieldVisitor& fields, const Range& kernels, const char* of_kernel) {
    fields("maps", maps, Range{1, 65536}, "Feature maps it makes.");
    fields("kernel", kernel, kernels, of_kernel);
    fields("dilation", dilation, kernels, "Distance of neighbouring taps.");
    describe_activation(fields, activation);
    fields("zero_init", zero_init, "Whether its weights start at 0 instead of as `train.init` says.");
    fields("repeat", repeats, Range{1, 64},
           "So many of them in turn, called NAME1, NAME2 and on; null: one, called NAME.");
  }

  /// Positions from the first to the last tap.
  Index span() const { return dilation * (kernel - 1) + 1; }

  /// Throws `ConfigError` where it is longer than the `length` that is left of `what`, counted in `unit`.
  void expect_fits(const LayerSite& site, Index length, const std::string& unit, const std::string& what) const {
    site.expect(span() <= length, "kernel", concat("at most the ", length, " ", unit, " of ", what, " that are left"),
                concat(kernel, dilation > 1 ? concat(" taps over ", span(), " ", unit) : std::string(" taps")));
  }
};

}  // namespace specfuse
