#include "specfuse/config/json_fields.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "config/field_rules.h"
#include "specfuse/core/error.h"
#include "specfuse/core/nearest.h"
#include "specfuse/core/text.h"

namespace specfuse {
namespace {

constexpr int kDeepest = 32;

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

std::string below(const std::string& path, const std::string& key) { return path.empty() ? key : path + "." + key; }

/// Bytes of a key or a value that a message shows.
constexpr std::size_t kLongestShown = 60;

std::string expectation(const std::string& what, const Field& limits) {
  if (limits.choices) return concat("one of ", joined(limits.choices->texts));
  if (!limits.range) return what;
  const bool least = std::isfinite(limits.range->least), most = std::isfinite(limits.range->most);
  if (least && most) return concat(what, " from ", limits.range->least, " to ", limits.range->most);
  if (least) return concat(what, " of at least ", limits.range->least);
  return most ? concat(what, " of at most ", limits.range->most) : what;
}

bool is_choice(const std::string& text, const Choices& choices) {
  return std::find(choices.texts.begin(), choices.texts.end(), text) != choices.texts.end();
}

/// The hint behind an unknown key: where else it is known, the nearest known one, or all that are known here.
std::string hint(const std::string& key, const std::vector<std::string>& known, const std::vector<std::string>& below) {
  if (known.empty()) return "no key is known here";
  std::string elsewhere;
  for (const std::string& path : below) {
    if (path.ends_with("." + key)) elsewhere.append(elsewhere.empty() ? "" : " or ").append(path);
  }
  if (!elsewhere.empty()) return concat("did you mean ", elsewhere, "?");
  const std::string meant = nearest(key, known);
  if (!meant.empty()) return concat("did you mean \"", meant, "\"?");
  return concat("known: ", joined(known));
}

/// The paths of all fields below an object, those of lists at each of their positions.
class Collector : public FieldVisitor {
 public:
  Collector(const std::string& path, std::vector<std::string>& found) : path_(path), found_(found) {}

 private:
  void visit(const Field& field, const Place& place) override { collect(below(path_, field.key), place); }

  void collect(const std::string& path, const Place& place) {
    found_.push_back(path);
    if (const auto* object = std::get_if<Place::Object>(&place.to)) {
      Collector inner(path, found_);
      object->describe(inner);
    } else if (const auto* list = std::get_if<Place::List>(&place.to)) {
      for (std::size_t i = 0; i < list->size(); ++i) {
        const Place item = list->at(i);
        if (std::holds_alternative<Place::Object>(item.to)) collect(below(path, std::to_string(i)), item);
      }
    }
  }

  const std::string path_;
  std::vector<std::string>& found_;
};

/// Reads one JSON object into the fields that are described to it.
class Reader : public FieldVisitor {
 public:
  Reader(const Json& object, const std::string& path, const std::string& file)
      : object_(object), path_(path), file_(file) {}

  /// Throws where a key is unknown or a rule between fields is broken.
  void finish(const Place::Object& described) const {
    rules_.check(described, path_.empty() ? "" : path_ + ".", file_);
    const bool all_known = std::all_of(object_.items().begin(), object_.items().end(), [&](const auto& item) {
      return std::find(known_.begin(), known_.end(), item.key()) != known_.end();
    });
    if (all_known) return;
    std::vector<std::string> below;
    Collector collector(path_, below);
    described.describe(collector);
    refuse_unknown_keys(object_, path_, file_, known_, below);
  }

  static void read(const Json& json, const std::string& path, const std::string& file, const Place& place,
                   const Field& limits);

 private:
  static void read_object(const Json& json, const std::string& path, const std::string& file,
                          const Place::Object& object) {
    const bool number = object.number != nullptr;
    if (number && json.is_number()) return read_object({{object.number, json}}, path, file, object);
    SPECFUSE_CHECK_AS(ConfigError, json.is_object(), file, path.empty() ? "" : ": ", path, ": expected ",
                      number ? "a number or an object" : "an object", ", got ", shown(json));
    Reader reader(json, path, file);
    object.describe(reader);
    reader.finish(object);
  }

  void visit(const Field& field, const Place& place) override {
    known_.emplace_back(field.key);
    const auto found = object_.find(field.key);
    rules_.add(field, found != object_.end() ? *found : Json(), place);
    if (found != object_.end()) return read(*found, below(path_, field.key), file_, place, field);
    const std::string what = std::holds_alternative<Index*>(place.to) ? "an integer" : "a number";
    SPECFUSE_CHECK_AS(ConfigError, !has_to_be_given(field, place), file_, ": ", below(path_, field.key), ": expected ",
                      expectation(what, field), ", got nothing");
  }

