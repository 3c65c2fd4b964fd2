#pragma once

#include <string>

namespace specfuse {

/// A published work in the fields and the spelling of BibTeX.
struct Paper {
  /// "Wei, Qi and Dobigeon, Nicolas"
  std::string author{}, title{};
  /// One of them.
  std::string journal{}, booktitle{};
  int year = 0;
  std::string volume{}, number{}, pages{}, doi{};

  bool operator==(const Paper&) const = default;
  /// How a text refers to it: "Wei and Dobigeon 2015", "Wei et al. 2015" from five authors on.
  std::string name() const;
  /// First author, year and first word of the title: "wei2015fast".
  std::string key() const;
  std::string bibtex() const;
};

}  // namespace specfuse
