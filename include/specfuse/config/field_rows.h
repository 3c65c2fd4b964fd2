#pragma once

#include <string>
#include <vector>

#include "specfuse/core/fields.h"

namespace specfuse {

/// One field of what describes itself, as its documentation shows it.
struct FieldRow {
  /// Its key path, such as "psf.fwhm"; NAME stands for the name of any element of an object of objects.
  std::string path;
  /// "integer", "number, optional", "list of texts" or "objects by name".
  std::string type;
  /// Empty where there is none, "required" where it has to be given.
  std::string default_value;
  /// "2 - 64" or ">= 0"; empty where there is no limit.
  std::string range;
  std::vector<std::string> choices;
  std::string help;
};

/// The fields of what describes itself in their order, those of an object behind it; fields that were listed for an
/// earlier object are not repeated. What is optional or may have elements is given one on the way.
std::vector<FieldRow> field_rows(const Place& place);

}  // namespace specfuse
