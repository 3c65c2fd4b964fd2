#include "specfuse/imaging/upsample.h"
#include "specfuse/methods/registry.h"
#include "specfuse/methods/shared/detail_injection.h"

namespace specfuse {
namespace {

/// The up-sampled HSI, the MSI unused: what every fusion has to beat.
class Bicubic : public FusionMethod {
 public:
  Fuser fuser(const PairParts& pair) const override {
    return local_fuser(pair,
                       [](const Pair& part) -> FusedCube { return {upsample_cubic(part.hsi, part.degradation)}; });
  }
};

}  // namespace

MethodType bicubic_method() {
  return method_type<Bicubic>("bicubic", "Bicubic", "cubic up-sampling of the HSI; ignores the MSI",
                              {{.author = "Keys, Robert G.",
                                .title = "Cubic convolution interpolation for digital image processing",
                                .journal = "IEEE Transactions on Acoustics, Speech, and Signal Processing",
                                .year = 1981,
                                .volume = "29",
                                .number = "6",
                                .pages = "1153--1160",
                                .doi = "10.1109/TASSP.1981.1163711"}});
}

}  // namespace specfuse