  const Json& object_;
  const std::string& path_;
  const std::string& file_;
  std::vector<std::string> known_;
  FieldRules rules_;
};

/// Reads an item of a table. Where that fails and its name was not there before and is near one that was, the error
/// asks.
template <class Read>
void with_new_name(const std::string& name, const std::vector<std::string>& known, const Read& read) {
  try {
    read();
  } catch (const ConfigError& problem) {
    const std::string meant = did_you_mean(name, known);
    if (meant.empty() || std::find(known.begin(), known.end(), name) != known.end()) throw;
    throw ConfigError(concat(problem.what(), "; \"", name, "\" is new", meant));
  }
}

template <class Integer>
bool read_integer(const Json& json, Integer& value) {
  if (!json.is_number()) return false;
  // 1e6 is an integer too. The bound is the largest below which every integer is exact in double.
  const double number = json.get<double>();
  if (number != std::floor(number) || std::abs(number) > 9007199254740992.0) return false;
  if (number < static_cast<double>(std::numeric_limits<Integer>::min()) ||
      number > static_cast<double>(std::numeric_limits<Integer>::max())) {
    return false;
  }
  value = static_cast<Integer>(number);
  return true;
}

/// A text, or true and false where they are among the choices.
bool read_text(const Json& json, const Field& limits, std::string& value) {
  const bool is_truth = json.is_boolean() && limits.choices && is_choice(json_text(json), *limits.choices);
  if (!json.is_string() && !is_truth) return false;
  value = is_truth ? json_text(json) : json.get<std::string>();
  return true;
}

void Reader::read(const Json& json, const std::string& path, const std::string& file, const Place& place,
                  const Field& limits) {
  const auto expect = [&](bool holds, const std::string& what) {
    SPECFUSE_CHECK_AS(ConfigError, holds, file, path.empty() ? "" : ": ", path, ": expected ",
                      expectation(what, limits), ", got ", shown(json));
  };
  const auto in_range = [&](double number) {
    return !limits.range || (number >= limits.range->least && number <= limits.range->most);
  };
  const auto integer = [&](auto* value) {
    expect(read_integer(json, *value) && in_range(static_cast<double>(*value)), "an integer");
  };
  std::visit(Overloaded{
                 [&](bool* value) {
                   expect(json.is_boolean(), "true or false");
                   *value = json.get<bool>();
                 },
                 [&](int* value) { integer(value); },
                 [&](Index* value) { integer(value); },
                 [&](double* value) {
                   expect(json.is_number() && in_range(json.get<double>()), "a number");
                   *value = json.get<double>();
                 },
                 [&](std::string* value) {
                   expect(read_text(json, limits, *value), "a text");
                   if (!limits.choices || is_choice(*value, *limits.choices)) return;
                   throw ConfigError(concat(file, ": ", path, ": expected ", expectation("", limits), ", got ",
                                            shown(json), did_you_mean(*value, limits.choices->texts)));
                 },
                 [&](const Place::Object& object) { read_object(json, path, file, object); },
                 [&](const Place::Optional& optional) {
                   if (json.is_null()) return optional.reset();
                   read(json, path, file, optional.value(), limits);
                 },
                 [&](const Place::List& list) {
                   const std::string what = list.renew ? "a list" : concat("a list of ", list.size());
                   SPECFUSE_CHECK_AS(ConfigError, json.is_array() && (list.renew || json.size() == list.size()), file,
                                     ": ", path, ": expected ", what, ", got ", shown(json));
                   if (list.renew) list.renew(json.size());
                   for (std::size_t i = 0; i < json.size(); ++i) {
                     read(json[i], below(path, std::to_string(i)), file, list.at(i), limits);
                   }
                 },
                 [&](const Place::Table& table) {
                   expect(json.is_object(), "an object");
                   for (const auto& [name, value] : json.items()) {
                     with_new_name(name, table.names(), [&, &name = name, &value = value] {
                       read(value, below(path, name), file, table.get(name), limits);
                     });
                   }
                 },
             },
             place.to);
}

/// Goes through a text before it is parsed, for what the parser lets pass. A callback of the parser could look for the
/// same, but with one it takes quadratic time.
class Watcher : public nlohmann::json_sax<Json> {
 public:
  explicit Watcher(const std::string& file) : file_(file) {}

