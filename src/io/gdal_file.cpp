#ifdef SPECFUSE_GDAL

#include "io/gdal_file.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <vector>

#include "specfuse/core/error.h"
#include "specfuse/core/utf8.h"
#include "specfuse/io/file.h"

namespace specfuse {

std::string data_file(const std::string& path) {
  /// Of such data, in any case.
  constexpr std::array<const char*, 6> kEndings{".img", ".dat", ".bsq", ".bil", ".bip", ".raw"};
  if (ending_of(path) != ".hdr") return path;
  const std::filesystem::path header(path), folder = header.parent_path(), stem = folder / header.stem();
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder.empty() ? "." : folder)) {
    const std::string file = (folder / entry.path().filename()).string(), ending = ending_of(file);
    const bool beside = file == stem || std::filesystem::path(file).replace_extension() == stem;
    const bool known = file == stem || std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
    const bool others = file != stem && std::filesystem::exists(file + ".hdr");
    if (beside && known && !others && entry.is_regular_file()) found.push_back(file);
  }
  std::sort(found.begin(), found.end());
  SPECFUSE_CHECK_AS(DataError, !found.empty(), path, ": expected the data of this header beside it, as ", stem.string(),
                    " with .img, .dat, .bsq, .bil, .bip, .raw or no ending");
  SPECFUSE_CHECK_AS(DataError, found.size() == 1, path, ": expected one data file beside this header, got ", found[0],
                    " and ", found[1], "; name the one that is meant instead of the header");
  return found.front();
}

Raster open_raster(const std::string& path) {
  const std::string file = data_file(path);
  start_gdal();
  const QuietGdal quiet;
  return {GDALOpenEx(file.c_str(), GDAL_OF_RASTER | GDAL_OF_READONLY, nullptr, nullptr, nullptr), GDALClose};
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

std::string gdal_reason() {
  const std::string reason = as_utf8(CPLGetLastErrorMsg());
  return reason.empty() ? "GDAL gives no reason" : reason.substr(0, reason.find('\n'));
}

}  // namespace specfuse

#endif
