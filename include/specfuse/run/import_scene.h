#pragma once

#include <string>
#include <vector>

namespace specfuse {

/// A scene that is to become a file of another format, which follows from its ending.
struct Import {
  std::string from, to;
  /// Fields of `data`, such as "crop.rows=100" or "axes=brc".
  std::vector<std::string> settings;
  /// Where the scene and what `settings` name are looked for.
  std::vector<std::string> directories;
  /// Whether a file that is there may be replaced.
  bool overwrite = false;
};

/// Writes the scene without the bands that its file calls bad, and a picture of it beside it, with ".png" for the
/// ending; returns what there is to know of it, a line each. Throws `ConfigError` where its axes look scrambled and are
/// not given, no such format is written, and a file is in the way; `DataError` as reading a scene does.
std::string import_scene(const Import& import);

}  // namespace specfuse
