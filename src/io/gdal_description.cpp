#ifdef SPECFUSE_GDAL

#include "io/gdal_description.h"

#include <cpl_string.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <optional>
#include <set>
#include <sstream>

#include "io/micrometres.h"
#include "io/stored_values.h"
#include "specfuse/core/error.h"
#include "specfuse/core/utf8.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/io/file.h"

namespace specfuse {
namespace {

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
bool is_said(const std::string& unit) { return !unit.empty() && unit != "unknown"; }

/// How many nanometres a unit of length is, by its first letters in small ones; none of another unit. `are_small` tells
/// where the unit is not said.
std::optional<double> nanometres_in(const std::string& unit, bool are_small) {
  if (!is_said(unit)) return are_small ? 1000 : 1;
  const std::pair<const char*, double> units[] = {
      {"nano", 1},    {"nm", 1},   {"mic", 1e3},   {"um", 1e3}, {"\u00b5m", 1e3}, {"\u03bcm", 1e3},
      {"milli", 1e6}, {"mm", 1e6}, {"centi", 1e7}, {"cm", 1e7}, {"met", 1e9},     {"angstrom", 0.1}};
  if (unit == "m") return 1e9;
  for (const auto& [name, nanometres] : units) {
    if (unit.starts_with(name)) return nanometres;
  }
  return {};
}

class Description {
 public:
  Description(const GdalImage& image, Cube& cube) : image_(image), cube_(cube) {}

  void read() {
    read_stored();
    read_wavelengths();
    read_georeference();
    read_texts();
  }

 private:
  using Numbers = std::vector<double>;

  GDALRasterBandH band(std::size_t at) const { return GDALGetRasterBand(image_.raster, image_.bands[at]); }
  std::string envi(const char* name) const { return text_or_nothing(GDALGetMetadataItem(image_.raster, name, "ENVI")); }
  void note(const std::string& sentence) { cube_.notes.warnings.push_back(concat(image_.path, ": ", sentence)); }

  /// One number for all bands where they have the same.
  void set(const std::string& name, const Numbers& numbers) {
    const bool same = std::all_of(numbers.begin(), numbers.end(), [&](double number) {
      return number == numbers.front() || (std::isnan(number) && std::isnan(numbers.front()));
    });
    cube_.attributes[name] = same ? Numbers{numbers.front()} : numbers;
  }

  void read_stored() {
    if (GDALGetRasterColorTable(band(0)) != nullptr) {
      note("its values are numbers of classes or of colours of a palette, and are taken as measured");
    }
    Numbers missing, scales, offsets;
    bool any = false;
    for (std::size_t at = 0; at < image_.bands.size(); ++at) {
      int given = 0;
      const double none = GDALGetRasterNoDataValue(band(at), &given);
      any = any || given != 0;
      missing.push_back(given != 0 ? none : std::nan(""));
      const double scale = GDALGetRasterScale(band(at), &given);
      scales.push_back(given != 0 ? scale : 1);
      const double offset = GDALGetRasterOffset(band(at), &given);
      offsets.push_back(given != 0 ? offset : 0);
    }
    if (any) set(kNoDataAttribute, missing);
    const std::string ignored = envi("data_ignore_value");
    if (!ignored.empty()) {
      const Numbers numbers = numbers_in(ignored);  // GDAL takes what it does not understand for 0
      SPECFUSE_CHECK_AS(DataError, numbers.size() == 1 || lower_case(bare(ignored)) == "nan", image_.path,
                        ": data ignore value: expected one number, got ", ignored);
      cube_.attributes[kNoDataAttribute] = numbers.empty() ? Numbers{std::nan("")} : numbers;
    }
    for (const char* const name : {"data_gain_values", "data_offset_values"}) list_in_header(name);
    set(kScaleAttribute, scales);
    set(kOffsetAttribute, offsets);
    // What is said of reflectance divides, and speaks of values that are not scaled otherwise.
    const Numbers whole = numbers_in(envi("reflectance_scale_factor"));
    const bool scaled =
        numbers_of(cube_, kScaleAttribute) != Numbers{1} || numbers_of(cube_, kOffsetAttribute) != Numbers{0};
    if (whole.size() == 1 && !scaled) cube_.attributes[kScaleAttribute] = Numbers{1 / whole.front()};
    const bool more = !envi("data_reflectance_gain_values").empty() || (!whole.empty() && (scaled || whole.size() > 1));
    if (more) note("its header scales the values to reflectance in more than one way, and the first alone is used");
  }

