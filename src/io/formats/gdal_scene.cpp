#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <memory>
#include <vector>

#include "specfuse/core/error.h"
#include "specfuse/core/utf8.h"
#include "specfuse/io/file.h"
#include "specfuse/io/scene.h"

#ifdef SPECFUSE_GDAL
#include "io/gdal_description.h"
#include "io/gdal_file.h"
#endif

namespace specfuse {
namespace {

#ifndef SPECFUSE_GDAL

/// Files that are most likely such ones.
bool is_gdal(const std::string& path) {
  constexpr std::array<const char*, 9> kEndings{".hdr", ".img", ".dat",  ".bsq", ".bil",
                                                ".bip", ".tif", ".tiff", ".vrt"};
  return std::find(kEndings.begin(), kEndings.end(), ending_of(path)) != kEndings.end();
}

constexpr decltype(SceneFormat::open) open_gdal = nullptr;
constexpr decltype(SceneFormat::files) files_of_gdal = nullptr;

#else

bool is_gdal(const std::string& path) {
  return !std::filesystem::is_directory(path) && (ending_of(path) == ".hdr" || open_raster(path) != nullptr);
}

/// Whether a header is none of ENVI: GDAL says nothing then.
bool is_no_header(const std::string& path) { return ending_of(path) == ".hdr" && !begins_with(path, "ENVI"); }

class GdalScene : public Image {
 public:
  GdalScene(const std::string& path, Raster raster, bool alpha_is_of_file)
      : path_(path), raster_(std::move(raster)), alpha_is_of_file_(alpha_is_of_file) {
    SPECFUSE_CHECK_AS(DataError, raster_ != nullptr, path_, ": expected an image, got none: ",
                      is_no_header(path) ? "the header does not begin with ENVI" : gdal_reason());
    if (CPLGetLastErrorType() == CE_Warning) warning_ = gdal_reason();
    const QuietGdal quiet;
    const char* const inner = GDALGetMetadataItem(raster_.get(), "SUBDATASET_1_NAME", "SUBDATASETS");
    const int bands = GDALGetRasterCount(raster_.get());
    SPECFUSE_CHECK_AS(DataError, bands > 0 || inner == nullptr, path_, ": expected an image, got a file of several (",
                      inner, " and others); gdal_translate makes one of them a file of its own");
    SPECFUSE_CHECK_AS(DataError, bands > 0, path_, ": expected an image, got none");
    for (int b = 1; b <= bands; ++b) {
      const GDALRasterBandH band = GDALGetRasterBand(raster_.get(), b);
      SPECFUSE_CHECK_AS(DataError, GDALDataTypeIsComplex(GDALGetRasterDataType(band)) == 0, path_,
                        ": expected real values, got complex ones in band ", b);
      const bool alpha = b > 1 && GDALGetRasterColorInterpretation(band) == GCI_AlphaBand;
      if (alpha) alpha_ = b;
      if (!alpha) bands_.push_back(b);
    }
    check_envi_file(path_, raster_.get());
  }

  Index rows() const override { return GDALGetRasterYSize(raster_.get()); }
  Index cols() const override { return GDALGetRasterXSize(raster_.get()); }
  Index bands() const override { return std::ssize(bands_); }

  Cube read(const Rectangle& part) const override {
    const QuietGdal quiet;
    Cube cube;
    cube.values = Tensor::uninitialized({part.rows, part.cols, bands()});
    read_values(part, cube);
    describe_gdal({path_, raster_.get(), bands_}, cube);
    read_masks(part, cube);
    return cube;
  }

 private:
  GDALRasterBandH band(std::size_t at) const { return GDALGetRasterBand(raster_.get(), bands_[at]); }

