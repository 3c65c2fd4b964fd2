#include "io/cube_dataset.h"

#include <cmath>

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

}  // namespace

CubeDataset dataset_of(const Hdf5Reader& file, const std::string& values) {
  const std::string own = values + "_wavelength_nm";
  return {values, file.has(own) || values == "/msi" ? own : "/wavelength_nm"};
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

Cube read_cube(const Hdf5Reader& file, const CubeDataset& names) {
  Cube cube = read_description(file, names);
  cube.values = file.read(names.values, 3);
  return cube;
}

Cube read_description(const Hdf5Reader& file, const CubeDataset& names) {
  Cube cube;
  if (file.has(names.wavelength_nm)) cube.wavelength_nm = file.read_doubles(names.wavelength_nm);
  const auto add = [&](const std::string& object) {
    for (const auto& [name, text] : file.texts(object)) cube.attributes.emplace(name, text);
    for (const auto& [name, numbers] : file.numbers(object)) cube.attributes.emplace(name, numbers);
  };
  // What the dataset says of itself goes before what the file says of all it holds. Of a pair the file says where the
  // hsi lies.
  add(names.values);
  const bool has_place = cube.attributes.contains(kGeotransformAttribute);
  add("/");
  if (!has_place && names.values != "/hsi" && file.has("/hsi")) cube.attributes.erase(kGeotransformAttribute);
  return cube;
}

bool settle_no_data(const std::string& path, const std::string& dataset, const NoData& given, const Tensor& mask,
                    Cube& cube) {
  NoData no_data = given;
  const auto stated = cube.attributes.find(kNoDataAttribute);
  if (!no_data.value && !no_data.nan && stated != cube.attributes.end()) {
    const auto* const numbers = std::get_if<std::vector<double>>(&stated->second);
    if (numbers != nullptr && numbers->size() == 1) {
      no_data.nan = std::isnan(numbers->front());
      if (!no_data.nan) no_data.value = numbers->front();
    }
  }
  const bool any = !no_data.given() || mark_no_data(cube, no_data, mask);
  require_finite(path, dataset, cube.values);
  return any;
}

void check_wavelengths(const std::string& path, const CubeDataset& names, const Cube& cube) {
  const auto count = static_cast<Index>(cube.wavelength_nm.size());
  SPECFUSE_CHECK_AS(DataError, count == 0 || count == cube.bands(), path, ": ", names.wavelength_nm, " has ", count,
                    " values but ", names.values, " has ", cube.bands(), " bands");
  for (Index band = 0; band < count; ++band) {
    const double value = cube.wavelength_nm[static_cast<std::size_t>(band)];
    SPECFUSE_CHECK_AS(DataError, are_nanometres({value}), path, ": ", names.wavelength_nm,
                      ": expected nanometres from 100 to 100000, got ", value, " at band ", band);
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
