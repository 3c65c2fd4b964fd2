#pragma once

#include <memory>
#include <string>
#include <vector>

#include "specfuse/config/json_fields.h"
#include "specfuse/methods/fusion_method.h"

namespace specfuse {

/// The options of one method, of whatever type, and the way to the method.
class MethodOptions {
 public:
  virtual ~MethodOptions() = default;
  virtual void describe(FieldVisitor& fields) = 0;
  virtual std::unique_ptr<FusionMethod> make() const = 0;
};

struct MethodEntry {
  std::string name;
  /// One line for `--list`.
  std::string summary;
  std::unique_ptr<MethodOptions> (*default_options)();
};

/// Every fusion method, in the order of `--list`. A new method is one line in registry.cpp.
const std::vector<MethodEntry>& methods();

/// The default options of a method. Throws `ConfigError` naming the known ones.
std::unique_ptr<MethodOptions> method_options(const std::string& name);

}  // namespace specfuse
