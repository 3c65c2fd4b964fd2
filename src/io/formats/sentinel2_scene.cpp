#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include "io/product_files.h"
#include "specfuse/io/scene.h"

#ifdef SPECFUSE_GDAL
#include "io/metadata_xml.h"
#include "io/product.h"
#include "specfuse/core/error.h"
#endif

namespace specfuse {
namespace {

constexpr const char* kMetadataName = "MTD_MSIL2A\\.xml";
/// As in T33UUU_20220724T102559_B02_10m.jp2; the group is what all bands of a product have in common.
constexpr const char* kBandFile = R"(((?:L2A_)?T\d\d[A-Z]{3}_\d{8}T\d{6})_B[0-9A]{2}_\d\dm\.(?:jp2|tiff?))";

bool is_sentinel2(const std::string& path) {
  if (match(path, kMetadataName) || match(path, kBandFile)) return true;
  const std::vector<std::string> files = files_in(path);
  return std::any_of(files.begin(), files.end(), [](const std::string& file) {
    return match(file, kMetadataName).has_value() || match(file, kBandFile).has_value();
  });
}

#ifdef SPECFUSE_GDAL

/// Files in which a Sentinel-2 product may be, given one of them: those of its folder, or of the folder above that has
/// the metadata of both.
std::vector<std::string> files_around(const std::string& path) {
  constexpr int kUp = 4;  // from a band: resolution, images, granule, granules
  std::string folder = folder_holding(path);
  for (int up = 0; up <= kUp; ++up, folder += "/..") {
    for (const std::string& file : files_directly_in(folder)) {
      if (match(file, kMetadataName)) return files_in(folder);
    }
  }
  return files_directly_in(folder_holding(path));
}

/// What `dataset` may be: the pixels of the image, and the names of its bands at each resolution.
struct BandChoice {
  const char* dataset;
  std::vector<const char*> of_10m, of_20m;
};

const std::vector<BandChoice>& band_choices() {
  static const std::vector<BandChoice> all{
      {"/10m", {"B2", "B3", "B4", "B8"}, {}},
      {"/10m+20m", {"B2", "B3", "B4", "B8"}, {"B5", "B6", "B7", "B8A", "B11", "B12"}},
      {"/20m", {}, {"B2", "B3", "B4", "B5", "B6", "B7", "B8A", "B11", "B12"}}};
  return all;
}

const BandChoice& bands_in(const std::string& dataset, const std::string& path) {
  for (const BandChoice& one : band_choices()) {
    if (dataset == one.dataset || (dataset == SceneSource().dataset && &one == &band_choices().front())) return one;
  }
  const std::string known = joined(band_choices(), [](const BandChoice& one) { return one.dataset; });
  throw DataError(concat(path, ": dataset: expected one of ", known, " of a Sentinel-2 product, got ", dataset));
}

/// What the metadata say: reflectance = (stored + offset) / whole.
struct Sentinel2Values {
  std::string sensor = "sentinel2a";
  double whole = 10000;
  std::map<std::string, double> offset{}, centre_nm{};
};

Sentinel2Values calibration_of(const XmlElement& root) {
  Sentinel2Values result;
  const std::string craft = root.text("SPACECRAFT_NAME");
  SPECFUSE_CHECK_AS(DataError, craft == "Sentinel-2A" || craft == "Sentinel-2B" || craft == "Sentinel-2C", root.file,
                    ": SPACECRAFT_NAME: expected Sentinel-2A, 2B or 2C, got ", craft);
  result.sensor = concat("sentinel2", static_cast<char>(craft.back() - 'A' + 'a'));
  result.whole = root.number("BOA_QUANTIFICATION_VALUE");
  SPECFUSE_CHECK_AS(DataError, result.whole > 0, root.file, ": BOA_QUANTIFICATION_VALUE: expected a number above 0");
  for (const XmlElement* const band : root.all("Spectral_Information")) {
    const auto name = band->attributes.find("physicalband");
    if (name != band->attributes.end() && band->has("CENTRAL"))
      result.centre_nm[name->second] = band->number("CENTRAL");
  }
  for (const XmlElement* const offset : root.all("BOA_ADD_OFFSET")) {
    // By their band_id.
    constexpr std::array kNumbered{"B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B8A", "B9", "B10", "B11", "B12"};
    const auto id = offset->attributes.find("band_id");
    const std::size_t number =
        id == offset->attributes.end() ? kNumbered.size() : std::strtoul(id->second.c_str(), nullptr, 10);
    SPECFUSE_CHECK_AS(DataError, number < kNumbered.size(), root.file,
                      ": BOA_ADD_OFFSET: expected a band_id from 0 to 12");
    const std::optional<double> added = parsed_number(offset->content);
    SPECFUSE_CHECK_AS(DataError, added.has_value(), root.file, ": BOA_ADD_OFFSET: expected a number, got \"",
                      offset->content, "\"");
    result.offset[kNumbered[number]] = *added;
  }
  return result;
}

/// B2 is B02 in the names of files.
std::string band_file(const std::string& name, const char* resolution) {
  return concat(R"((?:L2A_)?T\d\d[A-Z]{3}_\d{8}T\d{6}_)", name.size() == 2 ? "B0" + name.substr(1) : name, "_",
                resolution, R"(\.(?:jp2|tiff?))");
}

/// Of several products that bands may be of, the one that is meant, by its metadata.
std::string metadata_among(const std::vector<std::string>& files, const std::string& path) {
  std::vector<std::string> found;
  for (const std::string& file : files) {
    if (match(file, kMetadataName)) found.push_back(file);
  }
  SPECFUSE_CHECK_AS(DataError, found.size() <= 1, path, ": expected one product, got several, ",
                    name_of(folder_holding(found.front())), " and ", name_of(folder_holding(found.back())),
                    " among them; name the one that is meant");
  return found.empty() ? "" : found.front();
}

std::vector<std::string> files_of_sentinel2(const std::string& path) {
  if (!holds_files(path)) return files_around(path);
  return std::filesystem::is_directory(path) ? files_in(path) : std::vector{path};
}

ImagePtr open_sentinel2(const std::string& path, const std::string& dataset) {
  const std::vector<std::string> files = holds_files(path) ? files_in(path) : files_around(path);
  const std::string metadata = metadata_among(files, path);
  const std::string common = match(path, kBandFile).value_or("");
  Sentinel2Values calibration;
  Product product{path, ""};
  if (metadata.empty()) {
    product.warnings.emplace_back(
        "there is no MTD_MSIL2A.xml beside its bands: values are divided by 10000, and 0.1 too bright if its baseline "
        "is 04.00 or later (from 2022-01-25 on), as these add 1000; Sentinel-2A is taken for the sensor");
  } else {
    calibration = calibration_of(parse_xml(product_text(metadata), metadata));
  }
  product.sensor = calibration.sensor;
  const BandChoice& wanted = bands_in(dataset, path);
  const auto add = [&](const std::string& name, const char* resolution) {
    std::vector<std::string> found;
    for (const std::string& file : files) {
      if (match(file, band_file(name, resolution).c_str()) && name_of(file).starts_with(common)) found.push_back(file);
    }
    SPECFUSE_CHECK_AS(DataError, found.size() == 1, path, ": expected one file of band ", name, " with pixels of ",
                      resolution, " (as T33UUU_20220724T102559_B02_10m.jp2), got ",
                      found.empty() ? "none; put all bands of the product there" : "several; name one of them");
    ProductBand band = product_band(product.sensor, name);
    band.image = product.images.size();
    band.scale = 1 / calibration.whole;
    if (calibration.offset.contains(name)) band.offset = calibration.offset[name] / calibration.whole;
    if (calibration.centre_nm.contains(name)) band.wavelength_nm = calibration.centre_nm[name];
    product.images.push_back(open_gdal_image(found.front()));
    product.bands.push_back(band);
  };
  for (const char* const name : wanted.of_10m) add(name, "10m");
  for (const char* const name : wanted.of_20m) add(name, "20m");
  product.missing = 0;
  product.least = 1;  // as reflectance is defined for stored values from 1 on
  return product_image(std::move(product));
}

#else

constexpr decltype(SceneFormat::open) open_sentinel2 = nullptr;
constexpr decltype(SceneFormat::files) files_of_sentinel2 = nullptr;

#endif

}  // namespace

SceneFormat sentinel2_scene_format() {
  return {"sentinel2",
          "Sentinel-2 L2A: the .SAFE folder, its zip, MTD_MSIL2A.xml or a band; data.dataset /10m, /10m+20m or /20m",
          is_sentinel2,
          open_sentinel2,
          "GDAL",
          "libgdal-dev",
          files_of_sentinel2};
}

}  // namespace specfuse
