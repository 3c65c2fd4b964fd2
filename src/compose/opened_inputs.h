#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "compose/decisions.h"
#include "specfuse/compose/fuse_files.h"
#include "specfuse/config/config.h"
#include "specfuse/config/json_fields.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/io/pair.h"
#include "specfuse/io/stored_as.h"

namespace specfuse {

/// An image of a request.
struct OpenedInput {
  /// As it is named, and where it was found.
  std::string name, path;
  ImagePtr image{};
  /// One pixel, with what is said of all.
  Cube corner{};
  StoredAs stored{};
  /// Empty: it says of no place.
  std::vector<double> geotransform() const { return numbers_of(corner, kGeotransformAttribute); }
};

/// Both, as the experiment is to read them.
struct OpenedInputs {
  OpenedInput hsi, msi;
  /// What was done to bring the MSI onto the projection of the HSI; empty where nothing was.
  std::string warped{};
  PairImages pair{};
  /// What was taken for granted.
  std::vector<Decision> decisions{};
};

/// The value at a path such as "data.hsi.nodata", which may be JSON's null; null where there is none.
const Json* field_at(const Json& json, const std::string& path);

/// Opens the images that an experiment names in data.hsi and data.msi, and adds to it what is needed to read them as a
/// pair: datasets, and places where only the ratio is told. Throws `ConfigError` and `DataError` where they are no
/// pair.
OpenedInputs open_inputs(const FuseRequest& request, Json& experiment);

}  // namespace specfuse
