#include "io/gdal_writer.h"

#ifdef SPECFUSE_GDAL
#include <cstdio>

#include "io/folder_beside.h"
#include "io/gdal.h"
#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/imaging/no_data.h"
#endif

namespace specfuse {

#ifdef SPECFUSE_GDAL
namespace {

/// As in an ENVI header.
std::string list_of(const std::vector<double>& numbers) { return concat("{", joined(numbers, exact_number_text), "}"); }

void write_bands(GDALDatasetH raster, const Cube& cube) {
  const std::vector<double> fwhm = numbers_of(cube, kFwhmAttribute), missing = numbers_of(cube, kNoDataAttribute);
  for (int b = 0; b < static_cast<int>(cube.bands()); ++b) {
    const GDALRasterBandH band = GDALGetRasterBand(raster, b + 1);
    const auto at = static_cast<std::size_t>(b);
    if (!missing.empty()) GDALSetRasterNoDataValue(band, missing.front());
    if (cube.wavelength_nm.empty()) continue;
    const std::string nanometres = exact_number_text(cube.wavelength_nm[at]);
    char name[32];
    std::snprintf(name, sizeof name, "%.6g nm", cube.wavelength_nm[at]);
    GDALSetDescription(band, name);
    GDALSetMetadataItem(band, "wavelength", nanometres.c_str(), nullptr);
    GDALSetMetadataItem(band, "wavelength_units", "Nanometers", nullptr);
    if (at < fwhm.size()) GDALSetMetadataItem(band, "fwhm", exact_number_text(fwhm[at]).c_str(), nullptr);
  }
}

/// The lists of an ENVI header, of all bands.
void write_envi_lists(GDALDatasetH raster, const Cube& cube) {
  const std::vector<double> fwhm = numbers_of(cube, kFwhmAttribute), good = numbers_of(cube, kGoodBandsAttribute);
  if (!cube.wavelength_nm.empty()) {
    GDALSetMetadataItem(raster, "wavelength", list_of(cube.wavelength_nm).c_str(), "ENVI");
    GDALSetMetadataItem(raster, "wavelength_units", "Nanometers", "ENVI");
  }
  const std::string title = text_of(cube, "scene");
  GDALSetDescription(raster,
                     title.empty() ? "written by specfuse" : title.c_str());  // else the header has a temporary path
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

class GdalWriter : public PartWriter {
 public:
  GdalWriter(const std::string& path, const Cube& like, Index rows, Index cols, const GdalLayout& layout)
      : path_(path), folder_(path), raster_(nullptr, GDALClose) {
    start_gdal();
    const QuietGdal quiet;
    std::vector<const char*> options = layout.options;
    const std::string threads_option = concat("NUM_THREADS=", threads());
    if (layout.packs) options.push_back(threads_option.c_str());
    options.push_back(nullptr);
    raster_.reset(GDALCreate(GDALGetDriverByName(layout.driver.c_str()), folder_.file().c_str(), static_cast<int>(cols),
                             static_cast<int>(rows), static_cast<int>(like.bands()), GDT_Float32,
                             const_cast<char**>(options.data())));
    check(raster_ != nullptr);
    write_attributes(raster_.get(), like);
    write_bands(raster_.get(), like);
    if (layout.driver == "ENVI") write_envi_lists(raster_.get(), like);
  }

  ~GdalWriter() override {
    const QuietGdal quiet;
    raster_.reset();
  }

  void write(Index row, Index col, const Tensor& part) override {
    const QuietGdal quiet;
    const auto spacing = static_cast<GSpacing>(sizeof(float));
    const int rows = static_cast<int>(part.dim(0)), cols = static_cast<int>(part.dim(1));
    const int bands = static_cast<int>(part.dim(2));
    Tensor values = part;  // the interface serves reading, too
    const CPLErr error = GDALDatasetRasterIOEx(raster_.get(), GF_Write, static_cast<int>(col), static_cast<int>(row),
                                               cols, rows, values.data(), cols, rows, GDT_Float32, bands, nullptr,
                                               spacing * bands, spacing * bands * cols, spacing, nullptr);
    // What earlier parts left in GDAL's cache may fail only now.
    check(error == CE_None && CPLGetLastErrorType() != CE_Failure);
  }

  void finish() override {
    const QuietGdal quiet;
    GDALFlushCache(raster_.get());
    check(CPLGetLastErrorType() != CE_Failure);
    raster_.reset();
    check(CPLGetLastErrorType() != CE_Failure);
    folder_.move_out();
  }

 private:
  void check(bool fine) const { SPECFUSE_CHECK(fine, "cannot write ", path_, ": ", CPLGetLastErrorMsg()); }

  std::string path_;
  FolderBeside folder_;
  Raster raster_;
};

}  // namespace
#endif

ImageWriter gdal_file(const std::string& name, const std::string& ending, [[maybe_unused]] const GdalLayout& layout) {
  ImageWriter format{name, ending, nullptr, "GDAL (Debian: libgdal-dev)"};
#ifdef SPECFUSE_GDAL
  format.begin = [layout](const std::string& path, const Cube& like, Index rows, Index cols) {
    return std::make_unique<GdalWriter>(path, like, rows, cols, layout);
  };
#endif
  return format;
}

}  // namespace specfuse
