#include "specfuse/sweep/sweep.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "specfuse/config/override.h"
#include "specfuse/core/error.h"
#include "sweep/run_messages.h"

namespace specfuse {
namespace {

constexpr std::size_t kMostRuns = 10000;

/// Whether one of two paths contains the other, by whatever names they call the items of the base's lists.
bool overlap(const Json& base, const std::string& first, const std::string& second) {
  const std::string a = by_position(base, first), b = by_position(base, second);
  const std::string shorter = std::min(a + ".", b + ".", [](auto& x, auto& y) { return x.size() < y.size(); });
  return (a + ".").rfind(shorter, 0) == 0 && (b + ".").rfind(shorter, 0) == 0;
}

/// Reads one sweep file.
class SweepReader {
 public:
  SweepReader(const std::string& file, const std::vector<std::string>& overrides) : file_(file), overrides_(overrides) {
    sweep_.file = file;
  }

  Sweep read(const std::string& text) {
    const Json json = parse_json(text, file_);
    refuse_unknown_keys(json, "", file_, {"name", "sweep"});
    expect(json.contains("name") && json["name"].is_string(), "name", "a text", json.value("name", Json()));
    sweep_.name = json["name"].get<std::string>();
    const Json& body = json["sweep"];
    expect(body.is_object(), "sweep", "an object", body);
    refuse_unknown_keys(body, "sweep", file_, {"base", "grid", "list", "seeds"});
    read_base(body.value("base", Json()));
    if (body.contains("list")) read_list(body["list"]);
    if (body.contains("grid")) read_grid(body["grid"]);
    if (body.contains("seeds")) read_seeds(body["seeds"]);
    SPECFUSE_CHECK_AS(ConfigError, !sweep_.fields.empty() || sweep_.seeded, file_,
                      ": sweep: expected grid, list or seeds, got none of them");
    check_paths();
    for (const std::string& setting : overrides_) apply_override(base_, setting);
    set_field(base_, "name", sweep_.name, file_);
    add_points();
    refuse(sweep_, mistakes_);
    for (SweepField& field : sweep_.fields) {
      field.label = field_label(by_position(base_, field.path), sweep_.runs.front().config);
    }
    return std::move(sweep_);
  }

 private:
  void expect(bool holds, const std::string& path, const std::string& expected, const Json& got) const {
    SPECFUSE_CHECK_AS(ConfigError, holds, file_, ": ", path, ": expected ", expected, ", got ", shown(got));
  }

  void limit(std::size_t runs) const {
    SPECFUSE_CHECK_AS(ConfigError, runs <= kMostRuns, file_, ": sweep: expected at most ", kMostRuns, " runs, got ",
                      runs);
  }

  void read_base(const Json& base) {
    expect(base.is_object() || base.is_string(), "sweep.base", "an experiment or the name of its file", base);
    base_name_ = "sweep.base";
    base_ = base;
    if (base.is_object()) return;
    const std::filesystem::path folder = std::filesystem::path(file_).parent_path();
    base_name_ = (folder / base.get<std::string>()).string();
    base_ = parse_json(read_config_text(base_name_), base_name_);
    SPECFUSE_CHECK_AS(ConfigError, base_.is_object(), base_name_, ": expected an object, got ", base_.type_name());
  }

  std::size_t place_of_field(const std::string& path, bool listed) {
    const auto found = std::find_if(sweep_.fields.begin(), sweep_.fields.end(),
                                    [&](const SweepField& field) { return field.path == path; });
    const auto place = static_cast<std::size_t>(found - sweep_.fields.begin());
    if (place == sweep_.fields.size()) sweep_.fields.push_back({path, listed});
    return place;
  }

  void read_list(const Json& list) {
    expect(list.is_array() && !list.empty(), "sweep.list", "a list of at least one object", list);
    limit(list.size());
    entries_.clear();
    for (const Json& entry : list) {
      expect(entry.is_object() && !entry.empty(), concat("sweep.list.", entries_.size()), "an object of path: value",
             entry);
      auto& values = entries_.emplace_back();
      for (const auto& [path, value] : entry.items()) values[place_of_field(path, true)] = value;
    }
  }

  void read_grid(const Json& grid) {
    expect(grid.is_object() && !grid.empty(), "sweep.grid", "an object of path: list of values", grid);
    for (const auto& [path, values] : grid.items()) {
      expect(values.is_array() && !values.empty(), "sweep.grid." + path, "a list of at least one value", values);
      const std::size_t place = place_of_field(path, false);
      SPECFUSE_CHECK_AS(ConfigError, !sweep_.fields[place].listed, file_, ": sweep.grid.", path,
                        ": expected it in grid or list, got it in both");
      limit(entries_.size() * values.size());
      std::vector<std::map<std::size_t, Json>> longer;
      for (const auto& entry : entries_) {
        for (const Json& value : values) (longer.emplace_back(entry))[place] = value;
      }
      entries_ = std::move(longer);
    }
  }

  void read_seeds(const Json& seeds) {
    expect(seeds.is_array() && !seeds.empty(), "sweep.seeds", "a list of at least one integer", seeds);
    sweep_.seeded = true;
    seeds_.assign(seeds.begin(), seeds.end());
    limit(entries_.size() * seeds_.size());
  }

