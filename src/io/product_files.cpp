#include "io/product_files.h"

#include <algorithm>
#include <filesystem>
#include <regex>

#include "specfuse/core/error.h"
#include "specfuse/io/file.h"
#include "specfuse/io/scene.h"

#ifdef SPECFUSE_GDAL
#include <cpl_vsi.h>

#include "io/gdal.h"
#endif

namespace fs = std::filesystem;

namespace specfuse {

SceneFormat gdal_scene_format();

namespace {

/// Of folders in a folder: product, granule, its name, images, resolution.
constexpr int kDeepest = 5;
/// More files are no product's.
constexpr std::size_t kMostFiles = 20000;

std::string without_slashes(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

#ifdef SPECFUSE_GDAL

std::string as_folder(const std::string& path) {
  if (fs::is_directory(path)) return path;
  const std::string low = lower_case(path);
  const std::string whole = fs::absolute(path).string();
  if (low.ends_with(".zip")) return "/vsizip/" + whole;
  const bool tar = low.ends_with(".tar") || low.ends_with(".tar.gz") || low.ends_with(".tgz");
  return tar ? "/vsitar/" + whole : "";
}

std::vector<std::string> files_below(const std::string& folder, int depth) {
  std::vector<std::string> files;
  start_gdal();
  const QuietGdal quiet;
  VSIDIR* const open = VSIOpenDir(folder.c_str(), depth, nullptr);
  if (open == nullptr) return files;
  for (const VSIDIREntry* entry = VSIGetNextDirEntry(open); entry != nullptr && files.size() < kMostFiles;
       entry = VSIGetNextDirEntry(open)) {
    if (!VSI_ISDIR(entry->nMode)) files.push_back(concat(folder, "/", entry->pszName));
  }
  VSICloseDir(open);
  std::sort(files.begin(), files.end());
  return files;
}

#else

std::string as_folder(const std::string& path) { return fs::is_directory(path) ? path : ""; }

std::vector<std::string> files_below(const std::string& folder, int depth) {
  std::vector<std::string> files;
  std::error_code stop;
  fs::recursive_directory_iterator entry(folder, stop), end;
  for (; entry != end && files.size() < kMostFiles; entry.increment(stop)) {
    if (stop) break;
    if (entry.depth() >= depth) entry.disable_recursion_pending();
    if (entry->is_regular_file(stop)) files.push_back(entry->path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

#endif

std::vector<std::string> metadata_for(const std::string& path, const ProductNames& names) {
  const std::string folder = as_folder(path);
  if (folder.empty() && match(path, names.metadata)) return {path};
  const std::optional<std::string> stem = folder.empty() ? match(path, names.data) : std::nullopt;
  std::vector<std::string> found;
  if (folder.empty() && !stem) return found;
  for (const std::string& file : folder.empty() ? files_directly_in(folder_holding(path)) : files_in(path)) {
    const std::optional<std::string> of_metadata = match(file, names.metadata);
    if (of_metadata && (!stem || lower_case(*of_metadata) == lower_case(*stem))) found.push_back(file);
  }
  return found;
}

}  // namespace

std::string name_of(const std::string& file) {
  const std::string path = without_slashes(file);
  return path.substr(path.rfind('/') + 1);
}

std::string folder_holding(const std::string& file) {
  const std::string path = without_slashes(file);
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, std::max<std::size_t>(slash, 1));
}

std::vector<std::string> files_in(const std::string& path) {
  const std::string folder = as_folder(without_slashes(path));
  return folder.empty() ? std::vector<std::string>{} : files_below(folder, kDeepest);
}

bool holds_files(const std::string& path) { return !as_folder(without_slashes(path)).empty(); }

std::vector<std::string> files_directly_in(const std::string& folder) { return files_below(folder, 0); }

std::optional<std::string> match(const std::string& file, const char* expression) {
  const std::string name = name_of(file);
  std::smatch found;
  if (!std::regex_match(name, found, std::regex(expression, std::regex::icase))) return {};
  return found.size() > 1 ? found[1].str() : name;
}

std::string ProductFiles::named(const std::string& name) const {
  for (const std::string& file : beside) {
    if (name_of(file) == name) return file;
  }
  throw DataError(concat(metadata, ": expected ", name, " beside it, got none; put all files of the product there"));
}

std::vector<std::string> ProductFiles::like(const char* name) const {
  std::vector<std::string> files;
  std::copy_if(beside.begin(), beside.end(), std::back_inserter(files),
               [&](const std::string& file) { return match(file, name).has_value(); });
  return files;
}

std::string ProductFiles::image(const ProductNames& names, const std::string& shown) const {
  std::vector<std::string> images = like(names.data);
  const auto stem = match(metadata, names.metadata);
  std::erase_if(images, [&](const std::string& file) { return match(file, names.data) != stem; });
  SPECFUSE_CHECK_AS(DataError, images.size() == 1, metadata, ": expected ", shown, " beside it, got ",
                    images.empty() ? "none; put it there" : "several; name the one that is meant");
  return images.front();
}

bool is_product(const std::string& path, const ProductNames& names) {
  if (as_folder(path).empty() && names.distinct && match(path, names.data)) return true;
  return !metadata_for(path, names).empty();
}

ProductFiles product_files(const std::string& path, const ProductNames& names) {
  const std::vector<std::string> found = metadata_for(path, names);
  SPECFUSE_CHECK_AS(DataError, !found.empty(), path, ": expected the metadata of the product beside it, in a file ",
                    names.shown, ", got none; put them there, or rename the image to read it without them");
  SPECFUSE_CHECK_AS(DataError, found.size() == 1, path, ": expected one product, got ", found.size(), ", ",
                    name_of(found[0]), " and ", name_of(found.back()), " among them; name the one that is meant");
  return {found.front(), files_directly_in(folder_holding(found.front()))};
}

std::vector<std::string> files_of_product(const std::string& path, const ProductNames& names) {
  if (holds_files(path) && !fs::is_directory(path)) return {path};
  return product_files(path, names).beside;
}

#ifdef SPECFUSE_GDAL

std::string product_text(const std::string& file) {
  start_gdal();
  const QuietGdal quiet;
  GByte* bytes = nullptr;
  vsi_l_offset size = 0;
  const bool read = VSIIngestFile(nullptr, file.c_str(), &bytes, &size, static_cast<GIntBig>(kMostText)) != 0;
  const std::string text = read ? std::string(reinterpret_cast<const char*>(bytes), size) : "";
  VSIFree(bytes);
  SPECFUSE_CHECK_AS(DataError, read, "cannot read ", file, ", or it has more than ", kMostText, " bytes");
  return text;
}

ImagePtr open_gdal_image(const std::string& file) { return gdal_scene_format().open(file, ""); }

#endif

}  // namespace specfuse