  void read_values(const Rectangle& part, Cube& cube) const {
    const auto spacing = static_cast<GSpacing>(sizeof(float));
    const int cols = static_cast<int>(part.cols), rows = static_cast<int>(part.rows), count = static_cast<int>(bands());
    std::vector<int> numbers = bands_;
    const CPLErr error = GDALDatasetRasterIOEx(
        raster_.get(), GF_Read, static_cast<int>(part.col), static_cast<int>(part.row), cols, rows, cube.values.data(),
        cols, rows, GDT_Float32, count, numbers.data(), spacing * count, spacing * count * cols, spacing, nullptr);
    SPECFUSE_CHECK_AS(DataError, error == CE_None, "cannot read ", path_, ": ", gdal_reason());
  }

  /// Of a mask or an alpha band, which is 0 where there is no data.
  std::vector<float> mask_in(GDALRasterBandH mask, const Rectangle& part) const {
    std::vector<float> values(static_cast<std::size_t>(part.rows * part.cols));
    const int cols = static_cast<int>(part.cols), rows = static_cast<int>(part.rows);
    const CPLErr error = GDALRasterIO(mask, GF_Read, static_cast<int>(part.col), static_cast<int>(part.row), cols, rows,
                                      values.data(), cols, rows, GDT_Float32, 0, 0);
    SPECFUSE_CHECK_AS(DataError, error == CE_None, "cannot read the mask of ", path_, ": ", gdal_reason());
    return values;
  }

  /// A mask of all bands marks pixels; what a band's own covers becomes NaN.
  void read_masks(const Rectangle& part, Cube& cube) const {
    const bool shared = (GDALGetMaskFlags(band(0)) & GMF_PER_DATASET) != 0;
    if (shared || alpha_ > 0) {
      // Not every alpha band is a mask to GDAL.
      const GDALRasterBandH mask = alpha_ > 0 ? GDALGetRasterBand(raster_.get(), alpha_) : GDALGetMaskBand(band(0));
      for (const float value : mask_in(mask, part)) cube.valid.push_back(value != 0);
    }
    for (std::size_t at = 0; at < bands_.size() && !shared; ++at) {
      if (GDALGetMaskFlags(band(at)) != 0) continue;
      const std::vector<float> mask = mask_in(GDALGetMaskBand(band(at)), part);
      for (std::size_t p = 0; p < mask.size(); ++p) {
        if (mask[p] == 0) cube.values[static_cast<Index>(p * bands_.size() + at)] = std::nanf("");
      }
      cube.attributes["missing_value"] = std::vector<double>{std::nan("")};
    }
    if (alpha_ > 0 && alpha_is_of_file_) {
      cube.notes.warnings.push_back(concat(path_, ": its band ", alpha_,
                                           " is an alpha band, and is taken for a mask; gdal_translate -colorinterp_",
                                           alpha_, " undefined makes it one of data"));
    }
    if (GDALGetMetadataItem(raster_.get(), "SUBDATASET_2_NAME", "SUBDATASETS") != nullptr) {
      cube.notes.warnings.push_back(concat(path_, ": it holds several images, and the first alone is used"));
    }
    if (!warning_.empty()) cube.notes.warnings.push_back(concat(path_, ": GDAL says: ", warning_));
  }

  std::string path_;
  Raster raster_;
  /// By GDAL's numbers, counted from 1; 0: there is none.
  std::vector<int> bands_;
  int alpha_ = 0;
  bool alpha_is_of_file_;
  /// What GDAL warned of when it opened the file.
  std::string warning_;
};

ImagePtr open_gdal(const std::string& path, const std::string&) { return gdal_image(path, open_raster(path)); }

std::vector<std::string> files_of_gdal(const std::string& path) {
  const std::string data = data_file(path);
  return data == path ? std::vector{path} : std::vector{path, data};
}

#endif

}  // namespace

#ifdef SPECFUSE_GDAL
ImagePtr gdal_image(const std::string& path, Raster raster, bool alpha_is_of_file) {
  return std::make_shared<GdalScene>(path, std::move(raster), alpha_is_of_file);
}
#endif

SceneFormat gdal_scene_format() {
  return {"gdal",       "whatever GDAL reads: ENVI, GeoTIFF and others", is_gdal, open_gdal, "GDAL", "libgdal-dev",
          files_of_gdal};
}

}  // namespace specfuse
