#include "io/hdf5_image.h"
#include "io/reorder.h"
#include "specfuse/core/error.h"
#include "specfuse/io/scene.h"

namespace specfuse {
namespace {

ImagePtr open_hdf5(const std::string& path, const std::string& dataset) {
  const Hdf5Reader file(path);
  SPECFUSE_CHECK_AS(DataError, file.has(dataset) || !file.has("/hsi") || !file.has("/msi"), path, ": no dataset ",
                    dataset, ", but /hsi and /msi: name a pair in data.pair, or one of its images in data.dataset");
  auto image = std::make_shared<Hdf5Image>(path, dataset_of(file, dataset));
  if (!file.texts(dataset).contains("MATLAB_class")) return image;
  // MATLAB writes its first dimension fastest.
  Cube cube = image->read_all();
  const Shape& shape = cube.values.shape();
  const bool flat = file.shape(dataset).size() == 2;
  cube.values = in_order(flat ? cube.values.reshape({1, shape[0], shape[1]}) : cube.values, "bcr");
  return in_memory(std::move(cube));
}

}  // namespace

SceneFormat hdf5_scene_format() {
  return {"hdf5", "HDF5, with /wavelength_nm beside the dataset where it is known", is_hdf5, open_hdf5};
}

}  // namespace specfuse
