#include "io/gdal_writer.h"

#ifdef SPECFUSE_GDAL
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <set>

#include "io/folder_beside.h"
#include "io/gdal_file.h"
#include "io/product_files.h"
#include "specfuse/core/error.h"
#include "specfuse/core/progress.h"
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
  const std::vector<std::string> names = band_names_of(cube);
  for (int b = 0; b < static_cast<int>(cube.bands()); ++b) {
    const GDALRasterBandH band = GDALGetRasterBand(raster, b + 1);
    const auto at = static_cast<std::size_t>(b);
    if (!missing.empty()) GDALSetRasterNoDataValue(band, missing.front());
    if (at < names.size()) GDALSetDescription(band, names[at].c_str());
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

/// The bands that show true colours, red first, counted from 0; none where the image does not see all three.
std::vector<std::size_t> true_colours(const Cube& cube) {
  constexpr std::array<double, 3> kCentres{660, 560, 480};  // nm
  constexpr double kFar = 40;
  std::vector<std::size_t> bands;
  for (const double centre : kCentres) {
    const auto far = [&](double nm) { return std::abs(nm - centre); };
    const auto best = std::min_element(cube.wavelength_nm.begin(), cube.wavelength_nm.end(),
                                       [&](double one, double other) { return far(one) < far(other); });
    if (best == cube.wavelength_nm.end() || far(*best) > kFar) return {};
    bands.push_back(static_cast<std::size_t>(best - cube.wavelength_nm.begin()));
  }
  return std::set<std::size_t>(bands.begin(), bands.end()).size() == bands.size() ? bands : std::vector<std::size_t>{};
}

/// Has programs show the image in true colours.
void write_colours(GDALDatasetH raster, const Cube& cube, bool is_envi) {
  constexpr std::array kColours{GCI_RedBand, GCI_GreenBand, GCI_BlueBand};
  const std::vector<std::size_t> bands = true_colours(cube);
  if (bands.empty()) return;
  const auto number = [](std::size_t band) { return static_cast<int>(band) + 1; };
  if (is_envi) {
    GDALSetMetadataItem(raster, "default_bands", concat("{", joined(bands, number), "}").c_str(), "ENVI");
    return;
  }
  for (std::size_t i = 0; i < bands.size(); ++i) {
    GDALSetRasterColorInterpretation(GDALGetRasterBand(raster, number(bands[i])), kColours[i]);
  }
}

/// Values as integers of 16 bits.
class Packer {
 public:
  Packer(const Packing& packing, const std::vector<double>& missing) : packing_(packing), missing_(missing) {}

  /// In place, as floats that are whole.
  void pack(Tensor& values) {
    constexpr double kMost = 32767;
    for (Index i = 0; i < values.size(); ++i) {
      const float value = values[i];
      const bool is_gap = std::isnan(value) || (!missing_.empty() && is_missing(value, missing_.front()));
      const double stored = std::round((double{value} - packing_.offset) / packing_.scale);
      clipped_ += !is_gap && std::abs(stored) > kMost;
      values[i] = static_cast<float>(is_gap ? packing_.no_data : std::clamp(stored, -kMost, kMost));
    }
    all_ += values.size();
  }
  void describe(GDALRasterBandH band) const {
    GDALSetRasterNoDataValue(band, packing_.no_data);
    if (packing_.scale != 1) GDALSetRasterScale(band, packing_.scale);
    if (packing_.offset != 0) GDALSetRasterOffset(band, packing_.offset);
  }
  void tell(const std::string& path) const {
    if (clipped_ == 0) return;
    warn(concat(name_of(path), ": ", clipped_, " of ", all_,
                " values lie beyond what its integers hold, and are clipped; ",
                "without output.int16 they are written as they are"));
  }

 private:
  Packing packing_;
  std::vector<double> missing_;
  Index clipped_ = 0, all_ = 0;
};

class GdalWriter : public PartWriter {
 public:
  GdalWriter(const std::string& path, const Cube& like, Index rows, Index cols, const GdalLayout& layout,
             const std::optional<Packing>& packing)
      : path_(path), folder_(path), layout_(layout), raster_(nullptr, GDALClose) {
    start_gdal();
    const QuietGdal quiet;
    if (packing) packer_.emplace(*packing, numbers_of(like, kNoDataAttribute));
    for (const char* const option : layout.options) options_.emplace_back(option);
    if (layout.compresses) options_.push_back(concat("NUM_THREADS=", threads()));
    const char* const predictor = packing ? layout.for_integers : layout.for_floats;
    if (predictor != nullptr) options_.emplace_back(predictor);
    file_ = layout.is_cloud_optimised ? folder_.file() + kPlain : folder_.file();
    raster_.reset(GDALCreate(driver(), file_.c_str(), static_cast<int>(cols), static_cast<int>(rows),
                             static_cast<int>(like.bands()), packing ? GDT_Int16 : GDT_Float32,
                             pointers_to(options_).data()));
    check(raster_ != nullptr);
    const bool is_envi = layout.driver == "ENVI";
    write_attributes(raster_.get(), like);
    write_bands(raster_.get(), like);
    write_colours(raster_.get(), like, is_envi);
    for (int b = 1; packer_ && b <= static_cast<int>(like.bands()); ++b) {
      packer_->describe(GDALGetRasterBand(raster_.get(), b));
    }
    if (is_envi) write_envi_lists(raster_.get(), like);
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
    Tensor values = packer_ ? part.clone() : part;  // the interface serves reading, too
    if (packer_) packer_->pack(values);
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
    if (layout_.is_cloud_optimised) copy_in_order();
    raster_.reset();
    check(CPLGetLastErrorType() != CE_Failure);
    if (layout_.is_cloud_optimised) remove_plain();
    folder_.move_out();
    if (packer_) packer_->tell(path_);
  }

 private:
  /// What is written first, beside the file that it is copied into.
  static constexpr const char* kPlain = ".plain";

  GDALDriverH driver() const { return GDALGetDriverByName(layout_.driver.c_str()); }
  void check(bool fine) const { SPECFUSE_CHECK(fine, "cannot write ", path_, ": ", CPLGetLastErrorMsg()); }

  /// Adds overviews, and copies all of it so that a reader finds what it needs without reading the rest.
  void copy_in_order() {
    constexpr int kSmall = 256;
    raster_.reset();  // read by several threads, some versions of GDAL complain of what they wrote
    raster_.reset(GDALOpen(file_.c_str(), GA_Update));
    check(raster_ != nullptr);
    std::vector<int> levels;
    const int side = std::max(GDALGetRasterXSize(raster_.get()), GDALGetRasterYSize(raster_.get()));
    for (int level = 2; side > kSmall * level / 2; level *= 2) levels.push_back(level);
    if (!levels.empty()) {
      check(GDALBuildOverviews(raster_.get(), "AVERAGE", static_cast<int>(levels.size()), levels.data(), 0, nullptr,
                               nullptr, nullptr) == CE_None);
    }
    std::vector<std::string> options = options_;
    options.emplace_back("COPY_SRC_OVERVIEWS=YES");
    const Raster copy(GDALCreateCopy(driver(), folder_.file().c_str(), raster_.get(), 0, pointers_to(options).data(),
                                     nullptr, nullptr),
                      GDALClose);
    check(copy != nullptr);
  }

  void remove_plain() const {
    std::vector<std::filesystem::path> plain;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(file_).parent_path())) {
      if (entry.path().filename().string().starts_with(std::filesystem::path(file_).filename().string()))
        plain.push_back(entry.path());
    }
    for (const std::filesystem::path& file : plain) std::filesystem::remove(file);
  }

  std::string path_;
  FolderBeside folder_;
  GdalLayout layout_;
  Raster raster_;
  std::optional<Packer> packer_;
  std::vector<std::string> options_;
  /// What is being written.
  std::string file_;
};

}  // namespace
#endif

ImageWriter gdal_file(const std::string& name, const std::string& ending, [[maybe_unused]] const GdalLayout& layout) {
  ImageWriter format{name, ending, nullptr, "GDAL (Debian: libgdal-dev)"};
#ifdef SPECFUSE_GDAL
  format.begin = [layout](const std::string& path, const Cube& like, Index rows, Index cols) {
    return std::make_unique<GdalWriter>(path, like, rows, cols, layout, std::nullopt);
  };
  format.begin_packed = [layout](const std::string& path, const Cube& like, Index rows, Index cols,
                                 const Packing& packing) {
    return std::make_unique<GdalWriter>(path, like, rows, cols, layout, packing);
  };
#endif
  return format;
}

}  // namespace specfuse
