#include <cmath>

#include "io/hdf5_image.h"
#include "io/product.h"
#include "io/projection.h"
#include "io/reorder.h"
#include "specfuse/core/error.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/io/hdf5.h"
#include "specfuse/io/scene.h"

namespace specfuse {
namespace {

const std::string kPrismaFields = "/HDFEOS/SWATHS/PRS_L2D_HCO/Data Fields/";

bool is_prisma(const std::string& path) { return is_hdf5(path) && Hdf5Reader(path).has(kPrismaFields + "VNIR_Cube"); }

/// An image that is a dataset [rows, bands, cols].
class LinesImage : public Image {
 public:
  LinesImage(const std::string& path, const std::string& dataset) : file_(path), dataset_(dataset) {
    const std::vector<Index> extents = file_.shape(dataset);
    SPECFUSE_CHECK_AS(DataError, extents.size() == 3, path, ": ", dataset,
                      ": expected 3 dimensions (rows, bands, columns), got ", extents.size());
    shape_ = {extents[0], extents[1], extents[2]};
    SPECFUSE_CHECK_AS(DataError, shape_.size() > 0, path, ": ", dataset, " is empty: its shape is ", shape_.text());
  }
  Index rows() const override { return shape_[0]; }
  Index cols() const override { return shape_[2]; }
  Index bands() const override { return shape_[1]; }
  Cube read(const Rectangle& part) const override {
    Cube cube;
    cube.values = in_order(file_.read_block(dataset_, {part.row, 0, part.col}, {part.rows, bands(), part.cols}), "rbc");
    return cube;
  }

 private:
  Hdf5Reader file_;
  std::string dataset_;
  Shape shape_;
};

using PrismaNumbers = std::map<std::string, std::vector<double>>;

/// The attribute of the file, which holds `count` numbers.
const std::vector<double>& numbers_called(const PrismaNumbers& all, const std::string& name, Index count,
                                          const std::string& path) {
  const auto found = all.find(name);
  const Index got = found == all.end() ? 0 : std::ssize(found->second);
  SPECFUSE_CHECK_AS(DataError, got == count, path, ": attribute ", name, ": expected ", count,
                    count == 1 ? " number, got " : " numbers, one for each band, got ", got,
                    "; the file is not complete as PRISMA L2D: download it again");
  return found->second;
}

/// The bands of one cube: reflectance = least + stored / 65535 (most - least).
void add_detector(const PrismaNumbers& all, const std::string& detector, Product& product) {
  constexpr double kMost = 65535;
  const auto number = [&](const std::string& name) { return numbers_called(all, name, 1, product.path).front(); };
  const double least = number("L2Scale" + detector + "Min"), most = number("L2Scale" + detector + "Max");
  const Index count = product.images.back()->bands();
  const std::vector<double>& centres = numbers_called(all, "List_Cw_" + detector, count, product.path);
  const std::vector<double>& widths = numbers_called(all, "List_Fwhm_" + detector, count, product.path);
  const auto flags = all.find("List_Cw_" + detector + "_Flags");
  for (std::size_t at = 0; at < centres.size(); ++at) {
    const bool measured = flags == all.end() || flags->second.size() != centres.size() || flags->second[at] != 0;
    ProductBand& band = product.bands.emplace_back();
    band.image = product.images.size() - 1;
    band.band = static_cast<Index>(at);
    band.wavelength_nm = measured ? centres[at] : 0;
    band.fwhm_nm = widths[at];
    band.scale = (most - least) / kMost;
    band.offset = least;
    band.detector = product.images.size() - 1;
  }
}

/// The file gives the centres of the pixels in the corners.
void place_prisma(const PrismaNumbers& all, Product& product) {
  const auto number = [&](const std::string& name) { return numbers_called(all, name, 1, product.path).front(); };
  const double west = number("Product_ULcorner_easting"), east = number("Product_LRcorner_easting");
  const double north = number("Product_ULcorner_northing"), south = number("Product_LRcorner_northing");
  const auto steps = [](Index pixels) { return static_cast<double>(std::max<Index>(pixels - 1, 1)); };
  const double right = (east - west) / steps(product.images.front()->cols());
  const double down = (south - north) / steps(product.images.front()->rows());
  product.attributes[kGeotransformAttribute] =
      std::vector<double>{west - right / 2, right, 0, north - down / 2, 0, down};
  const double epsg = number("Epsg_Code");
  constexpr double kMostEpsg = 1e6;
  SPECFUSE_CHECK_AS(DataError, epsg > 0 && epsg < kMostEpsg, product.path,
                    ": attribute Epsg_Code: expected the code of a projection, got ", epsg);
  const int code = static_cast<int>(epsg);
  const std::string projection = projection_of(code);
  if (!projection.empty()) product.attributes[kProjectionAttribute] = projection;
  if (projection.empty())
    product.warnings.push_back(concat("its projection, EPSG:", code, ", is known with GDAL alone"));
}

ImagePtr open_prisma(const std::string& path, const std::string&) {
  const PrismaNumbers all = Hdf5Reader(path).numbers("/");
  Product product{path, "prisma"};
  for (const std::string detector : {"Vnir", "Swir"}) {
    const std::string name = detector == "Vnir" ? "VNIR" : "SWIR";
    product.detectors.push_back(name);
    product.images.push_back(std::make_shared<LinesImage>(path, concat(kPrismaFields, name, "_Cube")));
    add_detector(all, detector, product);
  }
  place_prisma(all, product);
  product.missing = 0;
  return product_image(std::move(product));
}

}  // namespace

SceneFormat prisma_scene_format() { return {"prisma", "PRISMA L2D: the .he5", is_prisma, open_prisma}; }

}  // namespace specfuse
