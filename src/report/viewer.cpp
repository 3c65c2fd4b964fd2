#include "specfuse/report/viewer.h"

#include <cstddef>

#include "specfuse/core/error.h"

namespace specfuse {

/// The files of src/report/viewer/, put into the program by src/embed.py.
extern const unsigned char kViewerScript[], kViewerStyle[];
extern const std::size_t kViewerScriptSize, kViewerStyleSize;

namespace {

std::string text_of(const unsigned char* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

/// JSON that no text inside of can end the script.
std::string inside_script(const std::string& json) {
  std::string text;
  for (const char character : json) text += character == '<' ? "\\u003c" : std::string(1, character);
  return text;
}

}  // namespace

std::string viewer_style() { return text_of(kViewerStyle, kViewerStyleSize); }

std::string viewer_html(const ViewerData& data) {
  std::string html = concat("<script>\nconst specfuseScene = ", inside_script(data.description), ";\n");
  if (data.file.empty()) html += data.cubes;
  return concat(html, "(() => {\n\"use strict\";\n", text_of(kViewerScript, kViewerScriptSize), "})();\n</script>\n");
}

}  // namespace specfuse
