#include "specfuse/methods/fusion_method.h"

namespace specfuse {
namespace {

constexpr double kFloat = sizeof(float);

}  // namespace

const PairNoise& KnownPair::noise() const {
  std::call_once(has_noise_, [this] { noise_ = noise_of(*this); });
  return noise_;
}

const TrainingPair& KnownPair::lower() const {
  std::call_once(has_lower_, [this] { lower_ = lower_scale(*this); });
  return lower_;
}

Fuser local_fuser(const PairParts& pair, std::function<FusedCube(const KnownPair& part)> fuse) {
  // The result, and the MSI's detail and what it is made of.
  const auto values = static_cast<double>(pair.bands() + 3 * pair.msi_bands());
  return {.fuse = std::move(fuse), .halo = detail_margin(pair.degradation()), .bytes_per_pixel = kFloat * values};
}

Fuser whole_fuser(const PairParts& pair, double images, std::function<FusedCube(const KnownPair& pair)> fuse) {
  const double image = kFloat * static_cast<double>(pair.bands());
  return {.fuse = std::move(fuse), .bytes_per_pixel = images * image, .whole = true};
}

FusedCube fuse(const FusionMethod& method, const KnownPair& pair) { return method.fuser(WholePair(pair)).fuse(pair); }

}  // namespace specfuse
