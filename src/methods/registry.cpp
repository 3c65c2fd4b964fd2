#include "specfuse/methods/registry.h"

#include "specfuse/core/error.h"

namespace specfuse {

#define SPECFUSE_METHOD(name) MethodType name##_method();
#include "methods/methods.def"
#undef SPECFUSE_METHOD

const std::vector<MethodType>& method_types() {
  static const std::vector<MethodType> all = {
#define SPECFUSE_METHOD(name) name##_method(),
#include "methods/methods.def"
#undef SPECFUSE_METHOD
  };
  return all;
}

std::string MethodType::source() const {
  std::string text;
  for (const Paper& paper : papers) text += (text.empty() ? "" : ", ") + paper.name();
  return text;
}

const MethodType& method_type_of(const std::string& name) {
  std::string known;
  for (const MethodType& method : method_types()) {
    if (method.name == name) return method;
    known.append(known.empty() ? "" : ", ").append(method.name);
  }
  throw ConfigError(concat("methods: expected one of ", known, ", got \"", name, "\""));
}

std::unique_ptr<MethodOptions> method_options(const std::string& name) {
  return method_type_of(name).default_options();
}

std::unique_ptr<FusionMethod> make_method(const std::string& name, const std::vector<FieldSetting>& settings) {
  const std::unique_ptr<MethodOptions> options = method_options(name);
  set_fields(*options, settings);
  return options->make();
}

}  // namespace specfuse
