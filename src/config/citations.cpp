#include "specfuse/config/citations.h"

#include <algorithm>

#include "specfuse/core/error.h"
#include "specfuse/methods/registry.h"

namespace specfuse {
namespace {

const char* const kSpecfuse =
    "@misc{specfuse,\n"
    "  author = {{The specfuse developers}},\n"
    "  title = {specfuse: hyperspectral and multispectral image fusion},\n"
    "  year = {2026},\n"
    "  note = {Version " SPECFUSE_VERSION
    "},\n"
    "}\n";

/// The method whose paper everything here is built around.
const char* const kCore = "two_cnn_fu";

struct Citation {
  std::string bibtex, cited_for;
};

void cite(std::vector<Citation>& citations, const std::string& bibtex, const std::string& what) {
  const auto known = std::find_if(citations.begin(), citations.end(),
                                  [&](const Citation& citation) { return citation.bibtex == bibtex; });
  if (known == citations.end())
    citations.push_back({bibtex, what});
  else
    known->cited_for += ", " + what;
}

}  // namespace

std::string citations_text(const std::vector<std::string>& methods) {
  std::vector<Citation> citations;
  cite(citations, kSpecfuse, "the program");
  for (const Paper& paper : method_type_of(kCore).papers) cite(citations, paper.bibtex(), "its network");
  for (const std::string& method : methods) {
    const MethodType& type = method_type_of(method);
    if (type.papers.empty()) cite(citations, kSpecfuse, method);
    for (const Paper& paper : type.papers) cite(citations, paper.bibtex(), method);
  }
  std::string text;
  for (const auto& [bibtex, cited_for] : citations)
    text += concat(text.empty() ? "" : "\n", "% ", cited_for, "\n", bibtex);
  return text;
}

}  // namespace specfuse