  /// Throws where a path is set twice, or by --set without effect.
  void check_paths() const {
    std::vector<std::string> taken{"name"};
    if (sweep_.seeded) taken.emplace_back("seeds");
    for (const SweepField& field : sweep_.fields) {
      for (const std::string& other : taken) {
        SPECFUSE_CHECK_AS(ConfigError, !overlap(base_, field.path, other), file_, ": sweep.",
                          field.listed ? "list" : "grid", ": ", field.path, ": the sweep sets ", other, " too");
      }
      taken.push_back(field.path);
    }
    for (const std::string& setting : overrides_) {
      const std::string path = override_path(setting);
      for (const std::string& other : taken) {
        const bool above = by_position(base_, path).size() < by_position(base_, other).size();
        SPECFUSE_CHECK_AS(ConfigError, above || !overlap(base_, path, other), "--set ", setting, ": ", file_, " sets ",
                          other, " in each run");
      }
    }
  }

  void add_points() {
    for (std::size_t point = 0; point < entries_.size(); ++point) {
      Json json = base_;
      SweepRun run;
      run.point = point;
      run.values.resize(sweep_.fields.size());
      for (const auto& [place, value] : entries_[point]) run.values[place] = json_text(value);
      std::string mistake;
      try {
        for (const auto& [place, value] : entries_[point]) {
          set_field(json, sweep_.fields[place].path, value, sweep_.fields[place].path);
        }
      } catch (const ConfigError& problem) {
        mistake = problem.what();
      }
      if (!sweep_.seeded) add_run(run, json, mistake);
      for (const Json& seed : seeds_) {
        json["seeds"] = Json::array({seed});
        add_run(run, json, mistake);
      }
    }
  }

  /// Adds a run also where it is wrong: what several have in common is told from all of them.
  void add_run(SweepRun run, const Json& json, std::string mistake) {
    try {
      if (mistake.empty()) run.config = read_config(json, base_name_);
    } catch (const ConfigError& problem) {
      mistake = problem.what();
    }
    if (!mistake.empty()) {
      run.config.seeds.clear();
      mistakes_.add(sweep_.runs.size(), mistake);
      return sweep_.runs.push_back(std::move(run));
    }
    run.hash = config_hash(run.config);
    const auto [same, fresh] = places_.emplace(run.hash, sweep_.runs.size());
    SPECFUSE_CHECK_AS(ConfigError, fresh, file_, ": sweep: expected runs that differ, got ",
                      sweep_.text_of(sweep_.runs[same->second]), " and ", sweep_.text_of(run));
    sweep_.runs.push_back(std::move(run));
  }

  std::string file_, base_name_;
  const std::vector<std::string>& overrides_;
  Sweep sweep_;
  Json base_;
  /// What each point sets, by the place of the field.
  std::vector<std::map<std::size_t, Json>> entries_{1};
  std::vector<Json> seeds_;
  /// Where the run of a hash is.
  std::map<std::string, std::size_t> places_;
  RunMessages mistakes_;
};

/// The fields that are given.
std::string text_of_values(const Sweep& sweep, const std::vector<std::string>& values, Wording wording) {
  std::string text;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i].empty()) continue;
    const SweepField& field = sweep.fields[i];
    text += text.empty() ? "" : ", ";
    text +=
        wording == Wording::labels ? field.label.with_value(values[i]) : concat(field.path, "=", field_text(values[i]));
  }
  return text;
}

}  // namespace

std::string field_text(const std::string& value) {
  const Json json = json_of(value);
  return json.is_string() ? json.get<std::string>() : value;
}

std::string Sweep::text_of(const SweepRun& run, Wording wording) const {
  std::string text = text_of_values(*this, run.values, wording);
  if (seeded && !run.config.seeds.empty()) {
    text += concat(text.empty() ? "" : ", ", "seed ", run.config.seeds.front());
  }
  return text;
}

std::string Sweep::text_of(const std::vector<std::size_t>& some, Wording wording) const {
  const SweepRun& first = runs[some.front()];
  if (some.size() == 1) return text_of(first, wording);
  std::vector<std::size_t> shared;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto same = [&](std::size_t run) { return runs[run].values[i] == first.values[i]; };
    if (std::all_of(some.begin(), some.end(), same)) shared.push_back(i);
  }
  const auto alike = [&](const SweepRun& run) {
    return std::all_of(shared.begin(), shared.end(), [&](std::size_t i) { return run.values[i] == first.values[i]; });
  };
  if (std::count_if(runs.begin(), runs.end(), alike) > static_cast<std::ptrdiff_t>(some.size())) {
    return concat(text_of(first, wording), " (and ", some.size() - 1, " more)");
  }
  std::vector<std::string> values(fields.size());
  for (const std::size_t i : shared) values[i] = first.values[i];
  const std::string text = text_of_values(*this, values, wording);
  return text.empty() ? concat("all ", some.size(), " runs") : concat(text, " (", some.size(), " runs)");
}

BadSweep::BadSweep(const std::vector<std::string>& lines_given, bool data_alone)
    : ConfigError(lines_given.front()), lines(lines_given), of_data_alone(data_alone) {}

bool is_sweep(const std::string& text) {
  try {
    return parse_json(text, "").contains("sweep");
  } catch (const ConfigError&) {
    return false;
  }
}

Sweep parse_sweep(const std::string& text, const std::string& file, const std::vector<std::string>& overrides) {
  return SweepReader(file, overrides).read(text);
}

}  // namespace specfuse
