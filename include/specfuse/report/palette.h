#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace specfuse {

/// A colour that follows the reader's light or dark scheme, as a CSS variable --name.
struct SchemeColour {
  const char *name, *light, *dark;
  /// For styles: the variable, and the light colour where it is not defined, as in a chart outside of a page.
  std::string css() const;
};

inline constexpr SchemeColour kPageColour{"page", "#fff", "#16181c"};
inline constexpr SchemeColour kInkColour{"ink", "#333", "#c9ccd1"};
inline constexpr SchemeColour kStrongColour{"strong", "#111", "#f2f3f5"};
inline constexpr SchemeColour kFaintColour{"faint", "#666", "#969ba3"};
inline constexpr SchemeColour kGridColour{"grid", "#ddd", "#3a3e45"};

/// Of the lines of charts. Told apart by colour-blind eyes (Okabe and Ito 2008), darkened where too pale for lines on
/// white.
inline constexpr std::array<SchemeColour, 8> kSeriesColours{{{"series-0", "#0072b2", "#58a8e0"},
                                                             {"series-1", "#d55e00", "#f28a4b"},
                                                             {"series-2", "#009e73", "#3cc39c"},
                                                             {"series-3", "#aa4499", "#d98ac8"},
                                                             {"series-4", "#b8860b", "#e0b84c"},
                                                             {"series-5", "#3399cc", "#86cbee"},
                                                             {"series-6", "#882255", "#d0688f"},
                                                             {"series-7", "#666666", "#a8a8a8"}}};

/// The rules that define all of these variables, for the style of a page.
std::string css_colours();

/// A chart whose colours follow no scheme: light ones, for programs that know no variables.
std::string with_light_colours(const std::string& svg);

/// Of marks on a picture, whatever its colours: light, with an outline.
inline constexpr const char* kTrainMark = "#4db8ff";
inline constexpr const char* kValidationMark = "#ffd23f";
inline constexpr const char* kTestMark = "#ff6b6b";
inline constexpr const char* kOtherMark = "#ffffff";
inline constexpr const char* kMarkOutline = "#000";

using Rgb = std::array<std::uint8_t, 3>;

/// Of maps: inferno (van der Walt and Smith 2015) at even distances; between them linear to within what an eye can
/// tell.
inline constexpr std::array<Rgb, 11> kInferno{{{0, 0, 4},
                                               {22, 11, 57},
                                               {66, 10, 104},
                                               {106, 23, 110},
                                               {147, 38, 103},
                                               {188, 55, 84},
                                               {221, 81, 58},
                                               {243, 120, 25},
                                               {252, 165, 10},
                                               {246, 215, 70},
                                               {252, 255, 164}}};
/// Of differences: from blue over white to red (ColorBrewer RdBu, Harrower and Brewer 2003).
inline constexpr std::array<Rgb, 7> kBlueToRed{{{33, 102, 172},
                                                {103, 169, 207},
                                                {209, 229, 240},
                                                {247, 247, 247},
                                                {253, 219, 199},
                                                {239, 138, 98},
                                                {178, 24, 43}}};
/// Of what is not defined in a map.
inline constexpr Rgb kUndefinedColour{128, 128, 128};

}  // namespace specfuse
