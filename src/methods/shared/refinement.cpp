#include "specfuse/methods/shared/refinement.h"

#include "specfuse/core/fields.h"
#include "specfuse/methods/shared/consistency.h"
#include "specfuse/methods/shared/signal_subspace.h"
#include "specfuse/methods/shared/spectra.h"

namespace specfuse {

void Refinement::describe(FieldVisitor& fields) {
  fields("projections", projections, Range{0, 100}, Label{"rounds of consistency"},
         "Rounds of consistency with both inputs at the end; only right without noise, and needs the response.");
  fields("subspace", subspace, Label{"projection on the subspace"},
         "Whether the result is projected on the directions in which the HSI stands out of its noise; suits noise.");
}

void Refinement::check(const Pair& pair, const char* method) const {
  if (projections > 0) check_pair_with_srf(pair, method);
}

void Refinement::apply(const Pair& pair, Cube& fused) const {
  for (Index round = 0; round < projections; ++round) make_consistent(pair, fused);
  if (subspace) project_on_signal(pair.hsi, fused);
}

}  // namespace specfuse
