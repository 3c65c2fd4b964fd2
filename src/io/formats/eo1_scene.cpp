#include "io/product_format.h"

#ifdef SPECFUSE_GDAL
#include "io/metadata_groups.h"
#include "specfuse/core/error.h"
#endif

namespace specfuse {
namespace {

constexpr ProductNames kEo1Names{R"((EO1[AH][^_]*)_MTL.*\.TXT)", R"((EO1[AH][^_]*)(?:_B\d{1,3})?_L1.*\.TIFF?)",
                                 "EO1*_MTL_L1T.TXT"};

#ifdef SPECFUSE_GDAL

constexpr int kHyperionBands = 242;

/// Hyperion's bands 1-70 are of the VNIR, 71-242 of the SWIR detector; of these 8-57 and 77-224 are calibrated (USGS,
/// EO-1 User Guide 2.3, 2003). The centres are published band by band and lie on two lines, from 355.59 to 1057.68 and
/// from 851.92 to 2577.08 nm, to 0.01 nm.
ProductBand hyperion_band(int number, const MetadataGroups& groups) {
  constexpr int kLastVnir = 70;
  const bool swir = number > kLastVnir;
  ProductBand band;
  band.wavelength_nm =
      swir ? 851.92 + (2577.08 - 851.92) / 171 * (number - 71) : 355.59 + (1057.68 - 355.59) / 69 * (number - 1);
  band.scale = 1 / groups.number("RADIANCE_SCALING", swir ? "SCALING_FACTOR_SWIR" : "SCALING_FACTOR_VNIR");
  band.detector = swir ? 1 : 0;
  const bool calibrated = (number >= 8 && number <= 57) || (number >= 77 && number <= 224);
  if (!calibrated) band.wavelength_nm = 0;
  return band;
}

/// ALI's bands 2 to 10; 1 is panchromatic.
ProductBand ali_band(int number, const MetadataGroups& groups) {
  static const std::vector<std::string> names{"MS-1'", "MS-1",  "MS-2", "MS-3", "MS-4",
                                              "MS-4'", "MS-5'", "MS-5", "MS-7"};
  ProductBand band = product_band("ali", names[static_cast<std::size_t>(number - 2)]);
  band.scale = groups.number("RADIANCE_SCALING", concat("BAND", number, "_SCALING_FACTOR"));
  band.offset = groups.number("RADIANCE_SCALING", concat("BAND", number, "_OFFSET"));
  return band;
}

/// The file with this band, of a product with a file for each.
std::string file_of_band(const ProductFiles& files, const std::string& scene, int number) {
  const std::string name = concat("(", scene, ")_B0{0,2}", number, R"(_L1.*\.TIFF?)");
  const std::vector<std::string> found = files.like(name.c_str());
  SPECFUSE_CHECK_AS(DataError, found.size() == 1, files.metadata, ": expected one file with band ", number,
                    " beside it, got ", found.empty() ? "none; put all bands there" : "several");
  return found.front();
}

Product read_eo1(const std::string& path, const ProductFiles& files) {
  const MetadataGroups groups(product_text(files.metadata), files.metadata);
  const std::string scene = *match(files.metadata, kEo1Names.metadata);
  const bool is_ali = lower_case(scene).starts_with("eo1a");
  Product product{path, is_ali ? "ali" : "hyperion"};
  product.detectors = {"VNIR", "SWIR"};
  const std::vector<std::string> stack = files.like(concat("(", scene, R"()_L1.*\.TIFF?)").c_str());
  if (stack.size() == 1) {
    product.images = {open_gdal_image(stack.front())};
    const Index expected = is_ali ? 9 : kHyperionBands, got = product.images.front()->bands();
    SPECFUSE_CHECK_AS(DataError, got == expected, stack.front(), ": expected all ", expected,
                      " bands of the scene in one file, got ", got);
  }
  for (int number = is_ali ? 2 : 1; number <= (is_ali ? 10 : kHyperionBands); ++number) {
    ProductBand band = is_ali ? ali_band(number, groups) : hyperion_band(number, groups);
    if (stack.size() == 1) {
      band.band = number - (is_ali ? 2 : 1);
    } else if (band.wavelength_nm > 0) {
      band.image = product.images.size();
      product.images.push_back(open_gdal_image(file_of_band(files, scene, number)));
    }
    product.bands.push_back(band);
  }
  product.missing = 0;
  product.warnings.emplace_back(
      "its values are radiance at the sensor: reflectance of the surface needs a correction "
      "of the atmosphere");
  return product;
}

#else

constexpr ReadProduct read_eo1 = nullptr;

#endif

}  // namespace

SceneFormat eo1_scene_format() {
  return product_format<kEo1Names, read_eo1>(
      "eo1", "Hyperion and ALI L1T of EO-1: the MTL file, a band, or the folder or archive of all");
}

}  // namespace specfuse
