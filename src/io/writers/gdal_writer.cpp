#include "io/writers/writers.h"

#ifndef SPECFUSE_GDAL

namespace specfuse {

WriteImage geotiff_writer() { return nullptr; }
WriteImage envi_writer() { return nullptr; }

}  // namespace specfuse

#else

#include <cpl_error.h>
#include <gdal.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "specfuse/core/error.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/io/file.h"
#include "specfuse/io/image_writer.h"

namespace fs = std::filesystem;

namespace specfuse {
namespace {

using Raster = std::unique_ptr<void, decltype(&GDALClose)>;
using Options = std::vector<const char*>;

/// As short as can be read back exactly.
std::string text_of(double number) {
  char digits[32];
  return {digits, std::to_chars(digits, digits + sizeof digits, number).ptr};
}

/// As in an ENVI header.
std::string list_of(const std::vector<double>& numbers) {
  std::string text;
  for (const double number : numbers) text += (text.empty() ? "{" : ", ") + text_of(number);
  return text + "}";
}

/// A folder beside the file, so that it and what belongs to it appear only when they are whole.
class FolderBeside {
 public:
  explicit FolderBeside(const std::string& path) : path_(concat(path, ".tmp-", ::getpid())) {
    std::error_code reason;
    fs::create_directory(path_, reason);
    SPECFUSE_CHECK(!reason, "cannot write ", path, ": ", reason.message());
  }
  ~FolderBeside() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  FolderBeside(const FolderBeside&) = delete;
  FolderBeside& operator=(const FolderBeside&) = delete;

  std::string file(const std::string& path) const { return (path_ / fs::path(path).filename()).string(); }
  /// Moves all that is in it to where it is.
  void move_out() const {
    for (const fs::directory_entry& entry : fs::directory_iterator(path_))
      move_file(entry.path().string(), (path_.parent_path() / entry.path().filename()).string());
  }

 private:
  fs::path path_;
};

void write_bands(GDALDatasetH raster, const Cube& cube) {
  const std::vector<double> fwhm = numbers_of(cube, kFwhmAttribute), missing = numbers_of(cube, kNoDataAttribute);
  for (int b = 0; b < static_cast<int>(cube.bands()); ++b) {
    const GDALRasterBandH band = GDALGetRasterBand(raster, b + 1);
    const auto at = static_cast<std::size_t>(b);
    if (!missing.empty()) GDALSetRasterNoDataValue(band, missing.front());
    if (cube.wavelength_nm.empty()) continue;
    const std::string nanometres = text_of(cube.wavelength_nm[at]);
    char name[32];
    std::snprintf(name, sizeof name, "%.6g nm", cube.wavelength_nm[at]);
    GDALSetDescription(band, name);
    GDALSetMetadataItem(band, "wavelength", nanometres.c_str(), nullptr);
    GDALSetMetadataItem(band, "wavelength_units", "Nanometers", nullptr);
    if (at < fwhm.size()) GDALSetMetadataItem(band, "fwhm", text_of(fwhm[at]).c_str(), nullptr);
  }
}

/// What an ENVI header says of all bands.
void write_envi_lists(GDALDatasetH raster, const Cube& cube) {
  const std::vector<double> fwhm = numbers_of(cube, kFwhmAttribute), good = numbers_of(cube, kGoodBandsAttribute);
  if (!cube.wavelength_nm.empty()) {
    GDALSetMetadataItem(raster, "wavelength", list_of(cube.wavelength_nm).c_str(), "ENVI");
    GDALSetMetadataItem(raster, "wavelength_units", "Nanometers", "ENVI");
  }
  const auto scene = cube.attributes.find("scene");
  const auto* const title = scene == cube.attributes.end() ? nullptr : std::get_if<std::string>(&scene->second);
  GDALSetMetadataItem(raster, "description", title ? title->c_str() : "written by specfuse", "ENVI");
  if (!fwhm.empty()) GDALSetMetadataItem(raster, "fwhm", list_of(fwhm).c_str(), "ENVI");
  if (!good.empty()) GDALSetMetadataItem(raster, "bbl", list_of(good).c_str(), "ENVI");
}

/// Where the image lies, and the texts of its file.
void write_attributes(GDALDatasetH raster, const Cube& cube) {
  std::vector<double> transform = numbers_of(cube, kGeotransformAttribute);
  if (transform.size() == 6) GDALSetGeoTransform(raster, transform.data());
  for (const auto& [name, value] : cube.attributes) {
    const auto* const text = std::get_if<std::string>(&value);
    if (text == nullptr) continue;
    if (name == kProjectionAttribute) {
      GDALSetProjection(raster, text->c_str());
    } else {
      GDALSetMetadataItem(raster, name.c_str(), text->c_str(), nullptr);
    }
  }
}

void write_values(GDALDatasetH raster, Tensor values) {
  const auto spacing = static_cast<GSpacing>(sizeof(float));
  const int rows = static_cast<int>(values.dim(0)), cols = static_cast<int>(values.dim(1));
  const int bands = static_cast<int>(values.dim(2));
  const CPLErr error = GDALDatasetRasterIOEx(raster, GF_Write, 0, 0, cols, rows, values.data(), cols, rows, GDT_Float32,
                                             bands, nullptr, spacing * bands, spacing * bands * cols, spacing, nullptr);
  SPECFUSE_CHECK(error == CE_None, CPLGetLastErrorMsg());
}

void write_raster(const std::string& path, const Cube& cube, const char* driver_name, Options options) {
  GDALAllRegister();
  const FolderBeside folder(path);
  CPLPushErrorHandler(CPLQuietErrorHandler);
  CPLErrorReset();
  try {
    options.push_back(nullptr);
    const Raster raster(GDALCreate(GDALGetDriverByName(driver_name), folder.file(path).c_str(),
                                   static_cast<int>(cube.cols()), static_cast<int>(cube.rows()),
                                   static_cast<int>(cube.bands()), GDT_Float32, const_cast<char**>(options.data())),
                        GDALClose);
    SPECFUSE_CHECK(raster != nullptr, CPLGetLastErrorMsg());
    write_attributes(raster.get(), cube);
    write_bands(raster.get(), cube);
    if (driver_name == std::string("ENVI")) write_envi_lists(raster.get(), cube);
    write_values(raster.get(), with_no_data(cube));
    GDALFlushCache(raster.get());
    SPECFUSE_CHECK(CPLGetLastErrorType() != CE_Failure, CPLGetLastErrorMsg());
  } catch (const Error& problem) {
    CPLPopErrorHandler();
    throw Error(concat("cannot write ", path, ": ", problem.what()));
  }
  CPLPopErrorHandler();
  folder.move_out();
}

}  // namespace

WriteImage geotiff_writer() {
  return [](const std::string& path, const Cube& cube) {
    write_raster(path, cube, "GTiff",
                 {"COMPRESS=DEFLATE", "PREDICTOR=3", "TILED=YES", "INTERLEAVE=BAND", "BIGTIFF=IF_SAFER"});
  };
}

WriteImage envi_writer() {
  return [](const std::string& path, const Cube& cube) { write_raster(path, cube, "ENVI", {"INTERLEAVE=BIL"}); };
}

}  // namespace specfuse

#endif
