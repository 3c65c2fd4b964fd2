#include "sweep/sweep_page.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "specfuse/config/json_fields.h"
#include "specfuse/config/result_names.h"
#include "specfuse/core/error.h"
#include "specfuse/core/text.h"
#include "specfuse/report/text_format.h"
#include "specfuse/results/environment.h"
#include "sweep/run_messages.h"

namespace specfuse {
namespace {

/// The runs that take a value of a field for the first time.
std::vector<const SweepRun*> first_of_values(const Sweep& sweep, std::size_t field) {
  std::vector<const SweepRun*> runs;
  std::set<std::string> seen;
  for (const SweepRun& run : sweep.runs) {
    if (seen.insert(run.values[field]).second) runs.push_back(&run);
  }
  return runs;
}

/// "ratio: 2, 4, 8"
std::pair<std::string, std::string> varied(const Sweep& sweep, std::size_t field) {
  const FieldLabel& label = sweep.fields[field].label;
  return {label.axis(), joined(first_of_values(sweep, field), [&](const SweepRun* run) {
            const std::string& value = run->values[field];
            return value.empty() ? "as the base has it" : label.value(value);
          })};
}

std::string seeds_text(const Sweep& sweep) {
  std::vector<Index> seeds;
  for (const SweepRun& run : sweep.runs) {
    for (const Index seed : run.config.seeds) {
      if (std::find(seeds.begin(), seeds.end(), seed) == seeds.end()) seeds.push_back(seed);
    }
  }
  return joined(seeds);
}

/// Whether both are lists of as many objects, such as the methods of two experiments.
bool correspond(const Json& one, const Json& other) {
  return one.is_array() && other.is_array() && one.size() == other.size() && !one.empty() && one[0].is_object() &&
         other[0].is_object();
}

/// Removes from an object what is not the same in another.
void keep_equal(Json& json, const Json& other) {
  std::vector<std::string> gone;
  for (auto& [key, value] : json.items()) {
    const Json partner = other.contains(key) ? other.at(key) : Json();
    if (value.is_object() && partner.is_object()) {
      keep_equal(value, partner);
    } else if (correspond(value, partner)) {
      for (std::size_t i = 0; i < value.size(); ++i) keep_equal(value[i], partner[i]);
    } else if (value != partner) {
      gone.push_back(key);
    }
  }
  for (const std::string& key : gone) json.erase(key);
}

/// What all runs have in common. A field may change others with it, so runs are compared, one for each value.
Facts constant_facts(const Sweep& sweep) {
  Json common = write_fields(sweep.runs.front().config);
  for (std::size_t field = 0; field < sweep.fields.size(); ++field) {
    for (const SweepRun* const run : first_of_values(sweep, field)) keep_equal(common, write_fields(run->config));
  }
  if (sweep.seeded) common.erase("seeds");
  common.erase("name");
  common.erase("report");
  return facts_of("What is the same in all runs", common);
}

Facts varied_facts(const Sweep& sweep) {
  Facts facts{"What varies", {}};
  for (std::size_t i = 0; i < sweep.fields.size(); ++i) {
    const auto [name, values] = varied(sweep, i);
    const std::string& path = sweep.fields[i].path;
    facts.lines.emplace_back(name, name == path ? values : concat(values, " (", path, ")"));
  }
  if (sweep.seeded) facts.lines.emplace_back("seeds", seeds_text(sweep));
  return facts;
}

std::size_t count_done(const std::vector<RunOutcome>& outcomes) {
  return static_cast<std::size_t>(std::count_if(outcomes.begin(), outcomes.end(),
                                                [](const RunOutcome& outcome) { return outcome.results.has_value(); }));
}

std::vector<std::string> summary_of(const Sweep& sweep, const std::vector<RunOutcome>& outcomes) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < sweep.fields.size(); ++i) {
    const auto [name, values] = varied(sweep, i);
    lines.push_back(concat(i == 0 ? "A sweep over " : "and ", name, ": ", values));
  }
  if (sweep.fields.empty()) lines.push_back(concat("A sweep over seeds: ", seeds_text(sweep)));
  const auto failed = std::count_if(outcomes.begin(), outcomes.end(),
                                    [](const RunOutcome& outcome) { return !outcome.failure.empty(); });
  lines.push_back(concat(count_done(outcomes), " of ", outcomes.size(), " runs done",
                         failed > 0 ? concat(", ", failed, " failed") : "",
                         sweep.seeded && !sweep.fields.empty() ? concat("; seeds ", seeds_text(sweep)) : ""));
  lines.push_back(concat(now_text("%Y-%m-%d %H:%M UTC"), ", specfuse " SPECFUSE_VERSION));
  return lines;
}

}  // namespace

Table readable_table(const Sweep& sweep, const std::vector<RunOutcome>& outcomes) {
  SweepTable sheet = sweep_table(sweep, outcomes, short_table);
  Table& table = sheet.table;
  for (std::size_t i = 0; i < sweep.fields.size(); ++i) table.fields[i] = sweep.fields[i].label.axis();
  std::set<std::size_t> groups;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    groups.insert(table.rows[row].group);
    for (std::size_t i = 0; i < sweep.fields.size(); ++i) {
      const std::string& value = sheet.runs[row]->values[i];
      table.rows[row].fields[i] = value.empty() ? "" : sweep.fields[i].label.value(value);
    }
  }
  table.caption =
      concat(sweep.seeded ? "Mean and standard deviation over seeds. " : "", "The best is in bold",
             groups.size() > 1 ? ", of rows with the same data and degradation" : "", ". sweep.csv has every metric.");
  return table;
}

namespace {

/// What went wrong, and the warnings.
std::vector<std::string> notes_of(const Sweep& sweep, const std::vector<RunOutcome>& outcomes) {
  RunMessages messages;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (!outcomes[i].failure.empty()) messages.add(i, concat("failed: ", outcomes[i].failure));
    if (!outcomes[i].results) continue;
    for (const std::string& warning : outcomes[i].results->warnings) messages.add(i, concat("warning: ", warning, "."));
  }
  return messages.lines(sweep, Wording::labels);
}

Links links_of(const Sweep& sweep, const std::vector<RunOutcome>& outcomes) {
  Links links{"Runs", {}};
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const SweepRun& run = sweep.runs[i];
    Links::Link link{sweep.text_of(run, Wording::labels), "", "missing"};
    if (!outcomes[i].failure.empty()) link.note = "failed";
    if (outcomes[i].results) {
      double seconds = 0;
      for (const MethodResult& result : outcomes[i].results->methods) seconds += result.seconds();
      link.address = concat(run.folder(), "/", kReportFile);
      link.note = concat(number_text(seconds, seconds < 1 ? 2 : seconds < 10 ? 1 : 0), " s");
    }
    links.links.push_back(link);
  }
  return links;
}

}  // namespace

ReportContent sweep_page(const Sweep& sweep, const std::vector<RunOutcome>& outcomes, const Table& table,
                         const std::vector<FigureGroup>& figures) {
  ReportContent content;
  content.title = sweep.name;
  content.summary = summary_of(sweep, outcomes);
  if (!table.rows.empty()) content.tables.push_back(table);
  content.notes = notes_of(sweep, outcomes);
  content.groups = figures;
  content.links = {links_of(sweep, outcomes)};
  content.facts = {varied_facts(sweep), constant_facts(sweep)};
  return content;
}

}  // namespace specfuse
