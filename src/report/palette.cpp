#include "specfuse/report/palette.h"

#include <vector>

#include "specfuse/core/error.h"

namespace specfuse {

std::string SchemeColour::css() const { return concat("var(--", name, ",", light, ")"); }

std::string css_colours() {
  std::vector<SchemeColour> all{kPageColour, kInkColour, kStrongColour, kFaintColour, kGridColour};
  all.insert(all.end(), kSeriesColours.begin(), kSeriesColours.end());
  std::string light, dark;
  for (const SchemeColour& colour : all) {
    light += concat(" --", colour.name, ": ", colour.light, ";");
    dark += concat(" --", colour.name, ": ", colour.dark, ";");
  }
  return concat(":root { color-scheme: light dark;", light,
                " }\n@media screen and (prefers-color-scheme: dark) { :root {", dark, " } }\n");
}

}  // namespace specfuse
