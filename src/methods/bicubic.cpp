#include "specfuse/imaging/upsample.h"
#include "specfuse/methods/registry.h"

namespace specfuse {
namespace {

/// The up-sampled HSI, the MSI unused: what every fusion has to beat.
class Bicubic : public FusionMethod {
 public:
  Cube fuse(const Pair& pair) const override { return upsample_cubic(pair.hsi, pair.degradation.ratio); }
};

}  // namespace

MethodType bicubic_method() {
  return method_type<Bicubic>("bicubic", "cubic up-sampling of the HSI; ignores the MSI", "Keys 1981");
}

}  // namespace specfuse
