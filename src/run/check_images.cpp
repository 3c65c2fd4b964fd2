#include "run/check_images.h"

#include <algorithm>

namespace specfuse {

void check_inside(const std::string& path, const Rectangle& part, Index rows, Index cols) {
  SPECFUSE_CHECK_AS(ConfigError, part.row + part.rows <= rows && part.col + part.cols <= cols, path,
                    ": expected a part of ", rows, " x ", cols, " pixels, got ", part.text());
}

void check_coarse_part(const std::string& path, const Rectangle& part, Index rows, Index cols, Index ratio) {
  check_inside(path, part, rows, cols);
  for (const Index number : {part.row, part.col, part.rows, part.cols}) {
    SPECFUSE_CHECK_AS(ConfigError, number % ratio == 0, path, ": expected multiples of the pair's ratio ", ratio,
                      ", got ", number);
  }
}

void check_declared(const UndeclaredNoData& seen, const std::string& path, Cube& image) {
  std::vector<std::string>& warnings = image.notes.warnings;
  const std::string begin = path + ": ";
  const bool noted = std::any_of(warnings.begin(), warnings.end(),
                                 [&](const std::string& warning) { return warning.starts_with(begin); });
  for (const std::string& warning : noted ? std::vector<std::string>{} : seen.warnings(path)) {
    warnings.push_back(begin + warning);
  }
  const std::string suspect = seen.text();
  SPECFUSE_CHECK_AS(ConfigError, suspect.empty(), path, ".nodata: expected it for an image with ", suspect, "; ", path,
                    ".nodata.value says what stands for it, data.crop can cut it away");
}

void require_data(const Cube& cube, const DataConfig& data, const std::string& source) {
  if (has_data(cube)) return;
  SPECFUSE_CHECK_AS(ConfigError, !data.crop, "data.crop: expected a part with data in ", source,
                    ", got none in any pixel");
  throw DataError(concat(source, ": expected data, got none in any pixel"));
}

}  // namespace specfuse
