#pragma once

#include <string>

#include "io/product.h"
#include "io/product_files.h"
#include "specfuse/io/scene.h"

namespace specfuse {

/// Reads what the metadata and images of a product say; `path` is what was named. Throws as `open_image`.
using ReadProduct = Product (*)(const std::string& path, const ProductFiles& files);

/// The format of products whose files are called so; `read` is null where the program was built without GDAL.
template <const ProductNames& names, ReadProduct read>
SceneFormat product_format(const std::string& name, const std::string& summary) {
  SceneFormat format{
      name,   summary,       [](const std::string& path) { return is_product(path, names); },      nullptr,
      "GDAL", "libgdal-dev", [](const std::string& path) { return files_of_product(path, names); }};
  if constexpr (read != nullptr) {
    format.open = [](const std::string& path, const std::string&) {
      return product_image(read(path, product_files(path, names)));
    };
  }
  return format;
}

}  // namespace specfuse
