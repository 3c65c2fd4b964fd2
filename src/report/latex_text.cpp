#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <string_view>
#include <utility>

#include "specfuse/core/error.h"
#include "specfuse/core/utf8.h"
#include "specfuse/report/text_format.h"

namespace specfuse {
namespace {

/// Characters that LaTeX reads as something else, or has only as commands.
// clang-format off
constexpr std::pair<std::string_view, const char*> kLatexCommands[]{
    {"&", "\\&"}, {"%", "\\%"}, {"$", "\\$"}, {"#", "\\#"}, {"_", "\\_"}, {"{", "\\{"}, {"}", "\\}"},
    {"<", "\\textless{}"}, {">", "\\textgreater{}"}, {"|", "\\textbar{}"}, {"~", "\\textasciitilde{}"},
    {"^", "\\textasciicircum{}"}, {"\\", "\\textbackslash{}"}, {"\"", "''"}, {"\n", " "},
    {"±", "$\\pm$"}, {"×", "$\\times$"}, {"·", "$\\cdot$"}, {"°", "$^\\circ$"}, {"²", "$^2$"}, {"³", "$^3$"},
    {"⁺", "$^+$"}, {"⁻", "$^-$"}, {"−", "$-$"}, {"≤", "$\\le$"}, {"≥", "$\\ge$"}, {"≈", "$\\approx$"},
    {"→", "$\\to$"}, {"∞", "$\\infty$"}, {"–", "--"}, {"—", "---"}, {"…", "\\dots{}"}, {"‘", "`"}, {"’", "'"},
    {"“", "``"}, {"”", "''"}, {"µ", "$\\mu$"}, {"α", "$\\alpha$"}, {"β", "$\\beta$"}, {"γ", "$\\gamma$"},
    {"δ", "$\\delta$"}, {"ε", "$\\varepsilon$"}, {"η", "$\\eta$"}, {"θ", "$\\theta$"}, {"κ", "$\\kappa$"},
    {"λ", "$\\lambda$"}, {"μ", "$\\mu$"}, {"ν", "$\\nu$"}, {"π", "$\\pi$"}, {"ρ", "$\\rho$"}, {"σ", "$\\sigma$"},
    {"τ", "$\\tau$"}, {"φ", "$\\varphi$"}, {"χ", "$\\chi$"}, {"ψ", "$\\psi$"}, {"ω", "$\\omega$"},
    {"Δ", "$\\Delta$"}, {"Σ", "$\\Sigma$"}, {"Φ", "$\\Phi$"}, {"Ω", "$\\Omega$"}, {"ß", "\\ss{}"},
};
// clang-format on

/// Bytes of the character that begins with this one, in a text of UTF-8.
std::size_t length_of(unsigned char first) { return first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4; }

std::uint32_t code_of(std::string_view character) {
  constexpr std::uint32_t kBits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
  std::uint32_t code = static_cast<unsigned char>(character[0]) & kBits[character.size()];
  for (const char byte : character.substr(1)) code = code << 6 | (static_cast<unsigned char>(byte) & 0x3fu);
  return code;
}

/// Whether every LaTeX has it in its default encoding: Latin letters with accents.
bool is_accented(std::uint32_t code) {
  for (const std::uint32_t lacks : {0xd0u, 0xd7u, 0xdeu, 0xf0u, 0xf7u, 0xfeu}) {
    if (code == lacks) return false;
  }
  return code >= 0xc0 && code <= 0xff;
}

}  // namespace

std::string escape_latex(const std::string& any_text) {
  const std::string text = as_utf8(any_text);
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view character =
        std::string_view(text).substr(at, length_of(static_cast<unsigned char>(text[at])));
    at += character.size();
    const std::uint32_t code = code_of(character);
    const auto* const found =
        std::ranges::find(kLatexCommands, character, &std::pair<std::string_view, const char*>::first);
    if (found != std::end(kLatexCommands)) {
      result += found->second;
    } else if (code < 0x20 || code == 0x7f) {
      result += " ";
    } else if (code < 0x7f || is_accented(code)) {
      result += character;
    } else {
      char number[16];
      std::snprintf(number, sizeof number, "U+%04X", static_cast<unsigned>(code));
      result += concat("\\ifdefined\\Umathcode ", std::string(character), "\\else ", number, "\\fi{}");
    }
  }
  return result;
}

}  // namespace specfuse
