#include "io/cube_dataset.h"

#include <cmath>
#include <map>
#include <optional>

#include "io/micrometres.h"
#include "specfuse/core/error.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/tensor/math.h"

namespace specfuse {

namespace {

/// "row 3, col 5, band 7" of an image, "[3, 5]" of anything else, counted from 0.
std::string position_text(const Shape& shape, Index index) {
  std::string text = shape.rank() == 3 ? "" : "]";
  const char* const names[] = {"row ", ", col ", ", band "};
  for (int i = shape.rank() - 1; i >= 0; --i) {
    const Index position = index % shape[i];
    index /= shape[i];
    text = concat(shape.rank() == 3 ? names[i] : i == 0 ? "[" : ", ", position, text);
  }
  return text;
}

/// Takes lists of bands by the names that other programs give them, and what stands where nothing was written.
void take_other_names(const Hdf5Reader& file, const CubeDataset& names, Cube& cube) {
  const auto take = [&](const std::string& name) {
    const std::vector<double> numbers = numbers_of(cube, name);
    if (numbers.size() < 2) return std::vector<double>{};
    cube.attributes.erase(name);
    return numbers;
  };
  for (const auto& [theirs, ours] : {std::pair("bbl", kGoodBandsAttribute), std::pair("fwhm", kFwhmAttribute)}) {
    const std::vector<double> numbers = take(theirs);
    if (!numbers.empty()) cube.attributes.emplace(ours, numbers);
  }
  for (const char* const name : {"/bbl", "/good_bands"}) {
    if (names.values != "/msi" && file.has(name)) cube.attributes.emplace(kGoodBandsAttribute, file.read_doubles(name));
  }
  for (const char* const name : {"wavelength_nm", "wavelengths", "wavelength"}) {
    const std::vector<double> numbers = take(name);
    if (cube.wavelength_nm.empty()) cube.wavelength_nm = numbers;
  }
  if (!file.has("/wavelength_nm") && count_bands(cube.wavelength_nm)) cube.wavelength_nm.clear();
  if (!file.has("/wavelength_nm") && are_micrometres(cube.wavelength_nm)) {
    for (double& value : cube.wavelength_nm) value *= 1000;
  }
  const std::optional<double> fill = file.fill_value(names.values);
  if (fill && *fill != 0) cube.attributes.emplace(kNoDataAttribute, std::vector<double>{*fill});
}

}  // namespace

CubeDataset dataset_of(const Hdf5Reader& file, const std::string& values) {
  const std::string own = values + "_wavelength_nm";
  if (file.has(own) || values == "/msi") return {values, own};
  for (const char* const name : {"/wavelength_nm", "/wavelengths", "/wavelength"}) {
    if (file.has(name)) return {values, name};
  }
  return {values, "/wavelength_nm"};
}

void require_finite(const std::string& path, const std::string& dataset, const Tensor& values) {
  if (all_finite(values)) return;
  Index first = 0;
  while (std::isfinite(values[first])) ++first;
  throw DataError(concat(path, ": ", dataset, ": expected finite float32 values, got ", values[first], " at ",
                         position_text(values.shape(), first), " (counted from 0)"));
}

void require_data(bool any, const std::string& path, const std::string& dataset) {
  SPECFUSE_CHECK_AS(DataError, any, path, ": ", dataset, ": expected data, got none in any pixel");
}

Cube read_description(const Hdf5Reader& file, const CubeDataset& names) {
  Cube cube;
  if (file.has(names.wavelength_nm)) cube.wavelength_nm = file.read_doubles(names.wavelength_nm);
  const auto add = [&](const std::string& object) {
    for (const auto& [name, text] : file.texts(object)) cube.attributes.emplace(name, text);
    for (const auto& [name, numbers] : file.numbers(object)) cube.attributes.emplace(name, numbers);
  };
  // Attributes of the dataset override those of the file. Those of a pair's file give the place of the hsi, where the
  // hsi lies and what its bands are.
  add(names.values);
  const std::map<std::string, AttributeValue> own = cube.attributes;
  add("/");
  std::vector<std::string> of_hsi;
  if (names.values != "/hsi" && file.has("/hsi")) of_hsi = {kGeotransformAttribute};
  if (names.values == "/msi") {
    const std::vector<std::string> lists{kFwhmAttribute,  "fwhm",        kGoodBandsAttribute, "bbl",
                                         "wavelength_nm", "wavelengths", "wavelength"};
    of_hsi.insert(of_hsi.end(), lists.begin(), lists.end());
  }
  for (const std::string& name : of_hsi) {
    if (!own.contains(name)) cube.attributes.erase(name);
  }
  take_other_names(file, names, cube);
  return cube;
}

void check_lists(const std::string& path, const CubeDataset& names, const Cube& cube) {
  const auto check = [&](const std::string& list, Index count) {
    SPECFUSE_CHECK_AS(DataError, count == 0 || count == cube.bands(), path, ": ", list, " has ", count, " values but ",
                      names.values, " has ", cube.bands(), " bands");
  };
  check(names.wavelength_nm, std::ssize(cube.wavelength_nm));
  for (const std::string& list : {kFwhmAttribute, kGoodBandsAttribute}) check(list, std::ssize(numbers_of(cube, list)));
}

void check_wavelengths(const std::string& path, const CubeDataset& names, const Cube& cube) {
  const char* const hint = are_micrometres(cube.wavelength_nm) ? ": these may be micrometres" : "";
  for (std::size_t band = 0; band < cube.wavelength_nm.size(); ++band) {
    const double value = cube.wavelength_nm[band];
    SPECFUSE_CHECK_AS(DataError, are_nanometres({value}), path, ": ", names.wavelength_nm,
                      ": expected nanometres from 100 to 100000, got ", value, " at band ", band, hint);
  }
}

void write_cube(Hdf5Writer& file, const CubeDataset& names, const Cube& cube) {
  file.write_packed(names.values, with_no_data(cube));
  if (!cube.wavelength_nm.empty()) file.write(names.wavelength_nm, cube.wavelength_nm);
}

void write_attributes(Hdf5Writer& file, const Cube& cube) {
  for (const auto& entry : cube.attributes) {
    std::visit([&](const auto& value) { file.attribute("/", entry.first, value); }, entry.second);
  }
}

}  // namespace specfuse
