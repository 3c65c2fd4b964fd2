#include "specfuse/io/open_beside.h"

#ifdef SPECFUSE_GDAL
#include <gdal_utils.h>
#include <ogr_srs_api.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <type_traits>
#include <vector>

#include "io/checked_image.h"
#include "io/gdal_file.h"
#include "io/projection.h"
#include "specfuse/core/error.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/io/held_image.h"
#endif

namespace specfuse {

#ifdef SPECFUSE_GDAL
namespace {

/// Along an axis of the map: where an image begins and ends.
using Span = std::array<double, 2>;

/// "WGS 84 / UTM zone 33N", or as much as is known.
std::string projection_name(const std::string& text) {
  using System = std::unique_ptr<std::remove_pointer_t<OGRSpatialReferenceH>, decltype(&OSRDestroySpatialReference)>;
  const QuietGdal quiet;
  const System system(OSRNewSpatialReference(text.c_str()), OSRDestroySpatialReference);
  const char* const name = system ? OSRGetName(system.get()) : nullptr;
  return name == nullptr ? "another projection" : name;
}

/// What gdalwarp makes of a raster with these options, as a file that is computed when it is read.
Raster warped(GDALDatasetH raster, std::vector<std::string> options, const std::string& path) {
  options.insert(options.end(), {"-of", "VRT", "-r", "cubic", "-et", "0.01"});
  const QuietGdal quiet;
  const std::unique_ptr<GDALWarpAppOptions, decltype(&GDALWarpAppOptionsFree)> parsed(
      GDALWarpAppOptionsNew(pointers_to(options).data(), nullptr), GDALWarpAppOptionsFree);
  Raster result(GDALWarp("", nullptr, 1, &raster, parsed.get(), nullptr), GDALClose);
  SPECFUSE_CHECK_AS(DataError, result != nullptr, path,
                    ": cannot be brought onto the projection of the HSI: ", gdal_reason());
  return result;
}

/// Options of a grid whose pixels divide those of the HSI, over what both show. None where they show nothing in common,
/// or where the pixels of the MSI are no finer: what puts images together says so.
std::vector<std::string> grid_options(const std::vector<double>& hsi, Index rows, Index cols, GDALDatasetH plain) {
  std::array<double, 6> fine{};
  GDALGetGeoTransform(plain, fine.data());
  const double ratio = std::round(hsi[1] / fine[1]);
  if (!(ratio >= 1)) return {};
  const auto span = [](double begin, double size, double count) {
    const double end = begin + size * count;
    return Span{std::min(begin, end), std::max(begin, end)};
  };
  // In pixels of the HSI, right and down from its corner.
  const auto common = [&](double begin, double size, Index count, const Span& other) {
    const Span places = span((other[0] - begin) / size, (other[1] - other[0]) / size, 1);
    return Span{std::max(0.0, std::floor(places[0])), std::min(static_cast<double>(count), std::ceil(places[1]))};
  };
  const Span across = common(hsi[0], hsi[1], cols, span(fine[0], fine[1], GDALGetRasterXSize(plain)));
  const Span down = common(hsi[3], hsi[5], rows, span(fine[3], fine[5], GDALGetRasterYSize(plain)));
  if (across[0] >= across[1] || down[0] >= down[1]) return {};
  const Span x = span(hsi[0] + across[0] * hsi[1], hsi[1], across[1] - across[0]);
  const Span y = span(hsi[3] + down[0] * hsi[5], hsi[5], down[1] - down[0]);
  return {"-te",
          exact_number_text(x[0]),
          exact_number_text(y[0]),
          exact_number_text(x[1]),
          exact_number_text(y[1]),
          "-ts",
          exact_number_text(ratio * (across[1] - across[0])),
          exact_number_text(ratio * (down[1] - down[0]))};
}

}  // namespace

BesideImage open_beside(const Image& hsi, const std::string& path, const SceneSource& source) {
  BesideImage plain{open_image(path, source)};
  const Cube there = plain.image->read({0, 0, 1, 1}), here = hsi.read({0, 0, 1, 1});
  const std::vector<double> at = numbers_of(there, kGeotransformAttribute),
                            to = numbers_of(here, kGeotransformAttribute);
  const std::string from = text_of(there, kProjectionAttribute), onto = text_of(here, kProjectionAttribute);
  if (at.size() != 6 || to.size() != 6 || to[2] != 0 || to[4] != 0 || source.axes != "rcb") return plain;
  const bool turned = at[2] != 0 || at[4] != 0;
  const bool elsewhere = !from.empty() && !onto.empty() && !same_projection(from, onto);
  if (!(elsewhere || turned) || onto.empty() || names_held_image(path)) return plain;
  const SceneFormat& format = format_of(path);
  // Of a product GDAL knows the files, not what the metadata say of them.
  SPECFUSE_CHECK_AS(DataError, format.name == "gdal" || !elsewhere, path, ": lies on ", projection_name(from),
                    ", and the HSI on ", projection_name(onto), "; --import ", path,
                    " msi.tif makes an image that is brought onto it");
  if (format.name != "gdal") return plain;
  // What is warped refers to it, and closes it in the end.
  const std::unique_ptr<std::remove_pointer_t<GDALDatasetH>, decltype(&GDALReleaseDataset)> raster(
      open_raster(path).release(), GDALReleaseDataset);
  int declared = 0;
  GDALGetRasterNoDataValue(GDALGetRasterBand(raster.get(), 1), &declared);
  std::vector<std::string> options{"-t_srs", onto};
  if (from.empty()) options.insert(options.end(), {"-s_srs", onto});
  const bool adds_alpha = declared == 0 && !source.no_data.value;
  if (adds_alpha) options.emplace_back("-dstalpha");
  if (source.no_data.value) {
    const std::string value = exact_number_text(*source.no_data.value);
    options.insert(options.end(), {"-srcnodata", value, "-dstnodata", value});
  }
  const Raster whole = warped(raster.get(), options, path);
  const std::vector<std::string> grid = grid_options(to, hsi.rows(), hsi.cols(), whole.get());
  options.insert(options.end(), grid.begin(), grid.end());
  Raster result = warped(raster.get(), options, path);
  // What an ENVI header says of all bands, which is not carried over.
  GDALSetMetadata(result.get(), GDALGetMetadata(raster.get(), "ENVI"), "ENVI");
  SceneSource same = source;
  same.remaining = there.notes.remaining;
  const FileNotes notes = there.notes;
  const ImagePtr image = described(checked_image(gdal_image(path, std::move(result), !adds_alpha), path, same, {}),
                                   [notes](Cube& part, const Rectangle&) { part.notes = notes; });
  return {image, concat("MSI brought from ", turned && !elsewhere ? "turned rows" : projection_name(from), " to ",
                        projection_name(onto))};
}

#else

BesideImage open_beside(const Image&, const std::string& path, const SceneSource& source) {
  return {open_image(path, source)};
}

#endif

}  // namespace specfuse
