#pragma once

#include <string>

#include "specfuse/config/config.h"

namespace specfuse {

/// What people call a field, for charts and tables.
struct FieldLabel {
  /// Such as "SNR of the HSI"; the path where it has no other name.
  std::string name;
  /// Such as "dB"; empty where there is none.
  std::string unit;
  /// What null stands for, such as "noise-free".
  std::string null = "none";

  /// "SNR of the HSI [dB]"
  std::string axis() const;
  /// A value as JSON text, in words where it is no number: "noise-free", "yes", "box".
  std::string value(const std::string& json) const;
  /// "SNR of the HSI 30 dB"
  std::string with_value(const std::string& json) const;
};

/// Of the field at a path, with positions in lists, of an experiment. What has a name of its own on the way, and the
/// method where there are several, follow: "kernel of conv of branch msi of two_cnn_fu".
FieldLabel field_label(const std::string& path, const ExperimentConfig& config);

}  // namespace specfuse
