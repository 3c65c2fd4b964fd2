#pragma once

#include <array>
#include <functional>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "specfuse/core/buffer.h"

namespace specfuse {

/// Options describe themselves once, and reading, defaults, checks, writing and their documentation follow from it:
///
///   struct PsfOptions {
///     std::string type = "gaussian";
///     double fwhm = 4;
///     void describe(FieldVisitor& fields) {
///       fields("type", type, Choices{"gaussian", "box", "delta"}, "Shape of the point spread function.");
///       fields("fwhm", fwhm, Range{0.1, 100}, Label{"PSF FWHM", "fine pixels"}, OnlyWith{"type=gaussian"},
///              "Full width at half maximum in fine pixels.");
///     }
///   };
///
/// A field is a bool, int, Index, double, string, a struct that describes itself, or an optional, a vector or a `Named`
/// of these. Its help text is what experiments/README.md prints.

/// Numbers from `least` to `most`, both included. Applies to every element of a vector.
struct Range {
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
};

/// One of these texts.
struct Choices {
  Choices(std::initializer_list<const char*> list) : texts(list.begin(), list.end()) {}
  std::vector<std::string> texts;
};

/// What charts and tables call a field.
struct Label {
  /// Such as "SNR of the HSI".
  const char* name = "";
  /// Such as "dB".
  const char* unit = "";
  /// What null stands for, such as "noise-free".
  const char* null = "none";
};

/// What a field is valid only with: any of these beside it, "scene" where that is given, "type=split" where it has that
/// value.
struct OnlyWith {
  OnlyWith(std::initializer_list<const char*> list) : others(list.begin(), list.end()) {}
  std::vector<std::string> others;
};

/// What requires a field: the same.
struct RequiredWith {
  std::string other;
};

/// Values with names of their own, in the order in which they are given; an object in JSON. Reading changes those that
/// are there, and adds new ones behind them.
template <class T>
struct Named {
  std::vector<std::pair<std::string, T>> items;

  /// The value of this name; a new one at the end where there is none.
  T& get(const std::string& name) {
    for (auto& [known, value] : items) {
      if (known == name) return value;
    }
    return items.emplace_back(name, T{}).second;
  }
};

class FieldVisitor;

/// A described value without its C++ type, for the visitors: they live in one source file and are compiled once.
struct Place {
  struct Object {
    std::function<void(FieldVisitor&)> describe;
    /// The field that a number in place of the object is for; null: none.
    const char* number = nullptr;
  };
  struct Optional {
    std::function<bool()> has_value;
    std::function<void()> reset;
    /// The value; made first where there is none.
    std::function<Place()> value;
  };
  struct List {
    std::function<std::size_t()> size;
    /// Makes `count` elements with their defaults; empty for a list of fixed size.
    std::function<void(std::size_t count)> renew;
    std::function<Place(std::size_t i)> at;
  };
  struct Table {
    std::function<std::vector<std::string>()> names;
    /// The value of this name; a new one at the end where there is none.
    std::function<Place(const std::string& name)> get;
  };
  std::variant<bool*, int*, Index*, double*, std::string*, Object, Optional, List, Table> to;
};

/// How a field is called, what it is for, and what it may hold: null where anything of its type.
struct Field {
  const char* key = "";
  const char* help = "";
  const Range* range = nullptr;
  const Choices* choices = nullptr;
  Label label = {};
  const OnlyWith* only_with = nullptr;
  const RequiredWith* required_with = nullptr;

  void add(const char* text) { help = text; }
  void add(const Range& numbers) { range = &numbers; }
  void add(const Choices& texts) { choices = &texts; }
  void add(const Label& called) { label = called; }
  void add(const OnlyWith& others) { only_with = &others; }
  void add(const RequiredWith& other) { required_with = &other; }
};

/// What `describe` calls once for each field.
class FieldVisitor {
 public:
  virtual ~FieldVisitor() = default;

  /// With a help text and whatever else `Field` can be given, in any order.
  template <class T, class... Properties>
  void operator()(const char* key, T& value, const Properties&... properties);

 private:
  virtual void visit(const Field& field, const Place& place) = 0;
};

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_list = false;
template <class T>
inline constexpr bool is_list<std::vector<T>> = true;
template <class T, std::size_t n>
inline constexpr bool is_list<std::array<T, n>> = true;

template <class T>
inline constexpr bool is_named = false;
template <class T>
inline constexpr bool is_named<Named<T>> = true;

template <class T>
Place place_of(T& value) {
  T* const at = &value;
  if constexpr (is_optional<T>) {
    return {Place::Optional{[at] { return at->has_value(); }, [at] { at->reset(); },
                            [at] { return place_of(*at ? **at : at->emplace()); }}};
  } else if constexpr (is_list<T>) {
    Place::List list{[at] { return at->size(); }, {}, [at](std::size_t i) { return place_of((*at)[i]); }};
    if constexpr (requires { at->resize(1); }) list.renew = [at](std::size_t count) { *at = T(count); };
    return {list};
  } else if constexpr (is_named<T>) {
    const auto names = [at] {
      std::vector<std::string> all;
      for (const auto& item : at->items) all.push_back(item.first);
      return all;
    };
    return {Place::Table{names, [at](const std::string& name) { return place_of(at->get(name)); }}};
  } else if constexpr (std::is_class_v<T> && !std::is_same_v<T, std::string>) {
    Place::Object object{[at](FieldVisitor& fields) { at->describe(fields); }};
    if constexpr (requires { T::kShort; }) object.number = T::kShort;
    return {object};
  } else {
    return {at};
  }
}

template <class T, class... Properties>
void FieldVisitor::operator()(const char* key, T& value, const Properties&... properties) {
  Field field{key};
  (field.add(properties), ...);
  visit(field, place_of(value));
}

}  // namespace specfuse