  bool start_object(std::size_t) override {
    seen_.emplace_back();
    return enter();
  }
  bool end_object() override {
    seen_.pop_back();
    return leave();
  }
  bool start_array(std::size_t) override { return enter(); }
  bool end_array() override { return leave(); }
  bool key(std::string& name) override {
    SPECFUSE_CHECK_AS(ConfigError, seen_.back().insert(name).second, file_, ": the key ", shown(name),
                      " is given twice in one object");
    return true;
  }
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(std::int64_t) override { return true; }
  bool number_unsigned(std::uint64_t) override { return true; }
  bool number_float(double, const std::string&) override { return true; }
  bool string(std::string&) override { return true; }
  bool binary(Json::binary_t&) override { return true; }
  /// The parser reports it.
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

 private:
  bool enter() {
    SPECFUSE_CHECK_AS(ConfigError, ++depth_ <= kDeepest, file_, ": expected at most ", kDeepest, " levels, got more");
    return true;
  }
  bool leave() {
    --depth_;
    return true;
  }

  const std::string& file_;
  /// The keys of each object that is open.
  std::vector<std::set<std::string>> seen_;
  int depth_ = 0;
};

class Writer : public FieldVisitor {
 public:
  Json object = Json::object();

 private:
  void visit(const Field& field, const Place& place) override {
    Json value = write_place(place);
    // Of choices that are true and false beside others.
    const bool is_truth = field.choices && is_choice("true", *field.choices) && (value == "true" || value == "false");
    object[field.key] = is_truth ? Json(value == "true") : value;
  }
};

}  // namespace

void refuse_unknown_keys(const Json& object, const std::string& path, const std::string& file,
                         const std::vector<std::string>& known, const std::vector<std::string>& elsewhere) {
  for (const auto& [key, value] : object.items()) {
    const std::string text = shortened(key, kLongestShown);
    SPECFUSE_CHECK_AS(ConfigError, std::find(known.begin(), known.end(), key) != known.end(), file, ": ",
                      below(path, text), ": unknown key; ", hint(text, known, elsewhere));
  }
}

std::string shown(const Json& json) {
  if (json.is_object()) return "an object";
  if (json.is_array()) return concat("a list of ", json.size());
  return shortened(json.dump(-1, ' ', true, Json::error_handler_t::replace), kLongestShown);
}

Json parse_json(const std::string& text, const std::string& file) {
  SPECFUSE_CHECK_AS(ConfigError, !text.starts_with("\xff\xfe") && !text.starts_with("\xfe\xff"), file,
                    ": not valid JSON: expected a text in UTF-8, got one in UTF-16; save it as UTF-8");
  Watcher watcher(file);
  Json::sax_parse(text, &watcher);
  try {
    return Json::parse(text);
  } catch (const nlohmann::json::exception& problem) {
    // "[json.exception.parse_error.101] parse error at line 3, column 5: ..."
    std::string reason = problem.what();
    reason.erase(0, reason.find("] ") + 2);
    std::replace_if(
        reason.begin(), reason.end(), [](unsigned char c) { return c < 0x20 || c >= 0x7f; }, '?');
    throw ConfigError(concat(file, ": not valid JSON: ", reason));
  }
}

Json json_of(const std::string& text) { return Json::parse(text, nullptr, false); }

std::string json_text(const Json& json, int indent) { return json.dump(indent); }

void read_place(const Json& json, const std::string& path, const std::string& file, const Place& place) {
  Reader::read(json, path, file, place, {});
}

Json write_place(const Place& place) {
  return std::visit(Overloaded{
                        [](const Place::Object& object) {
                          Writer writer;
                          object.describe(writer);
                          return writer.object;
                        },
                        [](const Place::Optional& optional) {
                          return optional.has_value() ? write_place(optional.value()) : Json(nullptr);
                        },
                        [](const Place::List& list) {
                          Json all = Json::array();
                          for (std::size_t i = 0; i < list.size(); ++i) all.push_back(write_place(list.at(i)));
                          return all;
                        },
                        [](const Place::Table& table) {
                          Json all = Json::object();
                          for (const std::string& name : table.names()) all[name] = write_place(table.get(name));
                          return all;
                        },
                        [](const auto* value) { return Json(*value); },
                    },
                    place.to);
}

}  // namespace specfuse
