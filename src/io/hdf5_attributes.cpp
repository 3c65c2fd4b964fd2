#include <cstring>
#include <optional>

#include "io/hdf5_handle.h"
#include "specfuse/core/utf8.h"
#include "specfuse/io/hdf5.h"

namespace specfuse {
namespace {

#define READ_CHECK(condition, ...) SPECFUSE_CHECK_AS(DataError, condition, __VA_ARGS__)

/// Attributes larger than this are data, not a description: in numbers, and in bytes of a text.
constexpr Index kMostAttributeNumbers = 4096;
constexpr std::size_t kMostAttributeText = 1 << 24;

herr_t collect_attribute(hid_t, const char* name, const H5A_info_t*, void* names) {
  static_cast<std::vector<std::string>*>(names)->push_back(name);
  return 0;
}

/// One attribute, opened, with its type and whether it holds exactly one value.
struct Attribute {
  Attribute(const Handle& object, const std::string& name)
      : handle(H5Aopen(object.get(), name.c_str(), H5P_DEFAULT), H5Aclose),
        type(handle.valid() ? H5Aget_type(handle.get()) : H5I_INVALID_HID, H5Tclose) {
    const Handle space(handle.valid() ? H5Aget_space(handle.get()) : H5I_INVALID_HID, H5Sclose);
    const bool list = space.valid() && H5Sget_simple_extent_ndims(space.get()) <= 1;
    count = list ? H5Sget_simple_extent_npoints(space.get()) : 0;
  }
  bool valid() const { return handle.valid() && type.valid(); }
  H5T_class_t type_class() const { return H5Tget_class(type.get()); }

  Handle handle, type;
  /// How many values it has; 0 for one of several dimensions.
  Index count = 0;
};

/// The text of an attribute of one string, fixed or variable in length; none where the library cannot read it or it
/// is too long.
std::optional<std::string> text_in(const Attribute& attribute) {
  if (H5Tis_variable_str(attribute.type.get()) > 0) {
    char* text = nullptr;
    if (H5Aread(attribute.handle.get(), attribute.type.get(), &text) < 0) return std::nullopt;
    const std::string result = text == nullptr ? "" : text;
    H5free_memory(text);
    return result;
  }
  if (H5Tget_size(attribute.type.get()) > kMostAttributeText) return std::nullopt;
  std::string text(H5Tget_size(attribute.type.get()), '\0');
  if (H5Aread(attribute.handle.get(), attribute.type.get(), text.data()) < 0) return std::nullopt;
  text.resize(strnlen(text.data(), text.size()));
  if (H5Tget_strpad(attribute.type.get()) == H5T_STR_SPACEPAD) text.resize(text.find_last_not_of(' ') + 1);
  return text;
}

/// Shows each attribute of an object that can be opened; `read` returns whether it could be read.
template <class Read>
void for_each_attribute(const Hdf5Reader& reader, hid_t file, const std::string& object, const Read& read) {
  const Handle handle = open_object(reader, file, object);
  std::vector<std::string> names;
  hsize_t position = 0;
  const herr_t status = H5Aiterate2(handle.get(), H5_INDEX_NAME, H5_ITER_INC, &position, collect_attribute, &names);
  READ_CHECK(status >= 0, reader.path(), ": cannot list the attributes of ", object, ": ", hdf5_reason());
  for (const std::string& name : names) {
    const Attribute attribute(handle, name);
    READ_CHECK(!attribute.valid() || read(name, attribute), reader.path(), ": cannot read attribute ", name, " of ",
               object, ": ", hdf5_reason());
  }
}

}  // namespace

bool is_plain_number(const Handle& type) {
  const H5T_class_t type_class = H5Tget_class(type.get());
  const std::size_t size = H5Tget_size(type.get());
  const bool whole = (size == 1 || size == 2 || size == 4 || size == 8) && H5Tget_offset(type.get()) == 0 &&
                     H5Tget_precision(type.get()) == 8 * size;
  if (type_class == H5T_INTEGER) return whole;
  std::size_t sign = 0, exponent = 0, exponent_bits = 0, mantissa = 0, mantissa_bits = 0;
  return type_class == H5T_FLOAT && whole && size > 1 &&
         H5Tget_fields(type.get(), &sign, &exponent, &exponent_bits, &mantissa, &mantissa_bits) >= 0 &&
         sign == 8 * size - 1 && mantissa == 0 && exponent == mantissa_bits && exponent_bits > 0 && mantissa_bits > 0 &&
         mantissa_bits + exponent_bits == sign;
}

std::map<std::string, std::string> Hdf5Reader::texts(const std::string& object) const {
  std::map<std::string, std::string> result;
  for_each_attribute(*this, file_, object, [&](const std::string& name, const Attribute& attribute) {
    if (attribute.type_class() != H5T_STRING || attribute.count != 1) return true;
    const std::optional<std::string> text = text_in(attribute);
    if (text) result[name] = as_utf8(*text);
    return text.has_value();
  });
  return result;
}

std::map<std::string, std::vector<double>> Hdf5Reader::numbers(const std::string& object) const {
  std::map<std::string, std::vector<double>> result;
  for_each_attribute(*this, file_, object, [&](const std::string& name, const Attribute& attribute) {
    const bool list = attribute.count >= 1 && attribute.count <= kMostAttributeNumbers;
    if (!is_plain_number(attribute.type) || !list) return true;
    std::vector<double>& values = result[name];
    values.resize(static_cast<std::size_t>(attribute.count));
    return H5Aread(attribute.handle.get(), H5T_NATIVE_DOUBLE, values.data()) >= 0;
  });
  return result;
}

std::map<std::string, std::uint64_t> Hdf5Reader::integers(const std::string& object) const {
  std::map<std::string, std::uint64_t> result;
  for_each_attribute(*this, file_, object, [&](const std::string& name, const Attribute& attribute) {
    const bool integer = attribute.type_class() == H5T_INTEGER && is_plain_number(attribute.type);
    return !integer || attribute.count != 1 || H5Aread(attribute.handle.get(), H5T_NATIVE_UINT64, &result[name]) >= 0;
  });
  return result;
}

std::optional<double> Hdf5Reader::number(const std::string& object, const std::string& name) const {
  const Handle handle = open_object(*this, file_, object);
  if (H5Aexists(handle.get(), name.c_str()) <= 0) return std::nullopt;
  const Attribute attribute(handle, name);
  READ_CHECK(attribute.valid(), path_, ": cannot read attribute ", name, " of ", object, ": ", hdf5_reason());
  READ_CHECK(is_plain_number(attribute.type) && attribute.count == 1, path_, ": attribute ", name, " of ", object,
             ": expected one number");
  double value = 0;
  READ_CHECK(H5Aread(attribute.handle.get(), H5T_NATIVE_DOUBLE, &value) >= 0, path_, ": cannot read attribute ", name,
             " of ", object, ": ", hdf5_reason());
  return value;
}

#undef READ_CHECK

}  // namespace specfuse
