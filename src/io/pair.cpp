#include "specfuse/io/pair.h"

#include <algorithm>
#include <cmath>

#include "io/checked_image.h"
#include "io/hdf5_image.h"
#include "io/product_files.h"
#include "io/projection.h"
#include "specfuse/core/error.h"
#include "specfuse/imaging/common_grid.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/imaging/orientation.h"

namespace specfuse {

namespace {

const CubeDataset kHsi = {"/hsi", "/wavelength_nm"};
const CubeDataset kMsi = {"/msi", "/msi_wavelength_nm"};
const CubeDataset kReference = {"/reference", "/wavelength_nm"};

Shape shape_of(const Image& image) { return {image.rows(), image.cols(), image.bands()}; }

Index ratio_of_sizes(const Shape& hsi, const Shape& msi, const std::string& source) {
  const Index ratio = msi[0] / hsi[0];
  SPECFUSE_CHECK_AS(DataError, ratio >= 2 && ratio * hsi[0] == msi[0] && ratio * hsi[1] == msi[1], source,
                    ": expected an MSI larger than the HSI by one whole ratio on both axes, or a geotransform of each "
                    "image, got an HSI of ",
                    hsi[0], " x ", hsi[1], " and an MSI of ", msi[0], " x ", msi[1], " pixels");
  return ratio;
}

bool is_placed(const Cube& image) { return image.attributes.contains(kGeotransformAttribute); }

/// `PROJCS["WGS 84 / UTM zone 33N"`: of two well-known texts, the part of this one where they begin to differ.
std::string where_it_differs(const std::string& text, const std::string& other) {
  const auto at = std::mismatch(text.begin(), text.end(), other.begin(), other.end()).first - text.begin();
  const std::size_t place = static_cast<std::size_t>(at), bracket = text.rfind('[', place);
  if (bracket == std::string::npos) return text.substr(0, 40);
  const std::size_t comma = text.rfind(',', bracket), begin = comma == std::string::npos ? 0 : comma + 1;
  return text.substr(begin, text.find_first_of(",]", place) - begin);
}

/// Refuses two projections; one that is not known is taken to be the other's.
void share_projection(Cube& hsi, Cube& msi, const std::string& source) {
  const std::string of_hsi = text_of(hsi, kProjectionAttribute), of_msi = text_of(msi, kProjectionAttribute);
  SPECFUSE_CHECK_AS(DataError, of_hsi.empty() || of_msi.empty() || same_projection(of_hsi, of_msi), source,
                    ": expected HSI and MSI on one projection, got ", where_it_differs(of_hsi, of_msi), " and ",
                    where_it_differs(of_msi, of_hsi),
                    "; reproject the MSI with gdalwarp -t_srs, with -tr as fine as its pixels");
  if (of_hsi.empty() && !of_msi.empty()) hsi.attributes[kProjectionAttribute] = of_msi;
  if (of_msi.empty() && !of_hsi.empty()) msi.attributes[kProjectionAttribute] = of_hsi;
}

void check_ratio(const Hdf5Reader& file, Index ratio, const Shape& hsi, const Shape& msi) {
  const std::optional<double> stated = file.number("/", "ratio");
  SPECFUSE_CHECK_AS(DataError, !stated || *stated == static_cast<double>(ratio), file.path(), ": attribute ratio is ",
                    *stated, " but /hsi of ", hsi[0], " x ", hsi[1], " pixels and /msi of ", msi[0], " x ", msi[1],
                    " pixels have ratio ", ratio);
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

void check_reference(const std::string& path, const Image& reference, const Shape& msi, Index bands) {
  const Shape expected{msi[0], msi[1], bands}, got = shape_of(reference);
  SPECFUSE_CHECK_AS(DataError, got == expected, path, ": expected /reference ", expected.text(),
                    ", pixels of /msi and bands of /hsi, got ", got.text());
}

/// By the attribute `grid` of the reference.
bool reference_lies_on_msi(const Hdf5Reader& file) {
  const auto texts = file.texts(kReference.values);
  const auto found = texts.find("grid");
  if (found == texts.end()) return false;
  SPECFUSE_CHECK_AS(DataError, found->second == "hsi" || found->second == "msi", file.path(),
                    ": attribute grid of /reference: expected hsi or msi, got ", found->second);
  return found->second == "msi";
}

/// Undefined where there is none.
Tensor read_response(const Hdf5Reader& file, Index msi_bands, Index bands) {
  if (!file.has("/srf")) return {};
  const Tensor srf = file.read("/srf", 2);
  require_finite(file.path(), "/srf", srf);
  const Shape expected{msi_bands, bands};
  SPECFUSE_CHECK_AS(DataError, srf.shape() == expected, file.path(), ": expected /srf ", expected.text(),
                    ", bands of /msi by bands of /hsi, got ", srf.shape().text());
  check_response(file.path(), srf);
  return srf;
}

/// The datasets of a pair in a group; "" is the file itself.
void write_images(Hdf5Writer& file, const std::string& group, const Pair& pair, const Cube* reference) {
  const auto in_group = [&](const CubeDataset& names) {
    return CubeDataset{group + names.values, group + names.wavelength_nm};
  };
  write_cube(file, in_group(kHsi), pair.hsi);
  write_cube(file, in_group(kMsi), pair.msi);
  const std::vector<double> place = numbers_of(pair.msi, kGeotransformAttribute);
  if (!place.empty()) file.attribute(group + kMsi.values, kGeotransformAttribute, place);
  if (reference) file.write(group + kReference.values, reference->values);
  if (pair.degradation.srf.defined()) file.write(group + "/srf", pair.degradation.srf);
  if (pair.degradation.psf.defined()) file.write(group + "/psf", pair.degradation.psf);
}

ImagePtr open_dataset(const Hdf5Reader& file, const CubeDataset& image, SceneSource source) {
  const std::string& path = file.path();
  const CubeDataset names = dataset_of(file, image.values);
  source.dataset = names.values;
  source.wavelengths = names.wavelength_nm;
  return checked_image(std::make_shared<Hdf5Image>(path, names), path, source);
}

/// The bands that are left of those asked for.
std::vector<Index> remaining_bands(const FileNotes& notes) {
  std::vector<Index> bands = notes.remaining;
  for (Index band = 0; notes.remaining.empty() && band < notes.bands; ++band) bands.push_back(band);
  return bands;
}

/// A response without the rows and columns of bands that left, and a sentence on what it loses.
Tensor response_of(const Tensor& srf, const FileNotes& msi, const FileNotes& hsi, const std::string& path,
                   std::vector<std::string>& warnings) {
  const std::vector<Index> rows = remaining_bands(msi), cols = remaining_bands(hsi);
  Tensor result = Tensor::uninitialized({std::ssize(rows), std::ssize(cols)});
  float* to = result.data();
  for (const Index row : rows) {
    const float* const weights = srf.data() + row * srf.dim(1);
    double all = 0, left = 0;
    for (Index band = 0; band < srf.dim(1); ++band) all += double{weights[band]};
    for (const Index band : cols) left += double{weights[band]};
    SPECFUSE_CHECK_AS(DataError, left > 0, path, ": /srf: expected a weight above 0 in row ", row,
                      " (counted from 0) for a band of /hsi with data, got none");
    const bool loses = all - left > 1e-6 * all;
    for (const Index band : cols) *to++ = loses ? static_cast<float>(weights[band] * all / left) : weights[band];
    if (!loses) continue;
    warnings.push_back(concat(name_of(path), ": bands of /hsi that are left out have ",
                              std::lround(100 * (1 - left / all)), " % of the weights in row ", row + 1,
                              " of /srf: the others are raised to the same sum"));
  }
  return result;
}

/// The first pixel of an image, with the attributes of all.
Cube corner_of(const Image& image) { return image.read({0, 0, 1, 1}); }

/// An image on the projection of both, without the attribute that speaks of the pair.
ImagePtr of_pair(ImagePtr image, const std::string& projection = "") {
  return described(std::move(image), [projection](Cube& part, const Rectangle&) {
    part.attributes.erase("ratio");
    if (!projection.empty()) part.attributes.emplace(kProjectionAttribute, projection);
  });
}

}  // namespace

PairImages join_images(ImagePtr hsi, BesideImage beside, const std::string& source) {
  PairImages pair;
  ImagePtr msi = std::move(beside.image);
  Cube of_hsi = corner_of(*hsi), of_msi = corner_of(*msi);
  if (is_placed(of_hsi) && is_placed(of_msi)) {
    share_projection(of_hsi, of_msi, source);
    const auto place = [](const Cube& corner, const Image& image) {
      return GridPlace{numbers_of(corner, kGeotransformAttribute), image.rows(), image.cols()};
    };
    const CommonGrid grid = common_grid(place(of_hsi, *hsi), place(of_msi, *msi), source);
    pair.grids = grid_text(grid, of_msi);
    pair.ratio = grid.ratio;
    pair.beside = grid.beside;
    bring_together(grid, hsi, msi);
  } else {
    pair.ratio = ratio_of_sizes(shape_of(*hsi), shape_of(*msi), source);
  }
  if (!beside.warped.empty()) pair.grids = concat(beside.warped, pair.grids.empty() ? "" : "; ", pair.grids);
  pair.hsi = of_pair(std::move(hsi), text_of(of_hsi, kProjectionAttribute));
  pair.msi = of_pair(std::move(msi), text_of(of_msi, kProjectionAttribute));
  return pair;
}

PairImages open_pair(const std::string& path, const PairSource& source) {
  const Hdf5Reader file(path);
  SPECFUSE_CHECK_AS(DataError, file.has("/hsi") || !file.has("/cube"), path,
                    ": no dataset /hsi, but /cube: name a scene in data.scene");
  SceneSource said_of_msi, said_of_hsi;
  said_of_msi.no_data = said_of_hsi.no_data = source.no_data;
  said_of_hsi.describe = source.describe_hsi;
  ImagePtr hsi = open_dataset(file, kHsi, said_of_hsi),
           msi = oriented(open_dataset(file, kMsi, said_of_msi), source.orientation);
  const Shape hsi_shape = shape_of(*hsi), msi_shape = shape_of(*msi);
  const FileNotes of_hsi = corner_of(*hsi).notes, of_msi = corner_of(*msi).notes;
  PairImages pair = join_images(std::move(hsi), {std::move(msi)}, path);
  check_ratio(file, pair.ratio, hsi_shape, msi_shape);
  pair.srf = read_response(file, of_msi.bands, of_hsi.bands);
  if (pair.srf.defined()) {
    std::vector<std::string> warnings = of_hsi.warnings;
    pair.srf = response_of(pair.srf, of_msi, of_hsi, path, warnings);
    pair.hsi =
        described(std::move(pair.hsi), [warnings](Cube& part, const Rectangle&) { part.notes.warnings = warnings; });
  }
  if (!file.has(kReference.values)) return pair;
  SPECFUSE_CHECK_AS(DataError, pair.grids.empty(), path,
                    ": expected no /reference beside images on grids that have to be brought together (", pair.grids,
                    "), got one");
  check_reference(path, Hdf5Image(path, kReference), msi_shape, of_hsi.bands);
  said_of_hsi.remaining = remaining_bands(of_hsi);
  pair.reference_on_msi = reference_lies_on_msi(file);
  pair.reference =
      of_pair(oriented(open_dataset(file, kReference, said_of_hsi), pair.reference_on_msi ? source.orientation : ""));
  return pair;
}

void write_pair(const std::string& path, const Pair& pair, const Cube* reference) {
  Hdf5Writer file(path);
  write_images(file, "", pair, reference);
  Cube described = pair.hsi;
  described.attributes["ratio"] = std::vector<double>{static_cast<double>(pair.degradation.ratio)};
  write_attributes(file, described);
  file.finish();
}

void write_training_data(const std::string& path, const TrainingData& data) {
  Hdf5Writer file(path);
  const auto write_all = [&](const std::string& kind, const std::vector<TrainingPair>& pairs) {
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const std::string group = concat(kind, "/", i);
      write_images(file, group, pairs[i].input, &pairs[i].target);
      file.attribute(group, "ratio", static_cast<double>(pairs[i].input.degradation.ratio));
    }
  };
  write_all("/train", data.train);
  write_all("/validation", data.validation);
  file.finish();
}

}  // namespace specfuse
