#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <memory>
#include <optional>

#include "io/micrometres.h"
#include "specfuse/core/error.h"
#include "specfuse/core/utf8.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/io/scene.h"

#ifdef SPECFUSE_GDAL
#include "io/gdal.h"
#endif

namespace specfuse {
namespace {

constexpr const char* kSummary = "whatever GDAL reads: ENVI, GeoTIFF and others";

std::string ending_of(const std::string& path) {
  std::string ending = std::filesystem::path(path).extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char c) { return std::tolower(c); });
  return ending;
}

#ifndef SPECFUSE_GDAL

/// Files that are most likely such ones.
bool recognises(const std::string& path) {
  constexpr std::array<const char*, 9> kEndings{".hdr", ".img", ".dat",  ".bsq", ".bil",
                                                ".bip", ".tif", ".tiff", ".vrt"};
  return std::find(kEndings.begin(), kEndings.end(), ending_of(path)) != kEndings.end();
}

Cube read(const std::string& path, const std::string&) {
  throw DataError(concat(path,
                         ": needs GDAL, and this program was built without it; install it (Debian: libgdal-dev), "
                         "then build again"));
}

constexpr std::unique_ptr<ImageOnDisk> (*open_scene)(const std::string&, const std::string&) = nullptr;

#else

/// The data file beside an ENVI header, which is what GDAL opens.
std::string data_file(const std::string& path) {
  if (ending_of(path) != ".hdr") return path;
  const std::filesystem::path stem = std::filesystem::path(path).replace_extension();
  for (const char* ending : {"", ".img", ".dat", ".bsq", ".bil", ".bip", ".raw"}) {
    const std::string file = stem.string() + ending;
    if (std::filesystem::is_regular_file(file)) return file;
  }
  throw DataError(concat(path, ": expected the data of this header beside it, as ", stem.string(),
                         " with .img, .dat, .bsq, .bil, .bip, .raw or no ending"));
}

Raster open(const std::string& path) {
  start_gdal();
  const QuietGdal quiet;
  return {GDALOpenEx(path.c_str(), GDAL_OF_RASTER | GDAL_OF_READONLY, nullptr, nullptr, nullptr), GDALClose};
}

bool recognises(const std::string& path) { return ending_of(path) == ".hdr" || open(path) != nullptr; }

std::string text_or_nothing(const char* text) { return text == nullptr ? "" : as_utf8(text); }

/// A text without the braces and spaces that an ENVI header puts around it.
std::string bare(const std::string& text) {
  constexpr const char* kAround = "{} \r\n";
  const std::size_t first = text.find_first_not_of(kAround);
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(kAround) - first + 1);
}

/// The numbers in a text such as "{400.5, 410}".
std::vector<double> numbers_in(const std::string& text) {
  std::vector<double> numbers;
  for (const char* at = text.c_str(); *at != '\0';) {
    char* end = nullptr;
    const double number = std::strtod(at, &end);
    if (end == at) {
      ++at;
    } else {
      numbers.push_back(number);
      at = end;
    }
  }
  return numbers;
}

/// "Unknown" is a word of ENVI.
bool is_said(const std::string& unit) { return !unit.empty() && unit != "Unknown" && unit != "unknown"; }

/// How many nanometres a unit of length is, by its first letters in any case; none of another unit. `are_small` tells
/// where the unit is not said.
std::optional<double> nanometres_in(std::string unit, bool are_small) {
  if (!is_said(unit)) return are_small ? 1000 : 1;
  for (char& letter : unit) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  const std::pair<const char*, double> units[] = {
      {"nano", 1},    {"nm", 1},   {"mic", 1e3},   {"um", 1e3}, {"\u00b5m", 1e3}, {"\u03bcm", 1e3},
      {"milli", 1e6}, {"mm", 1e6}, {"centi", 1e7}, {"cm", 1e7}, {"met", 1e9},     {"angstrom", 0.1}};
  if (unit == "m") return 1e9;
  for (const auto& [name, nanometres] : units) {
    if (unit.starts_with(name)) return nanometres;
  }
  return {};
}