  /// Has a number for each band, or none.
  Numbers list_in_header(const char* name) const {
    const std::string list = envi(name);
    const Numbers all = numbers_in(list);
    const int count = GDALGetRasterCount(image_.raster);
    SPECFUSE_CHECK_AS(DataError, list.empty() || std::ssize(all) == count, image_.path, ": ", name, ": expected ",
                      count, " numbers, one for each band, got ", all.size(), "; correct the header");
    return all;
  }

  /// What is said of each band: of the file as a list, or of the bands one by one.
  Numbers numbers_of_bands(const char* name, const char* domain = nullptr) {
    const Numbers all = list_in_header(name);
    Numbers numbers;
    std::size_t silent = 0;
    for (std::size_t at = 0; at < image_.bands.size(); ++at) {
      const Numbers one = numbers_in(text_or_nothing(GDALGetMetadataItem(band(at), name, domain)));
      if (!all.empty()) {
        numbers.push_back(all[static_cast<std::size_t>(image_.bands[at]) - 1]);
      } else if (one.size() == 1) {
        numbers.push_back(one.front());
      } else {
        ++silent;
      }
    }
    if (silent == 0) return numbers;
    if (!numbers.empty())
      note(concat("only ", numbers.size(), " of its bands say their ", name, ", which is not used"));
    return {};
  }

  void read_wavelengths() {
    std::string said = envi("wavelength_units");
    if (said.empty()) said = text_or_nothing(GDALGetMetadataItem(band(0), "wavelength_units", nullptr));
    std::string unit = lower_case(said);
    Numbers centres = numbers_of_bands("wavelength"), widths = numbers_of_bands("fwhm");
    if (centres.empty()) {
      centres = numbers_of_bands("CENTRAL_WAVELENGTH_UM", "IMAGERY");
      if (!centres.empty()) widths = numbers_of_bands("FWHM_UM", "IMAGERY");
      if (!centres.empty()) unit = "um";
    }
    if (unit == "index" || (!is_said(unit) && count_bands(centres))) centres.clear();
    const std::optional<double> one = nanometres_in(unit, are_micrometres(centres));
    SPECFUSE_CHECK_AS(DataError, one || centres.empty(), image_.path, ": wavelength units: expected a length, got ",
                      said, "; correct the header, or say Index there and give data.wavelength_nm");
    for (Numbers* const values : {&centres, &widths}) {
      for (double& value : *values) value *= one.value_or(1);
    }
    if (!widths.empty()) cube_.attributes[kFwhmAttribute] = widths;
    if (!is_said(unit) && !are_nanometres(centres)) {
      note("its wavelengths, whose unit it does not say, are none that a sensor sees, and are not used");
      centres.clear();
    }
    cube_.wavelength_nm = centres;
    const Numbers good = numbers_of_bands("bbl");
    if (!good.empty()) cube_.attributes[kGoodBandsAttribute] = good;
  }

  void read_georeference() {
    Numbers transform(6);
    if (GDALGetGeoTransform(image_.raster, transform.data()) == CE_None) {
      cube_.attributes[kGeotransformAttribute] = transform;
    } else if (GDALGetGCPCount(image_.raster) > 0 || GDALGetMetadata(image_.raster, "RPC") != nullptr) {
      note("it is placed by control points or a sensor model alone, which are not used; gdalwarp puts it on a grid");
    }
    const std::string projection = text_or_nothing(GDALGetProjectionRef(image_.raster));
    if (!projection.empty()) cube_.attributes[kProjectionAttribute] = projection;
  }

