#pragma once

#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "specfuse/core/fields.h"
#include "specfuse/core/set_fields.h"
#include "specfuse/methods/fusion_method.h"
#include "specfuse/methods/paper.h"

namespace specfuse {

/// The options of one method, of whatever type, and the way to the method.
class MethodOptions {
 public:
  virtual ~MethodOptions() = default;
  virtual void describe(FieldVisitor& fields) = 0;
  /// What the method is with these options.
  virtual MethodTraits traits() const = 0;
  /// Throws `ConfigError` where options do not fit each other.
  virtual std::unique_ptr<FusionMethod> make() const = 0;
};

/// A fusion method: an entry of src/methods/methods.def and a file beside it.
struct MethodType {
  /// As configurations have it, and as a paper does.
  std::string name, title;
  /// One line for the documentation.
  std::string summary;
  /// Where it is from; empty where that is here.
  std::vector<Paper> papers;
  /// Where options do not change them.
  MethodTraits traits;
  std::function<std::unique_ptr<MethodOptions>()> default_options;

  /// Its papers by name, "Liu 2000, Selva et al. 2015".
  std::string source() const;
};

/// For a method that has none.
struct NoOptions {
  void describe(FieldVisitor&) {}
};

template <class Method, class Options>
class OptionsOf : public MethodOptions {
 public:
  explicit OptionsOf(const MethodTraits& traits) : traits_(traits) {}
  void describe(FieldVisitor& fields) override { options_.describe(fields); }
  MethodTraits traits() const override {
    MethodTraits traits = traits_;
    if constexpr (requires { options_.specify(traits); }) options_.specify(traits);
    return traits;
  }
  std::unique_ptr<FusionMethod> make() const override {
    std::unique_ptr<FusionMethod> method;
    if constexpr (std::is_same_v<Options, NoOptions>)
      method = std::make_unique<Method>();
    else
      method = std::make_unique<Method>(options_);
    method->traits = traits();
    return method;
  }

 private:
  MethodTraits traits_;
  Options options_;
};

/// What a method's file returns: `Method` is made from its options, or from nothing where it has none. Options whose
/// values change the traits have `void specify(MethodTraits&) const`.
template <class Method, class Options = NoOptions>
MethodType method_type(const char* name, const char* title, const char* summary, std::vector<Paper> papers = {},
                       const MethodTraits& traits = {}) {
  return {name,    title,
          summary, std::move(papers),
          traits,  [=] { return std::make_unique<OptionsOf<Method, Options>>(traits); }};
}

/// The one that does nothing without options of its own, and so can be no part of another.
inline constexpr const char* kExternal = "external";

/// Every fusion method, in the order of methods.def.
const std::vector<MethodType>& method_types();

/// The method of this name. Throws `ConfigError` naming the known ones.
const MethodType& method_type_of(const std::string& name);

/// Its default options. Throws likewise.
std::unique_ptr<MethodOptions> method_options(const std::string& name);

/// A method with these options, such as make_method("cnmf", {{"rounds", 2}}): for code. Throws as `method_options` and
/// `set_fields` do.
std::unique_ptr<FusionMethod> make_method(const std::string& name, const std::vector<FieldSetting>& settings = {});

/// A method with its default options as a part of another. Throws `ConfigError` of `expected` and the names of those
/// that suit where it is none of them.
std::unique_ptr<FusionMethod> make_part(const std::string& name, bool (*suits)(const MethodType&),
                                        const std::string& expected);

}  // namespace specfuse
