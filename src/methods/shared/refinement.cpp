#include "specfuse/methods/shared/refinement.h"

#include "specfuse/methods/shared/consistency.h"
#include "specfuse/methods/shared/signal_subspace.h"
#include "specfuse/methods/shared/spectra.h"

namespace specfuse {

void Refinement::check(const Pair& pair, const char* method) const {
  if (projections > 0) check_pair_with_srf(pair, method);
}

void Refinement::apply(const Pair& pair, Cube& fused) const {
  for (Index round = 0; round < projections; ++round) make_consistent(pair, fused);
  if (subspace) project_on_signal(pair.hsi, fused);
}

}  // namespace specfuse
