#include "experiment/shown_scene.h"

#include "specfuse/imaging/metrics.h"

namespace specfuse {
namespace {

Cube shown(const Cube& cube, const std::optional<Rectangle>& part) { return part ? crop(cube, *part) : cube; }

std::optional<Cube> shown_reference(const Scene& scene, const Task& task) {
  if (!scene.reference) return {};
  return shown(*scene.reference, task.scored);
}

SceneFigures figures_of(const Task& task, const std::optional<Cube>& reference) {
  const Pair pair = task.scored ? crop_pair(task.pair, *task.scored) : task.pair;
  return {pair.hsi, pair.msi, reference};
}

}  // namespace

ShownScene::ShownScene(const Scene& scene, const Task& task)
    : scored_(task.scored), reference_(shown_reference(scene, task)), figures_(figures_of(task, reference_)) {}

void ShownScene::add(const std::string& label, const Cube& fused) {
  const Cube part = shown(fused, scored_);
  std::optional<Differences> differences;
  if (reference_) {
    differences = {error_map(*reference_, part), sam_map_deg(*reference_, part), band_psnr_db(*reference_, part)};
  }
  figures_.add(label, part, differences);
}

}  // namespace specfuse
