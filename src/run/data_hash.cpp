#include "run/data_hash.h"

#include <functional>

#include "run/data_images.h"
#include "specfuse/core/error.h"
#include "specfuse/core/rng.h"
#include "specfuse/io/file.h"
#include "specfuse/results/run_folder.h"
#include "specfuse/run/method_files.h"

namespace specfuse {

std::string data_hash(const ExperimentConfig& config, const Scene& scene, const std::vector<std::string>& directories) {
  std::string hashes;
  const auto add = [&](const Tensor& tensor) {
    hashes += hex_hash(tensor.data(), static_cast<std::size_t>(tensor.size()) * sizeof(float));
  };
  const auto add_image = [&](const Cube& cube) {
    add(cube.values);
    hashes += hex_hash(cube.wavelength_nm.data(), cube.wavelength_nm.size() * sizeof(double));
  };
  const std::function<void(const Scene&)> add_scene = [&](const Scene& one) {
    add(one.degradation.psf);
    add(one.degradation.srf);
    if (one.large) return;  // its files are hashed
    if (one.reference) add_image(*one.reference);
    if (one.measured) add_image(one.measured->hsi);
    if (one.measured) add_image(one.measured->msi);
    for (const Scene& other : one.train) add_scene(other);
    for (const Scene& other : one.validation) add_scene(other);
  };
  add_scene(scene);
  std::vector<std::string> files = files_of_methods(config, directories);
  if (scene.large) {
    for (const std::string& file : image_files(config.data, directories)) files.push_back(file);
  }
  for (const std::string& file : files) hashes += file_hash(file);
  return concat(scene.large ? kStreamedHash : "", hex_hash(hashes.data(), hashes.size()));
}

}  // namespace specfuse
