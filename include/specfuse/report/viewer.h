#pragma once

#include <string>

namespace specfuse {

/// What the viewer of a report knows beside the pictures on the page.
struct ViewerData {
  /// JSON: what the images are, and how their copy is to be read. Empty: the page has no viewer.
  std::string description;
  /// A script that holds the copy of the cubes.
  std::string cubes;
  /// The file beside the page that holds `cubes`; empty: the page itself does.
  std::string file;
};

/// The style of the viewer, for the head of a page.
std::string viewer_style();

/// The scripts of the viewer, for the end of a page. They add all that there is to click: without them the page has
/// none of it.
std::string viewer_html(const ViewerData& data);

}  // namespace specfuse
