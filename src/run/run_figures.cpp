#include "run/run_figures.h"

#include "specfuse/core/error.h"
#include "specfuse/metrics/metrics.h"
#include "specfuse/report/picture.h"

namespace specfuse {
namespace {

Cube shown(const Cube& cube, const std::optional<Rectangle>& part) { return part ? crop(cube, *part) : cube; }

std::optional<Cube> figure_reference(const Task& task) {
  if (!task.reference_in_memory) return {};
  return shown(*task.reference_in_memory, task.scored);
}

SceneFigures figures_of(const Task& task, const std::optional<Cube>& reference) {
  const Pair pair = task.scored ? crop_pair(task.pair_in_memory, *task.scored) : task.pair_in_memory;
  const PixelPlace place = task.scored ? PixelPlace{task.scored->row, task.scored->col} : PixelPlace{};
  return {pair.hsi, pair.msi, reference, place};
}

CubeCopy copy_of(const Task& task, const std::optional<Cube>& reference, std::size_t results) {
  const Pair pair = task.scored ? crop_pair(task.pair_in_memory, *task.scored) : task.pair_in_memory;
  CubeCopyOptions options;
  if (task.scored) options.row = task.scored->row, options.col = task.scored->col;
  options.results = static_cast<Index>(results);
  return {pair.hsi, reference, pair.msi.rows() / pair.hsi.rows(), options};
}

/// The parts of a split, and what the figures of the scored part show closer.
std::vector<Mark> marks_of(const SceneFigures& figures, const ProtocolConfig& protocol) {
  std::vector<Mark> marks;
  if (protocol.train) marks.push_back({"train", *protocol.train});
  if (protocol.validation) marks.push_back({"validation", *protocol.validation});
  if (protocol.test) marks.push_back({"test", *protocol.test});
  const FigureData data = figures.data();
  if (data.detail) marks.push_back({"detail", *data.detail});
  for (std::size_t i = 0; i < data.samples.size(); ++i) {
    marks.push_back({concat(i + 1), {data.samples[i].row, data.samples[i].col, 1, 1}});
  }
  return marks;
}

}  // namespace

RunFigures::RunFigures(const Scene& scene, const Task& task, const ProtocolConfig& protocol, std::size_t results)
    : scored_(task.scored), ratio_(task.pair->degradation().ratio), reference_(figure_reference(task)),
      figures_(figures_of(task, reference_)), cubes_(copy_of(task, reference_, results)) {
  const Cube& whole = task.reference_in_memory ? *task.reference_in_memory : task.pair_in_memory.msi;
  marks_ = marks_of(figures_, protocol);
  overview_ = overview_figure(composite(whole, stretch_of(whole)), marks_);
  psf_ = task.pair->degradation().psf;
  response_ = task.pair_in_memory.degradation.srf;
  if (task.pair_in_memory.disagreement.values.defined()) {
    const Cube units = crop_bands(task.pair_in_memory.disagreement, 0, 1);
    disagreement_ = units.values.reshape({units.rows(), units.cols()});
  }
  msi_names_ = scene.msi_names;
  wavelength_nm_ = task.pair_in_memory.hsi.wavelength_nm;
}

std::vector<FigureGroup> RunFigures::groups() const {
  std::vector<FigureGroup> groups = figures_.groups();
  // The images first, then what the page says of the sensors and of both inputs; spectra are last.
  groups.insert(groups.begin() + 1, overview_);
  if (response_.defined()) groups.insert(groups.begin() + 1, response_figure(response_, wavelength_nm_, msi_names_));
  if (disagreement_.defined()) groups.insert(groups.end() - 1, disagreement_figure(disagreement_));
  return groups;
}

FigureData RunFigures::data() const {
  FigureData data = figures_.data();
  for (const Mark& mark : marks_) data.parts.emplace_back(mark.name, mark.part);
  data.psf = psf_;
  data.response = response_;
  data.msi_names = msi_names_;
  return data;
}

ViewerData RunFigures::viewer() const { return cubes_.viewer(figures_.detail()); }

void RunFigures::add(const MethodName& method, const ShownResult& result) {
  const Cube part = shown(result.fused, scored_);
  std::optional<Differences> differences;
  if (reference_) {
    differences = {error_map(*reference_, part), sam_map_deg(*reference_, part)};
  }
  Tensor expected;
  if (result.sigma) {
    const Cube sigma = shown(*result.sigma, scored_);
    expected = error_map(Cube(sigma.rows(), sigma.cols(), sigma.bands()), sigma);  // NaN where there is no data
  }
  std::array<Tensor, 2> maps;
  for (const Index input : {0, 1}) {
    const Cube& map = result.against_inputs;
    const std::optional<Rectangle> coarse =
        scored_ ? std::optional(Rectangle{scored_->row / ratio_, scored_->col / ratio_, scored_->rows / ratio_,
                                          scored_->cols / ratio_})
                : std::nullopt;
    const Cube one = shown(crop_bands(map, input, 1), coarse);
    if (input == 0 || response_.defined())
      maps[static_cast<std::size_t>(input)] = error_map(Cube(one.rows(), one.cols(), 1), one);
  }
  figures_.add(method, part, differences, expected, maps);
  cubes_.add(method.title, part);
}

}  // namespace specfuse