class GdalScene : public ImageOnDisk {
 public:
  explicit GdalScene(const std::string& path)
      : path_(path), raster_(open(data_file(path))), bands_(raster_ ? GDALGetRasterCount(raster_.get()) : 0) {
    SPECFUSE_CHECK_AS(DataError, bands_ > 0, path_, ": expected an image, got none: ", CPLGetLastErrorMsg());
  }

  Index rows() const override { return GDALGetRasterYSize(raster_.get()); }
  Index cols() const override { return GDALGetRasterXSize(raster_.get()); }
  Index bands() const override { return bands_; }

  Cube read(const Rectangle& part) const override {
    Cube cube;
    cube.values = Tensor::uninitialized({part.rows, part.cols, bands_});
    read_values(part, cube);
    read_no_data(cube);
    read_wavelengths(cube);
    read_georeference(cube);
    return cube;
  }

 private:
  GDALRasterBandH band(int number) const { return GDALGetRasterBand(raster_.get(), number); }

  void read_values(const Rectangle& part, Cube& cube) const {
    for (int b = 1; b <= bands_; ++b) {
      SPECFUSE_CHECK_AS(DataError, GDALDataTypeIsComplex(GDALGetRasterDataType(band(b))) == 0, path_,
                        ": expected real values, got complex ones in band ", b);
    }
    const QuietGdal quiet;
    const auto spacing = static_cast<GSpacing>(sizeof(float));
    const int cols = static_cast<int>(part.cols), rows = static_cast<int>(part.rows);
    const CPLErr error = GDALDatasetRasterIOEx(
        raster_.get(), GF_Read, static_cast<int>(part.col), static_cast<int>(part.row), cols, rows, cube.values.data(),
        cols, rows, GDT_Float32, bands_, nullptr, spacing * bands_, spacing * bands_ * cols, spacing, nullptr);
    SPECFUSE_CHECK_AS(DataError, error == CE_None, "cannot read ", path_, ": ", CPLGetLastErrorMsg());
  }

  /// Scales the values as the file says. One value stands for no data, which is kept where nothing is scaled; else it
  /// becomes NaN.
  void read_no_data(Cube& cube) const {
    bool scaled = false, several = false, any = false;
    double first = 0;
    std::vector<double> missing(static_cast<std::size_t>(bands_)), scales = missing, offsets = missing;
    std::vector<int> has(static_cast<std::size_t>(bands_));
    for (int b = 0; b < bands_; ++b) {
      const auto at = static_cast<std::size_t>(b);
      missing[at] = GDALGetRasterNoDataValue(band(b + 1), &has[at]);
      int given = 0;
      scales[at] = GDALGetRasterScale(band(b + 1), &given);
      if (given == 0) scales[at] = 1;
      offsets[at] = GDALGetRasterOffset(band(b + 1), &given);
      if (given == 0) offsets[at] = 0;
      scaled = scaled || scales[at] != 1 || offsets[at] != 0;
      if (has[at] == 0) continue;
      const bool same = missing[at] == first || (std::isnan(missing[at]) && std::isnan(first));
      several = several || (any && !same);
      if (!any) first = missing[at];
      any = true;
    }
    if (scaled || several) {
      for (Index i = 0; i < cube.values.size(); ++i) {
        const auto at = static_cast<std::size_t>(i % bands_);
        const bool none = has[at] != 0 && cube.values[i] == static_cast<float>(missing[at]);
        cube.values[i] = none ? std::nanf("") : static_cast<float>(double{cube.values[i]} * scales[at] + offsets[at]);
      }
      first = std::nan("");
    }
    if (any) cube.attributes[kNoDataAttribute] = std::vector<double>{first};
  }

