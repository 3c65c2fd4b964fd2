#ifdef SPECFUSE_GDAL

#include "io/metadata_xml.h"

#include <cpl_minixml.h>

#include <cstdlib>
#include <memory>

#include "io/gdal.h"
#include "specfuse/core/error.h"

namespace specfuse {
namespace {

/// Elements deeper than this are no product's.
constexpr int kDeepestElement = 50;

std::string text_between_spaces(const char* text) {
  const std::string all = text;
  constexpr const char* kSpaces = " \t\r\n";
  const std::size_t first = all.find_first_not_of(kSpaces);
  return first == std::string::npos ? "" : all.substr(first, all.find_last_not_of(kSpaces) - first + 1);
}

XmlElement element_of(const CPLXMLNode& node, const std::string& file, int depth) {
  SPECFUSE_CHECK_AS(DataError, depth < kDeepestElement, file, ": expected elements at most ", kDeepestElement,
                    " deep, got deeper ones");
  XmlElement element{file, lower_case(node.pszValue), ""};
  for (const CPLXMLNode* child = node.psChild; child != nullptr; child = child->psNext) {
    if (child->eType == CXT_Text) element.content += text_between_spaces(child->pszValue);
    if (child->eType == CXT_Attribute && child->psChild != nullptr)
      element.attributes[lower_case(child->pszValue)] = child->psChild->pszValue;
    if (child->eType == CXT_Element) element.children.push_back(element_of(*child, file, depth + 1));
  }
  return element;
}

void collect(const XmlElement& in, const std::string& name, std::vector<const XmlElement*>& found) {
  for (const XmlElement& child : in.children) {
    if (child.name == name) found.push_back(&child);
    collect(child, name, found);
  }
}

}  // namespace

std::vector<const XmlElement*> XmlElement::all(const std::string& called) const {
  std::vector<const XmlElement*> found;
  collect(*this, lower_case(called), found);
  return found;
}

std::string XmlElement::text(const std::string& called) const {
  const std::vector<const XmlElement*> found = all(called);
  SPECFUSE_CHECK_AS(DataError, !found.empty(), file, ": expected an element ", called, " in ", name, ", got none");
  return found.front()->content;
}

double XmlElement::number(const std::string& called) const {
  const std::string value = text(called);
  const std::optional<double> number = parsed_number(value);
  SPECFUSE_CHECK_AS(DataError, number.has_value(), file, ": ", called, ": expected a number, got \"", value, "\"");
  return *number;
}

XmlElement parse_xml(const std::string& text, const std::string& file) {
  const QuietGdal quiet;
  const std::unique_ptr<CPLXMLNode, decltype(&CPLDestroyXMLNode)> tree(CPLParseXMLString(text.c_str()),
                                                                       CPLDestroyXMLNode);
  SPECFUSE_CHECK_AS(DataError, tree != nullptr, file, ": expected XML, got none: ", CPLGetLastErrorMsg());
  CPLStripXMLNamespace(tree.get(), nullptr, 1);
  for (const CPLXMLNode* node = tree.get(); node != nullptr; node = node->psNext) {
    if (node->eType == CXT_Element && node->pszValue[0] != '?') return element_of(*node, file, 0);
  }
  throw DataError(concat(file, ": expected an element of XML, got none"));
}

}  // namespace specfuse

#endif
