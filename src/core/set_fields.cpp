#include "specfuse/core/set_fields.h"

#include "specfuse/core/error.h"

namespace specfuse {
namespace {

/// Whether the value could be put there.
bool put(const Place& place, const FieldSetting& setting) {
  if (const auto* optional = std::get_if<Place::Optional>(&place.to)) return put(optional->value(), setting);
  const auto put_as = [&]<class To, class From>(To* const* to, const From* from) {
    if (to == nullptr || from == nullptr) return false;
    **to = static_cast<To>(*from);
    return true;
  };
  const auto* const integer = std::get_if<Index>(&setting.value);
  return put_as(std::get_if<bool*>(&place.to), std::get_if<bool>(&setting.value)) ||
         put_as(std::get_if<std::string*>(&place.to), std::get_if<std::string>(&setting.value)) ||
         put_as(std::get_if<double*>(&place.to), std::get_if<double>(&setting.value)) ||
         put_as(std::get_if<double*>(&place.to), integer) || put_as(std::get_if<Index*>(&place.to), integer) ||
         put_as(std::get_if<int*>(&place.to), integer);
}

class Setter : public FieldVisitor {
 public:
  explicit Setter(const FieldSetting& setting) : setting_(setting) {}
  bool done = false;

 private:
  void visit(const Field& field, const Place& place) override {
    if (field.key == setting_.key) done = put(place, setting_);
  }
  const FieldSetting& setting_;
};

}  // namespace

void set_fields(const Place& place, const std::vector<FieldSetting>& settings) {
  for (const FieldSetting& setting : settings) {
    Setter setter(setting);
    if (const auto* object = std::get_if<Place::Object>(&place.to)) object->describe(setter);
    SPECFUSE_CHECK(setter.done, "set_fields: expected a field '", setting.key, "' of the type of its value, got none");
  }
}

}  // namespace specfuse
