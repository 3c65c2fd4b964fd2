#pragma once

#include <string>
#include <vector>

#include "run/result_folder.h"
#include "specfuse/report/experiment_results.h"
#include "specfuse/report/figure.h"
#include "specfuse/report/result_tables.h"
#include "specfuse/report/viewer.h"
#include "specfuse/run/protocol.h"

namespace specfuse {

/// What the terminal shows of the results.
std::string summary_text(const ResultTables& tables);

/// What the terminal showed of a run that was done before.
std::string earlier_summary(const ResultFolder& folder, const ExperimentConfig& config);

/// Makes the folders of all results, and keeps a scene that was made up for this run and is found nowhere else.
void begin_files(const ExperimentConfig& config, const Scene& scene, ResultFolder& folder);

/// Says what was found of the sensors, and stages what both images disagree on, as HDF5 and in `format`; of the first
/// seed alone.
void keep_sensors(const Task& task, ResultFolder& folder, const std::string& format);

/// What the report shows of the scene.
struct SceneOnPage {
  std::vector<FigureGroup> figures;
  ViewerData viewer;
};

/// Stages all files of the whole experiment and publishes everything that is staged. `log` is the training log. Returns
/// `summary_text`.
std::string write_results(const ExperimentResults& results, SceneOnPage scene, const std::string& log,
                          ResultFolder& folder);

}  // namespace specfuse
