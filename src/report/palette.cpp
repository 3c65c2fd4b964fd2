#include "specfuse/report/palette.h"

#include <vector>

#include "specfuse/core/error.h"

namespace specfuse {

std::string SchemeColour::css() const { return concat("var(--", name, ",", light, ")"); }

std::string with_light_colours(const std::string& svg) {
  std::string plain;
  std::size_t done = 0;
  for (std::size_t begin; (begin = svg.find("var(--", done)) != svg.npos;) {
    const std::size_t comma = svg.find(',', begin), end = svg.find(')', begin);
    plain += svg.substr(done, begin - done) + svg.substr(comma + 1, end - comma - 1);
    done = end + 1;
  }
  return plain + svg.substr(done);
}

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
