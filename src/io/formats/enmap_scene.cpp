#include <algorithm>
#include <cstdlib>

#include "io/product_format.h"

#ifdef SPECFUSE_GDAL
#include "io/metadata_xml.h"
#include "io/stored_values.h"
#include "specfuse/core/error.h"
#include "specfuse/imaging/georeference.h"
#endif

namespace specfuse {
namespace {

/// Both of DLR, and of one form.
constexpr ProductNames kEnmapNames{R"((.*-)METADATA\.XML)", R"((.*-)SPECTRAL_IMAGE(?:_COG)?\.(?:TIFF?|BSQ|BIL|BIP))",
                                   "*-METADATA.XML"};

#ifdef SPECFUSE_GDAL

/// Numbers of the bands that a detector has, counted from 1; none where the metadata do not say it.
std::vector<Index> channels_of(const XmlElement& root, const char* quality) {
  std::vector<Index> channels;
  const std::vector<const XmlElement*> said = root.all(quality);
  if (said.empty() || !said.front()->has("expectedChannelsList")) return channels;
  const std::string list = said.front()->text("expectedChannelsList");
  for (const char* at = list.c_str(); *at != '\0';) {
    char* end = nullptr;
    const long long number = std::strtoll(at, &end, 10);
    if (end != at) channels.push_back(number);
    at = end == at ? at + 1 : end;
  }
  return channels;
}

std::vector<ProductBand> bands_in_metadata(const XmlElement& root) {
  const std::vector<const XmlElement*> list = root.all("bandCharacterisation");
  SPECFUSE_CHECK_AS(DataError, !list.empty(), root.file, ": expected an element bandCharacterisation, got none");
  const std::vector<Index> swir = channels_of(root, "swirProductQuality");
  std::vector<ProductBand> bands;
  for (const XmlElement& band : list.front()->children) {
    if (!band.has("wavelengthCenterOfBand")) continue;
    ProductBand& one = bands.emplace_back();
    one.band = std::ssize(bands) - 1;
    one.wavelength_nm = band.number("wavelengthCenterOfBand");
    one.fwhm_nm = band.number(band.has("FWHMOfBand") ? "FWHMOfBand" : "wavelengthWidthOfBand");
    one.scale = band.number("GainOfBand");
    one.offset = band.number("OffsetOfBand");
    one.detector = std::find(swir.begin(), swir.end(), std::ssize(bands)) != swir.end() ? 1 : 0;
    const bool falls = bands.size() > 1 && one.wavelength_nm < bands[bands.size() - 2].wavelength_nm;
    if (swir.empty() && bands.size() > 1) one.detector = bands[bands.size() - 2].detector | (falls ? 1u : 0u);
  }
  return bands;
}

Product read_enmap(const std::string& path, const ProductFiles& files) {
  const XmlElement root = parse_xml(product_text(files.metadata), files.metadata);
  const std::string stem = *match(files.metadata, kEnmapNames.metadata);
  const std::string image = files.image(kEnmapNames, stem + "SPECTRAL_IMAGE.TIF");
  Product product{path, name_of(stem).starts_with("DESIS") ? "desis" : "enmap"};
  product.images = {open_gdal_image(image)};
  product.bands = bands_in_metadata(root);
  product.detectors = {"VNIR", "SWIR"};
  SPECFUSE_CHECK_AS(DataError, product.images.front()->bands() == std::ssize(product.bands), files.metadata,
                    ": expected one band in bandCharacterisation for each of ", product.images.front()->bands(), " in ",
                    name_of(image), ", got ", product.bands.size());
  constexpr double kBackground = -32768;  // of both missions, where the image itself does not say it
  const std::vector<double> missing = numbers_of(product.images.front()->read({0, 0, 1, 1}), kNoDataAttribute);
  product.missing = missing.size() == 1 ? missing.front() : kBackground;
  if (stem.find("L2A") == std::string::npos)
    product.warnings.emplace_back("it is not named as a product of level 2A: its values may be no reflectance");
  return product;
}

#else

constexpr ReadProduct read_enmap = nullptr;

#endif

}  // namespace

SceneFormat enmap_scene_format() {
  return product_format<kEnmapNames, read_enmap>(
      "enmap", "EnMAP and DESIS L2A: SPECTRAL_IMAGE.TIF or METADATA.XML, or the folder or archive of both");
}

}  // namespace specfuse
