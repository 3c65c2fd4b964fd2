#pragma once

#include <string>
#include <vector>

#include "specfuse/config/config.h"

namespace specfuse {

/// What people call a field of an experiment, for charts and tables.
struct FieldLabel {
  /// Such as "SNR of the HSI"; the path where it has no other name.
  std::string name;
  /// Such as "dB"; empty where there is none.
  std::string unit;
  /// What null stands for, such as "noise-free".
  std::string nothing;

  /// "SNR of the HSI [dB]"
  std::string axis() const;
  /// A value as JSON text, in words where it is no number: "noise-free", "yes", "box".
  std::string value(const std::string& json) const;
  /// "SNR of the HSI 30 dB"
  std::string with_value(const std::string& json) const;
};

/// Of the field at a path as `--set` takes it. A field of one of several methods says of which.
FieldLabel field_label(const std::string& path, const std::vector<MethodConfig>& methods);

/// One line of the table of names.
struct NamedField {
  /// Of a method's options without "methods.LABEL."; `*` stands for any name.
  const char* path;
  /// $1 stands for what the first * is, and $2 for the second.
  const char* name;
  const char* unit = "";
  const char* nothing = "";
};

/// The fields that have a name, of experiments and of the options of methods.
std::vector<NamedField> named_fields();
std::vector<NamedField> named_options();

}  // namespace specfuse
