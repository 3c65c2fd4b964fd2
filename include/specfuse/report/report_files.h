#pragma once

#include <string>
#include <vector>

#include "specfuse/report/figure.h"
#include "specfuse/report/viewer.h"
#include "specfuse/results/publish.h"

namespace specfuse {

/// What the terminal shows of the results.
std::string summary_text(const ExperimentResults& results);

/// What the report shows of the scene.
struct SceneOnPage {
  std::vector<FigureGroup> figures;
  ViewerData viewer;
};

/// The files that show results to people: tables, the report, and its figures.
std::vector<ResultFile> report_files(const ExperimentResults& results, SceneOnPage scene);

/// The pictures and charts of all groups as files, ready for a paper.
std::vector<ResultFile> figure_files(const std::vector<FigureGroup>& groups);

}  // namespace specfuse
