#include "specfuse/io/pair.h"

#include <algorithm>

#include "io/cube_dataset.h"
#include "specfuse/core/error.h"
#include "specfuse/imaging/georeference.h"

namespace specfuse {

namespace {

const CubeDataset kHsi = {"/hsi", "/wavelength_nm"};
const CubeDataset kMsi = {"/msi", "/msi_wavelength_nm"};
const CubeDataset kReference = {"/reference", "/wavelength_nm"};

/// Rows, columns and bands of an image.
Shape shape_of(const Hdf5Reader& file, const CubeDataset& names) {
  const std::vector<Index> extents = file.shape(names.values);
  SPECFUSE_CHECK_AS(DataError, extents.size() == 3, file.path(), ": ", names.values, ": expected 3 dimensions, got ",
                    extents.size());
  const Shape shape{extents[0], extents[1], extents[2]};
  SPECFUSE_CHECK_AS(DataError, shape.size() > 0, file.path(), ": ", names.values, " is empty: its shape is ",
                    shape.text());
  return shape;
}

std::string pixels(const std::string& name, const Shape& image) {
  return concat(name, " of ", image[0], " x ", image[1], " pixels");
}

Index read_ratio(const Hdf5Reader& file, const Shape& hsi, const Shape& msi) {
  const Index derived = msi[0] / hsi[0];
  const bool fits = derived >= 2 && derived * hsi[0] == msi[0] && derived * hsi[1] == msi[1];
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

/// A part of an image; all of it is read as such.
Cube read_image(const Hdf5Reader& file, const CubeDataset& names, const NoData& no_data, const Rectangle& part) {
  Cube cube = read_description(file, names);
  cube.attributes.erase("ratio");  // it speaks of the pair
  cube.values = file.read_part(names.values, {part.row, part.col}, {part.rows, part.cols});
  check_wavelengths(file.path(), names, cube);
  move_georeference(cube, part.row, part.col, 1);
  settle_no_data(file.path(), names.values, no_data, {}, cube);
  return cube;
}

}  // namespace

PairOnDisk::PairOnDisk(const std::string& path, const NoData& no_data) : file_(path), no_data_(no_data) {
  SPECFUSE_CHECK_AS(DataError, file_.has("/hsi") || !file_.has("/cube"), path,
                    ": no dataset /hsi, but /cube: name a scene in data.scene");
  const Shape hsi = shape_of(file_, kHsi), msi = shape_of(file_, kMsi);
  rows_ = hsi[0], cols_ = hsi[1], bands_ = hsi[2], msi_bands_ = msi[2];
  ratio_ = read_ratio(file_, hsi, msi);
  if (has_reference()) {
    const Shape expected{msi[0], msi[1], bands_}, got = shape_of(file_, kReference);
    SPECFUSE_CHECK_AS(DataError, got == expected, path, ": expected /reference ", expected.text(),
                      ", pixels of /msi and bands of /hsi, got ", got.text());
  }
  if (!file_.has("/srf")) return;
  srf_ = file_.read("/srf", 2);
  require_finite(path, "/srf", srf_);
  const Shape expected{msi_bands_, bands_};
  SPECFUSE_CHECK_AS(DataError, srf_.shape() == expected, path, ": expected /srf ", expected.text(),
                    ", bands of /msi by bands of /hsi, got ", srf_.shape().text());
  check_response(path, srf_);
}

Cube PairOnDisk::read_hsi(const Rectangle& part) const { return read_image(file_, kHsi, no_data_, part); }
Cube PairOnDisk::read_msi(const Rectangle& part) const { return read_image(file_, kMsi, no_data_, part); }
Cube PairOnDisk::read_reference(const Rectangle& part) const { return read_image(file_, kReference, no_data_, part); }

PairFile read_pair(const std::string& path, const NoData& no_data) {
  const PairOnDisk file(path, no_data);
  const Rectangle coarse{0, 0, file.rows(), file.cols()};
  const Rectangle fine{0, 0, file.rows() * file.ratio(), file.cols() * file.ratio()};
  PairFile pair{file.read_hsi(coarse), file.read_msi(fine), file.ratio(), {}, file.srf()};
  if (file.has_reference()) pair.reference = file.read_reference(fine);
  require_data(has_data(pair.hsi), path, kHsi.values);
  require_data(has_data(pair.msi), path, kMsi.values);
  if (pair.reference) require_data(has_data(*pair.reference), path, kReference.values);
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
