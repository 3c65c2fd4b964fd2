#pragma once

#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "specfuse/core/fields.h"
#include "specfuse/core/set_fields.h"
#include "specfuse/methods/fusion_method.h"

namespace specfuse {

/// The options of one method, of whatever type, and the way to the method.
class MethodOptions {
 public:
  virtual ~MethodOptions() = default;
  virtual void describe(FieldVisitor& fields) = 0;
  virtual std::unique_ptr<FusionMethod> make() const = 0;
};

/// A fusion method: an entry of src/methods/methods.def and a file beside it.
struct MethodType {
  std::string name;
  /// One line for the documentation.
  std::string summary;
  /// The paper it is from; empty where there is none.
  std::string source;
  std::unique_ptr<MethodOptions> (*default_options)();
};

/// For a method that has none.
struct NoOptions {
  void describe(FieldVisitor&) {}
};

template <class Method, class Options>
class OptionsOf : public MethodOptions {
 public:
  void describe(FieldVisitor& fields) override { options_.describe(fields); }
  std::unique_ptr<FusionMethod> make() const override {
    if constexpr (std::is_same_v<Options, NoOptions>)
      return std::make_unique<Method>();
    else
      return std::make_unique<Method>(options_);
  }

 private:
  Options options_;
};

/// What a method's file returns: `Method` is made from its options, or from nothing where it has none.
template <class Method, class Options = NoOptions>
MethodType method_type(const char* name, const char* summary, const char* source) {
  return {name, summary, source,
          []() -> std::unique_ptr<MethodOptions> { return std::make_unique<OptionsOf<Method, Options>>(); }};
}

/// The one that does nothing without options of its own, and so can be no part of another.
inline constexpr const char* kExternal = "external";

/// Every fusion method, in the order of methods.def.
const std::vector<MethodType>& method_types();

/// The default options of a method. Throws `ConfigError` naming the known ones.
std::unique_ptr<MethodOptions> method_options(const std::string& name);

/// A method with these options, such as make_method("cnmf", {{"rounds", 2}}): for code. Throws as `method_options` and
/// `set_fields` do.
std::unique_ptr<FusionMethod> make_method(const std::string& name, const std::vector<FieldSetting>& settings = {});

}  // namespace specfuse
