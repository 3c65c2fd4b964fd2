#pragma once

#include "specfuse/imaging/degrade.h"

namespace specfuse {

class FieldVisitor;

/// What a method may do to its result at the end: projections, then the subspace.
struct Refinement {
  Index projections = 0;
  bool subspace = false;

  void describe(FieldVisitor& fields);

  /// Whether it needs the whole image at once.
  bool looks_at_all() const { return projections > 0 || subspace; }
  /// Throws as `check_pair_with_srf` where projections need a response that is missing or does not fit.
  void check(const Pair& pair, const char* method) const;
  /// Throws as `make_consistent` and `project_on_signal`.
  void apply(const Pair& pair, Cube& fused) const;
};

}  // namespace specfuse