  /// What is said of the image as a whole, except what every file says.
  void read_texts() {
    char** const items = GDALGetMetadata(image_.raster, nullptr);
    for (char** item = items; item != nullptr && *item != nullptr; ++item) {
      const std::string text = as_utf8(*item);
      const std::size_t equals = text.find('=');
      const std::string name = text.substr(0, equals);
      const bool of_the_file = name == "AREA_OR_POINT" || name.starts_with("TIFFTAG_") || name.starts_with("Band_");
      if (equals != std::string::npos && !of_the_file) cube_.attributes[name] = text.substr(equals + 1);
    }
    for (const char* name : {"description", "sensor_type"}) {
      const std::string text = bare(envi(name));
      if (!text.empty()) cube_.attributes[name == std::string("description") ? "scene" : "sensor"] = text;
    }
  }

  const GdalImage& image_;
  Cube& cube_;
};

/// The fields that a header gives twice; what stands in braces is none.
std::set<std::string> fields_given_twice(const std::string& header) {
  std::set<std::string> seen, twice;
  std::istringstream lines(header);
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t equals = line.find('=');
    if (!inside && equals != std::string::npos && line[0] != ';') {
      const std::string name = lower_case(bare(line.substr(0, equals)));
      if (!seen.insert(name).second) twice.insert(name);
    }
    if (line.find('{') != std::string::npos) inside = true;
    if (line.find('}') != std::string::npos) inside = false;
  }
  return twice;
}

}  // namespace

void describe_gdal(const GdalImage& image, Cube& cube) { Description(image, cube).read(); }

void check_envi_file(const std::string& path, GDALDatasetH raster) {
  if (text_or_nothing(GDALGetDriverShortName(GDALGetDatasetDriver(raster))) != "ENVI") return;
  char** const files = GDALGetFileList(raster);
  std::string data, header;
  for (char** file = files; file != nullptr && *file != nullptr; ++file) {
    const std::string name = *file;
    if (file == files) data = name;
    if (lower_case(name).ends_with(".hdr")) header = name;
  }
  CSLDestroy(files);
  const auto text = [&](const char* name) {
    return lower_case(text_or_nothing(GDALGetMetadataItem(raster, name, "ENVI")));
  };
  const std::string order = text("byte_order"), interleave = text("interleave");
  SPECFUSE_CHECK_AS(DataError, order == "0" || order == "1" || order.empty(), path,
                    ": byte order: expected 0 or 1, got ", order);
  SPECFUSE_CHECK_AS(DataError, interleave == "bsq" || interleave == "bil" || interleave == "bip", path,
                    ": interleave: expected bsq, bil or bip, got ", interleave.empty() ? "nothing" : interleave);
  for (const std::string& name : header.empty() ? std::set<std::string>{} : fields_given_twice(read_text(header))) {
    throw DataError(concat(path, ": expected each field of the header once, got `", name, "` twice"));
  }
  if (std::strtod(text("file_compression").c_str(), nullptr) != 0) return;
  double expected = std::strtod(text("header_offset").c_str(), nullptr);
  for (int b = 1; b <= GDALGetRasterCount(raster); ++b) {
    expected += double{1} * GDALGetRasterXSize(raster) * GDALGetRasterYSize(raster) *
                GDALGetDataTypeSizeBytes(GDALGetRasterDataType(GDALGetRasterBand(raster, b)));
  }
  const auto got = static_cast<double>(std::filesystem::file_size(data));
  SPECFUSE_CHECK_AS(DataError, got == expected, path, ": expected ", static_cast<Index>(expected), " bytes in ", data,
                    " by its header (offset, samples, lines, bands and data type), got ", static_cast<Index>(got));
}

}  // namespace specfuse

#endif
