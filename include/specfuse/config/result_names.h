#pragma once

#include <array>

namespace specfuse {

/// What a run writes at the top of its result folder, beside one folder for each result. A label that is one of these
/// names is refused before the run starts.
inline constexpr const char* kConfigFile = "config.json";
/// How far both images of a pair disagree; beside it the same in the format of the fused images.
inline constexpr const char* kDisagreementFile = "disagreement.h5";
inline constexpr const char* kEnvironmentFile = "environment.json";
/// By a sweep, beside a run that failed.
inline constexpr const char* kFailureFile = "failed.txt";
inline constexpr const char* kFigureFolder = "figures";
inline constexpr const char* kLogFile = "log.jsonl";
inline constexpr const char* kScoresCsv = "metrics.csv";
inline constexpr const char* kMetricsFile = "metrics.json";
inline constexpr const char* kProfileFile = "profile.json";
/// Flags of the pixels of a measured pair's results; the ending is that of their format.
inline constexpr const char* kQualityName = "quality";
inline constexpr const char* kReportFile = "report.html";
/// The copy of the cubes for the viewer of the report, where it is too large for the page.
inline constexpr const char* kReportCubesFile = "report_cubes.js";
inline constexpr const char* kSceneFile = "scene.h5";
inline constexpr const char* kScoresMarkdown = "table.md";
inline constexpr const char* kScoresLatex = "table.tex";
inline constexpr const char* kSignificanceLatex = "table_p.tex";

inline constexpr std::array kResultNames = {kConfigFile,     kDisagreementFile, kEnvironmentFile,  kFailureFile,
                                            kFigureFolder,   kLogFile,          kScoresCsv,        kMetricsFile,
                                            kProfileFile,    kReportFile,       kReportCubesFile,  kSceneFile,
                                            kScoresMarkdown, kScoresLatex,      kSignificanceLatex};

/// What is written into the folder of each result.
inline constexpr const char* kFusedFile = "fused.h5";
inline constexpr const char* kCheckpointFile = "checkpoint.h5";
inline constexpr const char* kPretrainedFile = "pretrained.h5";
/// The output of an external program.
inline constexpr const char* kOutputFile = "output.txt";

/// Folders for what is not whole yet, and for what --resume needs. No label starts with a dot.
inline constexpr const char* kUnfinishedFolder = ".unfinished";
inline constexpr const char* kResumeFolder = ".resume";
/// The metrics of an earlier run while those of another take its place.
inline constexpr const char* kEarlierFile = ".earlier.json";
/// In the folder for --resume, of what the run is made of.
inline constexpr const char* kDataHashFile = "data_hash.txt";

}  // namespace specfuse
