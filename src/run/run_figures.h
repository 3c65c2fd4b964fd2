#pragma once

#include <optional>
#include <string>
#include <vector>

#include "run/scoring.h"
#include "specfuse/report/cube_copy.h"
#include "specfuse/report/input_figures.h"
#include "specfuse/report/scene_figures.h"
#include "specfuse/run/protocol.h"

namespace specfuse {

/// The figures of a run: of its first seed, of the part that is scored. Those of other seeds would look the same.
class RunFigures {
 public:
  /// Of as many results as will be added.
  RunFigures(const Scene& scene, const Task& task, const ProtocolConfig& protocol, std::size_t results);
  void add(const MethodName& method, const ShownResult& result);
  std::vector<FigureGroup> groups() const;
  FigureData data() const;
  ViewerData viewer() const;

 private:
  std::optional<Rectangle> scored_;
  Index ratio_;
  std::optional<Cube> reference_;
  SceneFigures figures_;
  CubeCopy cubes_;
  std::vector<Mark> marks_;
  FigureGroup overview_;
  Tensor psf_, response_, disagreement_;
  std::vector<std::string> msi_names_;
  std::vector<double> wavelength_nm_;
};

}  // namespace specfuse
