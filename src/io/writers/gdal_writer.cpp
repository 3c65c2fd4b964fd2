#include "io/writers/writers.h"

#ifndef SPECFUSE_GDAL

namespace specfuse {

WriteImage geotiff_writer() { return nullptr; }
WriteImage envi_writer() { return nullptr; }
BeginImage geotiff_beginner() { return nullptr; }
BeginImage envi_beginner() { return nullptr; }

}  // namespace specfuse

#else

#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "io/gdal.h"
#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/io/file.h"
#include "specfuse/io/image_writer.h"

namespace fs = std::filesystem;

namespace specfuse {
namespace {

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
  GDALSetDescription(raster, title ? title->c_str() : "written by specfuse");  // else the header has a temporary path
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

/// A driver of GDAL, how its files are laid out, and whether it packs them.
struct Layout {
  const char* driver;
  Options options;
  bool packs;
};

const Layout kGeotiff{"GTiff",
                      {"COMPRESS=DEFLATE", "ZLEVEL=1", "PREDICTOR=3", "TILED=YES", "BLOCKXSIZE=128", "BLOCKYSIZE=128",
                       "INTERLEAVE=BAND", "BIGTIFF=IF_SAFER"},
                      true};
static_assert(PartWriter::kSide == 128, "parts are whole blocks of a file");
const Layout kEnvi{"ENVI", {"INTERLEAVE=BIL"}, false};

class GdalWriter : public PartWriter {
 public:
  GdalWriter(const std::string& path, const Cube& like, Index rows, Index cols, const Layout& layout)
      : path_(path), folder_(path), raster_(nullptr, GDALClose) {
    start_gdal();
    const QuietGdal quiet;
    Options options = layout.options;
    const std::string threads_option = concat("NUM_THREADS=", threads());
    if (layout.packs) options.push_back(threads_option.c_str());
    options.push_back(nullptr);
    raster_.reset(GDALCreate(GDALGetDriverByName(layout.driver), folder_.file(path).c_str(), static_cast<int>(cols),
                             static_cast<int>(rows), static_cast<int>(like.bands()), GDT_Float32,
                             const_cast<char**>(options.data())));
    check(raster_ != nullptr);
    write_attributes(raster_.get(), like);
    write_bands(raster_.get(), like);
    if (layout.driver == std::string("ENVI")) write_envi_lists(raster_.get(), like);
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

template <const Layout& layout>
std::unique_ptr<PartWriter> begin(const std::string& path, const Cube& like, Index rows, Index cols) {
  return std::make_unique<GdalWriter>(path, like, rows, cols, layout);
}

template <const Layout& layout>
void write_whole(const std::string& path, const Cube& cube) {
  GdalWriter writer(path, cube, cube.rows(), cube.cols(), layout);
  writer.write(0, 0, with_no_data(cube));
  writer.finish();
}

}  // namespace

WriteImage geotiff_writer() { return write_whole<kGeotiff>; }
WriteImage envi_writer() { return write_whole<kEnvi>; }
BeginImage geotiff_beginner() { return begin<kGeotiff>; }
BeginImage envi_beginner() { return begin<kEnvi>; }

}  // namespace specfuse

#endif
