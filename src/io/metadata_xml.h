#pragma once

#include <map>
#include <string>
#include <vector>

namespace specfuse {

/// An element of an XML file. Names are without their namespace, and are found in any case.
struct XmlElement {
  std::string file, name, content;
  std::map<std::string, std::string> attributes{};
  std::vector<XmlElement> children{};

  /// All elements of this name below, in the order of the file.
  std::vector<const XmlElement*> all(const std::string& called) const;
  bool has(const std::string& called) const { return !all(called).empty(); }
  /// What the first of them holds. Throws `DataError` where there is none, or it is no number.
  std::string text(const std::string& called) const;
  double number(const std::string& called) const;
};

/// The element around all others. `file` names it in errors. Throws `DataError` where it is no XML. With GDAL alone.
XmlElement parse_xml(const std::string& text, const std::string& file);

}  // namespace specfuse
