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
  return joined(papers, [](const Paper& paper) { return paper.name(); });
}

namespace {

/// The type of this name among those that suit.
const MethodType& find_type(const std::string& name, const std::function<bool(const MethodType&)>& suits,
                            const std::string& expected) {
  std::string known;
  for (const MethodType& type : method_types()) {
    if (!suits(type)) continue;
    if (type.name == name) return type;
    known.append(known.empty() ? "" : ", ").append(type.name);
  }
  throw ConfigError(concat(expected, known, ", got \"", name, "\""));
}

}  // namespace

const MethodType& method_type_of(const std::string& name) {
  return find_type(
      name, [](const MethodType&) { return true; }, "methods: expected one of ");
}

std::unique_ptr<MethodOptions> method_options(const std::string& name) {
  return method_type_of(name).default_options();
}

std::unique_ptr<FusionMethod> make_method(const std::string& name, const std::vector<FieldSetting>& settings) {
  const std::unique_ptr<MethodOptions> options = method_options(name);
  set_fields(*options, settings);
  return options->make();
}

std::unique_ptr<FusionMethod> make_part(const std::string& name, bool (*suits)(const MethodType&),
                                        const std::string& expected) {
  const auto is_part = [=](const MethodType& type) { return type.name != kExternal && suits(type); };
  return find_type(name, is_part, expected).default_options()->make();
}

}  // namespace specfuse
