#pragma once

#include <map>
#include <string>

namespace specfuse {

/// Metadata in lines `KEY = VALUE` between GROUP (or BEGIN_GROUP) and END_GROUP, as those of Landsat, EO-1 (MTL) and
/// WorldView (IMD).
class MetadataGroups {
 public:
  /// `file` names it in errors. Throws `DataError` on a text without any group.
  MetadataGroups(const std::string& text, std::string file);

  bool has(const std::string& group) const { return groups_.contains(group); }
  bool has(const std::string& group, const std::string& key) const;
  /// Throws `DataError` where there is no such, or it is no number.
  std::string text(const std::string& group, const std::string& key) const;
  double number(const std::string& group, const std::string& key) const;

 private:
  std::string file_;
  std::map<std::string, std::map<std::string, std::string>> groups_;
};

}  // namespace specfuse
