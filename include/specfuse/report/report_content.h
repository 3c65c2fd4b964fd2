#pragma once

#include <string>
#include <utility>
#include <vector>

#include "specfuse/config/json_fields.h"
#include "specfuse/report/figure.h"
#include "specfuse/report/viewer.h"
#include "specfuse/results/experiment_results.h"
#include "specfuse/results/result_tables.h"

namespace specfuse {

/// Names and values under one heading.
struct Facts {
  std::string title;
  std::vector<std::pair<std::string, std::string>> lines;
};

/// Other pages, under one heading.
struct Links {
  struct Link {
    std::string text;
    /// Relative to the page; empty where there is no such page.
    std::string address;
    /// What is said of it behind the text.
    std::string note;
  };
  std::string title;
  std::vector<Link> links;
};

/// Everything on the report's page, in the order of the page; `report_html` makes the page.
struct ReportContent {
  std::string title;
  /// Lines under the title.
  std::vector<std::string> summary;
  /// Whether it can be trusted, in plain words, and what speaks against it.
  std::vector<std::string> trust = {}, warnings = {};
  /// The scores, and tables that are folded away.
  std::vector<Table> tables, more_tables = {};
  std::vector<std::string> notes;
  std::vector<Decision> decisions = {};
  std::vector<FigureGroup> groups;
  /// How many of them stand before the tables.
  std::size_t leading = 0;
  std::vector<Links> links = {};
  /// Folded away.
  std::vector<Facts> facts;
  /// To look closer at the pictures.
  ViewerData viewer = {};
};

/// Every value in JSON under its key path; what is null or empty says nothing and is left out.
Facts facts_of(const std::string& title, const Json& json);

/// The report of an experiment: its tables, the figures of its scene, of which the first leads, its loss curves, and
/// how it was made.
ReportContent report_content(const ExperimentResults& results, const ResultTables& tables,
                             std::vector<FigureGroup> figures);

}  // namespace specfuse
