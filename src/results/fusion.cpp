#include "specfuse/results/fusion.h"

#include "specfuse/io/hdf5.h"
#include "specfuse/io/scene.h"

namespace specfuse {

FusedImage fused_in_memory(const FusedCube& fusion) {
  return {in_memory(fusion.fused), fusion.sigma ? in_memory(*fusion.sigma) : nullptr, fusion.width_95};
}

FusedImage open_fused(const std::string& path, const PairOutliers& outliers, Index ratio) {
  const auto mark = [outliers, ratio](Cube& part, const Rectangle& place) {
    mark_outliers(outliers, ratio, place, part, nullptr);
  };
  SceneSource source;
  FusedImage image{described(open_image(path, source), mark)};
  const Hdf5Reader file(path);
  source.dataset = "/sigma";
  if (!file.has(source.dataset)) return image;
  image.sigma = open_image(path, source);
  image.width_95 = file.number("/sigma", "width_95").value();
  return image;
}

}  // namespace specfuse
