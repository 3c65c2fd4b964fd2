#pragma once

#include <optional>
#include <string>
#include <vector>

#include "specfuse/report/figures_inputs.h"
#include "specfuse/report/figures_scene.h"
#include "specfuse/run/protocol.h"

namespace specfuse {

/// The figures of one seed, of the part that is scored. Those of other seeds would look the same.
class ShownScene {
 public:
  ShownScene(const Scene& scene, const Task& task, const ProtocolConfig& protocol);
  void add(const std::string& label, const Cube& fused);
  std::vector<FigureGroup> groups() const;
  FigureData data() const;

 private:
  std::optional<Rectangle> scored_;
  std::optional<Cube> reference_;
  SceneFigures figures_;
  std::vector<Mark> marks_;
  FigureGroup overview_;
  Tensor response_;
  std::vector<double> wavelength_nm_;
};

}  // namespace specfuse