  /// What is said of each band: of the file as a list, or of the bands one by one.
  std::vector<double> numbers_of(const char* name) const {
    std::vector<double> numbers = numbers_in(text_or_nothing(GDALGetMetadataItem(raster_.get(), name, "ENVI")));
    if (static_cast<int>(numbers.size()) == bands_) return numbers;
    numbers.clear();
    for (int b = 1; b <= bands_; ++b) {
      const std::vector<double> one = numbers_in(text_or_nothing(GDALGetMetadataItem(band(b), name, nullptr)));
      if (one.size() != 1) return {};
      numbers.push_back(one.front());
    }
    return numbers;
  }

  void read_wavelengths(Cube& cube) const {
    std::string unit = text_or_nothing(GDALGetMetadataItem(raster_.get(), "wavelength_units", "ENVI"));
    if (unit.empty()) unit = text_or_nothing(GDALGetMetadataItem(band(1), "wavelength_units", nullptr));
    cube.wavelength_nm = numbers_of("wavelength");
    if (unit == "Index") cube.wavelength_nm.clear();  // the numbers of the bands
    const std::optional<double> one = nanometres_in(unit, are_micrometres(cube.wavelength_nm));
    SPECFUSE_CHECK_AS(DataError, one || cube.wavelength_nm.empty(), path_,
                      ": wavelength units: expected a length, got ", unit,
                      "; correct the header, or say Index there and give data.wavelength_nm");
    std::vector<double> fwhm = numbers_of("fwhm");
    for (std::vector<double>* values : {&cube.wavelength_nm, &fwhm}) {
      for (double& value : *values) value *= one.value_or(1);
    }
    if (!fwhm.empty()) cube.attributes[kFwhmAttribute] = fwhm;
    if (!is_said(unit) && !are_nanometres(cube.wavelength_nm))
      cube.wavelength_nm.clear();  // the bands' numbers, or such
    const std::vector<double> good = numbers_of("bbl");
    if (!good.empty()) cube.attributes[kGoodBandsAttribute] = good;
  }

  void read_georeference(Cube& cube) const {
    std::vector<double> transform(6);
    if (GDALGetGeoTransform(raster_.get(), transform.data()) == CE_None) {
      cube.attributes[kGeotransformAttribute] = transform;
    }
    const std::string projection = text_or_nothing(GDALGetProjectionRef(raster_.get()));
    if (!projection.empty()) cube.attributes[kProjectionAttribute] = projection;
    read_texts(cube);
    for (const char* name : {"description", "sensor_type"}) {
      const std::string text = bare(text_or_nothing(GDALGetMetadataItem(raster_.get(), name, "ENVI")));
      if (!text.empty()) cube.attributes[name == std::string("description") ? "scene" : "sensor"] = text;
    }
  }

  /// What is said of the image as a whole, except what every file says.
  void read_texts(Cube& cube) const {
    char** const items = GDALGetMetadata(raster_.get(), nullptr);
    for (char** item = items; item != nullptr && *item != nullptr; ++item) {
      const std::string text = as_utf8(*item);
      const std::size_t equals = text.find('=');
      const std::string name = text.substr(0, equals);
      const bool of_the_file = name == "AREA_OR_POINT" || name.starts_with("TIFFTAG_") || name.starts_with("Band_");
      if (equals != std::string::npos && !of_the_file) cube.attributes[name] = text.substr(equals + 1);
    }
  }

  std::string path_;
  Raster raster_;
  int bands_;
};

Cube read(const std::string& path, const std::string&) {
  const GdalScene scene(path);
  return scene.read({0, 0, scene.rows(), scene.cols()});
}

std::unique_ptr<ImageOnDisk> open_scene(const std::string& path, const std::string&) {
  return std::make_unique<GdalScene>(path);
}

#endif

}  // namespace

SceneFormat gdal_scene_format() { return {"gdal", kSummary, recognises, read, open_scene}; }

}  // namespace specfuse
