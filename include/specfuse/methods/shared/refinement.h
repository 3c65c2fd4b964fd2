#pragma once

#include "specfuse/core/fields.h"
#include "specfuse/imaging/degrade.h"

namespace specfuse {

/// What a method may do to its result at the end: projections, then the subspace.
struct Refinement {
  Index projections = 0;
  bool subspace = false;

  void describe(FieldVisitor& fields) {
    fields("projections", projections, Range{0, 100}, Label{"rounds of consistency"},
           "Rounds of consistency with both inputs at the end; only right without noise, and needs the response.");
    fields("subspace", subspace, Label{"projection on the subspace"},
           "Whether the result is projected on the directions in which the HSI stands out of its noise; suits noise.");
  }

  /// Whether it needs the whole image at once.
  bool looks_at_all() const { return projections > 0 || subspace; }
  /// Throws as `check_pair_with_srf` where projections need a response that is missing or does not fit.
  void check(const Pair& pair, const char* method) const;
  /// Throws as `make_consistent` and `project_on_signal`.
  void apply(const Pair& pair, Cube& fused) const;
};

}  // namespace specfuse
