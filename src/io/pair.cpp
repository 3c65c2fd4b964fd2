#include "specfuse/io/pair.h"

#include <algorithm>

#include "io/cube_dataset.h"
#include "specfuse/core/error.h"

namespace specfuse {

namespace {

const CubeDataset kHsi = {"/hsi", "/wavelength_nm"};
const CubeDataset kMsi = {"/msi", "/msi_wavelength_nm"};
const CubeDataset kReference = {"/reference", "/wavelength_nm"};

std::string pixels(const std::string& name, const Cube& cube) {
  return concat(name, " of ", cube.rows(), " x ", cube.cols(), " pixels");
}

Index read_ratio(const Hdf5Reader& file, const Cube& hsi, const Cube& msi) {
  const Index derived = msi.rows() / hsi.rows();
  const bool fits = derived >= 2 && derived * hsi.rows() == msi.rows() && derived * hsi.cols() == msi.cols();
  SPECFUSE_CHECK_AS(DataError, fits, file.path(),
                    ": expected /msi to be larger than /hsi by one whole ratio on both axes, got ", pixels("/hsi", hsi),
                    " and ", pixels("/msi", msi));
  const std::optional<double> stated = file.number("/", "ratio");
  SPECFUSE_CHECK_AS(DataError, !stated || *stated == static_cast<double>(derived), file.path(), ": attribute ratio is ",
                    *stated, " but ", pixels("/hsi", hsi), " and ", pixels("/msi", msi), " have ratio ", derived);
  return derived;
}

/// Each MSI band is a mixture of HSI bands.
void check_response(const std::string& path, const Tensor& srf) {
  for (Index row = 0; row < srf.dim(0); ++row) {
    const float *begin = srf.data() + row * srf.dim(1), *end = begin + srf.dim(1);
    const auto [least, most] = std::minmax_element(begin, end);
    SPECFUSE_CHECK_AS(DataError, *least >= 0 && *most > 0, path,
                      ": /srf: expected weights of at least 0 and one above "
                      "in each row, got ",
                      *least, " to ", *most, " in row ", row, " (counted from 0)");
  }
}

void check_sizes(const std::string& path, const PairFile& pair) {
  if (pair.reference) {
    const Shape expected{pair.msi.rows(), pair.msi.cols(), pair.hsi.bands()}, got = pair.reference->values.shape();
    SPECFUSE_CHECK_AS(DataError, got == expected, path, ": expected /reference ", expected.text(),
                      ", pixels of /msi and bands of /hsi, got ", got.text());
  }
  if (pair.srf.defined()) {
    const Shape expected{pair.msi.bands(), pair.hsi.bands()};
    SPECFUSE_CHECK_AS(DataError, pair.srf.shape() == expected, path, ": expected /srf ", expected.text(),
                      ", bands of /msi by bands of /hsi, got ", pair.srf.shape().text());
    check_response(path, pair.srf);
  }
}

/// The datasets of a pair in a group; "" is the file itself.
void write_images(Hdf5Writer& file, const std::string& group, const PairFile& pair) {
  const auto in_group = [&](const CubeDataset& names) {
    return CubeDataset{group + names.values, group + names.wavelength_nm};
  };
  write_cube(file, in_group(kHsi), pair.hsi);
  write_cube(file, in_group(kMsi), pair.msi);
  if (pair.reference) file.write(group + kReference.values, pair.reference->values);
  if (pair.srf.defined()) file.write(group + "/srf", pair.srf);
}

/// The hsi with the attributes of the file.
Cube described(const PairFile& pair) {
  Cube cube = pair.hsi;
  cube.attributes["ratio"] = std::vector<double>{static_cast<double>(pair.ratio)};
  return cube;
}

PairFile images_of(const Pair& pair) { return {pair.hsi, pair.msi, pair.degradation.ratio, {}, pair.degradation.srf}; }

Cube read_image(const Hdf5Reader& file, const CubeDataset& names, const NoData& no_data) {
  Cube cube = read_cube(file, names);
  check_wavelengths(file.path(), names, cube);
  settle_no_data(file.path(), names.values, no_data, {}, cube);
  return cube;
}

}  // namespace

PairFile read_pair(const std::string& path, const NoData& no_data) {
  const Hdf5Reader file(path);
  SPECFUSE_CHECK_AS(DataError, file.has("/hsi") || !file.has("/cube"), path,
                    ": no dataset /hsi, but /cube: name a scene in data.scene");
  PairFile pair;
  pair.hsi = read_image(file, kHsi, no_data);
  pair.hsi.attributes.erase("ratio");  // it speaks of the pair
  pair.msi = read_image(file, kMsi, no_data);
  pair.ratio = read_ratio(file, pair.hsi, pair.msi);
  if (file.has(kReference.values)) pair.reference = read_image(file, kReference, no_data);
  if (file.has("/srf")) {
    pair.srf = file.read("/srf", 2);
    require_finite(file.path(), "/srf", pair.srf);
  }
  check_sizes(path, pair);
  return pair;
}

void write_pair(const std::string& path, const PairFile& pair) {
  Hdf5Writer file(path);
  write_images(file, "", pair);
  write_attributes(file, described(pair));
  file.finish();
}

void write_pair(const std::string& path, const Pair& pair) {
  const PairFile images = images_of(pair);
  Hdf5Writer file(path);
  write_images(file, "", images);
  file.write("/psf", pair.degradation.psf);
  write_attributes(file, described(images));
  file.finish();
}

void write_training_data(const std::string& path, const TrainingData& data) {
  Hdf5Writer file(path);
  const auto write_all = [&](const std::string& kind, const std::vector<TrainingPair>& pairs) {
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const std::string group = concat(kind, "/", i);
      PairFile images = images_of(pairs[i].input);
      images.reference = pairs[i].target;
      write_images(file, group, images);
      file.write(group + "/psf", pairs[i].input.degradation.psf);
      file.attribute(group, "ratio", static_cast<double>(images.ratio));
    }
  };
  write_all("/train", data.train);
  write_all("/validation", data.validation);
  file.finish();
}

}  // namespace specfuse
