#pragma once

#include <optional>
#include <string>
#include <vector>

#include "specfuse/imaging/image.h"

namespace specfuse {

/// How the files of a product are called, as regular expressions for the name without its folder, in any case. Both
/// have one group in brackets, which is the same in all files of one product; `shown` is how people write the first.
struct ProductNames {
  const char *metadata, *data, *shown;
  /// Whether data are told by their name alone; else metadata have to lie beside them.
  bool distinct = true;
};

/// The files of one product, with their folders or their places in an archive.
struct ProductFiles {
  std::string metadata;
  /// All files in the folder of the metadata.
  std::vector<std::string> beside;

  /// The one among them with this name. Throws `DataError` where there is none.
  std::string named(const std::string& name) const;
  /// Those whose name is like this.
  std::vector<std::string> like(const char* name) const;
  /// The image of the metadata. Throws `DataError`, which calls it `shown`, where there is none or more than one.
  std::string image(const ProductNames& names, const std::string& shown) const;
};

/// Whether a path is a folder or an archive.
bool holds_files(const std::string& path);

/// All files in a folder and in those in it, a few deep; in an archive (.zip, .tar, .tar.gz, .tgz) where the program
/// has GDAL. Empty where it is neither.
std::vector<std::string> files_in(const std::string& path);

/// The files of a folder alone.
std::vector<std::string> files_directly_in(const std::string& folder);

/// Without the folder.
std::string name_of(const std::string& file);

/// The folder of a file.
std::string folder_holding(const std::string& file);

/// What the group of an expression stands for in a name that matches it; none: it does not.
std::optional<std::string> match(const std::string& file, const char* expression);

/// Whether a path is a file of such a product, or a folder or an archive with one.
bool is_product(const std::string& path, const ProductNames& names);

/// The files of a product that is there: those with its metadata in one folder, or its archive.
std::vector<std::string> files_of_product(const std::string& path, const ProductNames& names);

/// Throws `DataError` naming what is missing where the metadata are not there, or where there are several products.
ProductFiles product_files(const std::string& path, const ProductNames& names);

/// The whole file, which may be in an archive. Throws `DataError`. With GDAL alone, as the next is.
std::string product_text(const std::string& file);

/// A file that GDAL reads, as it is stored.
ImagePtr open_gdal_image(const std::string& file);

}  // namespace specfuse
