#include "imaging/keys.h"

namespace specfuse {

std::array<double, 4> keys_weights(double offset) {
  const double t = offset, t2 = t * t, t3 = t2 * t;
  return {(-t3 + 2 * t2 - t) / 2, (3 * t3 - 5 * t2 + 2) / 2, (-3 * t3 + 4 * t2 + t) / 2, (t3 - t2) / 2};
}

}  // namespace specfuse
