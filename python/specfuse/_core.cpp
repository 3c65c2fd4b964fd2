// What Python calls of the library: images in memory, experiments on them, metrics.
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <csignal>
#include <optional>

#include "specfuse/compose/fuse_files.h"
#include "specfuse/config/config.h"
#include "specfuse/core/error.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/core/progress.h"
#include "specfuse/core/progress_listener.h"
#include "specfuse/core/threads.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/io/cube_writer.h"
#include "specfuse/io/held_image.h"
#include "specfuse/io/image_writer.h"
#include "specfuse/io/scene.h"
#include "specfuse/io/stored_as.h"
#include "specfuse/kernels/blas.h"
#include "specfuse/metrics/metrics.h"
#include "specfuse/report/picture.h"
#include "specfuse/run/experiment_scene.h"
#include "specfuse/run/fuse_in_memory.h"

namespace py = pybind11;

namespace specfuse {
namespace {

using Array = py::array_t<float, py::array::c_style | py::array::forcecast>;
using Attributes = std::map<std::string, AttributeValue>;

Cube cube_of(const Array& values) {
  if (values.ndim() != 3) throw py::value_error("expected an image [rows, cols, bands]");
  Cube cube;
  cube.values = Tensor::uninitialized({values.shape(0), values.shape(1), values.shape(2)});
  std::copy_n(values.data(), values.size(), cube.values.data());
  return cube;
}

/// The values of a tensor as an array that shares them.
Array array_of(const Tensor& values) {
  std::vector<py::ssize_t> shape;
  for (int i = 0; i < values.shape().rank(); ++i) shape.push_back(values.dim(i));
  auto* const owner = new Tensor(values);
  const py::capsule keeper(owner, [](void* tensor) { delete static_cast<Tensor*>(tensor); });
  return Array(shape, owner->data(), keeper);
}

/// While it lives, control-C stops what the library does and not Python.
class Interruptible {
 public:
  Interruptible() : before_(std::signal(SIGINT, SIG_DFL)) {
    const auto at_end = std::signal(SIGTERM, SIG_DFL);
    clear_interrupt();
    std::signal(SIGTERM, at_end);  // it ends Python as ever
  }
  ~Interruptible() { std::signal(SIGINT, before_); }
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;

 private:
  void (*before_)(int);
};

/// Of an experiment, without Python.
template <class Work>
auto alone(const Work& work) {
  const Interruptible interruptible;
  const py::gil_scoped_release release;
  auto result = work();
  SPECFUSE_CHECK_AS(Interrupted, !interrupted(), "interrupted");
  return result;
}

py::dict dict_of(const Cube& image) {
  py::dict dict;
  dict["values"] = array_of(image.values);
  dict["wavelength_nm"] = image.wavelength_nm;
  dict["attributes"] = image.attributes;
  if (!image.valid.empty()) dict["valid"] = py::array_t<std::uint8_t>({image.rows(), image.cols()}, image.valid.data());
  return dict;
}

ExperimentConfig config_of(const std::string& json) { return parse_config(json, "specfuse", {}); }

py::dict fuse_experiment(const std::string& json, const std::vector<std::string>& directories) {
  const FusionInMemory made = alone([&] { return fuse_in_memory(config_of(json), directories); });
  py::dict dict = dict_of(made.fusion.fused);
  dict["sigma"] = made.fusion.sigma ? py::object(array_of(made.fusion.sigma->values)) : py::none();
  dict["width_95"] = made.fusion.width_95;
  dict["warnings"] = made.warnings;
  dict["sensors"] = made.sensors;
  return dict;
}

py::dict estimate_sensors(const std::string& json, const std::vector<std::string>& directories) {
  const FusionInMemory found = alone([&] { return sensors_in_memory(config_of(json), directories); });
  py::dict dict;
  dict["warnings"] = found.warnings;
  dict["sensors"] = found.sensors;
  return dict;
}

py::tuple degrade_scene(const std::string& json, const std::vector<std::string>& directories) {
  const Pair pair = alone([&] {
    const ExperimentConfig config = config_of(json);
    return specfuse::make_pair(load_scene(config, directories), config.seeds.front());
  });
  return py::make_tuple(dict_of(pair.hsi), dict_of(pair.msi));
}

/// The experiment that fuses two files, with these fields ("path=value") as told.
std::string compose(const std::string& hsi, const std::string& msi, const std::string& method,
                    const std::vector<std::string>& settings) {
  return alone([&] { return composed_experiment({hsi, msi, "", method, settings, {"."}}); });
}

/// The cube with what is not a number as no data.
Cube with_gaps(const Array& values) {
  Cube cube = cube_of(values);
  NoData no_data;
  no_data.nan = true;
  mark_no_data(cube, no_data, {});
  return cube;
}

std::map<std::string, double> evaluate_arrays(const Array& reference, const Array& fused, Index ratio) {
  const Cube truth = with_gaps(reference), made = with_gaps(fused);
  const Scores scores = alone([&] { return evaluate(truth, made, ratio); });
  std::map<std::string, double> values;
  for (const Score& score : scores.values) values[score.key] = score.value;
  return values;
}

/// Writes an image, "values" with NaN where there is no data, "wavelength_nm" and "attributes", in the format of the
/// path's ending: as integers where "packing" [scale, offset] says how, and with its "sigma" and "width_95" in HDF5.
void write_image(const std::string& path, const py::dict& image) {
  const auto cube_with = [&](const char* values) {
    Cube cube = with_gaps(image[values].cast<Array>());
    cube.wavelength_nm = image["wavelength_nm"].cast<std::vector<double>>();
    cube.attributes = image["attributes"].cast<Attributes>();
    return cube;
  };
  const Cube cube = cube_with("values");
  const ImageWriter& writer = image_writer_for(path);
  if (image.contains("sigma")) {
    const Cube sigma = cube_with("sigma");
    return write_cube(path, cube, &sigma, image["width_95"].cast<double>());
  }
  if (!image.contains("packing") || writer.begin_packed == nullptr) return writer.write(path, cube);
  const auto [scale, offset] = image["packing"].cast<std::array<double, 2>>();
  writer.packed({scale, offset}).write(path, cube);
}

/// Scale and offset of a file of integers that a fused image is to be stored with, too; none where it has none.
std::optional<std::array<double, 2>> packing(const std::string& path) {
  const std::optional<Packing> found = packing_of(stored_as(path));
  if (!found) return {};
  return std::array{found->scale, found->offset};
}

/// PNG bytes of an image in natural colours.
py::bytes picture(const Array& values, const std::vector<double>& wavelength_nm) {
  Cube cube = cube_of(values);
  cube.wavelength_nm = wavelength_nm;
  return encode_png(composite(cube, stretch_of(cube)));
}

/// Has progress shown by a function of title, unit, done, total and whether it has ended; None: on standard error.
void listen_to_progress(const py::object& show) {
  if (show.is_none()) return set_progress_listener({});
  set_progress_listener([show](const ProgressState& now) {
    const py::gil_scoped_acquire acquire;
    try {
      show(now.title, now.unit, now.done, now.total, now.ended);
    } catch (py::error_already_set& problem) {
      problem.discard_as_unraisable("the progress of specfuse");
    }
  });
}

void translate(const std::exception_ptr& problem) {
  const py::module_ errors = py::module_::import("specfuse.errors");
  const auto set = [&](const char* name, const std::exception& what) {
    PyErr_SetString(errors.attr(name).ptr(), what.what());
  };
  try {
    std::rethrow_exception(problem);
  } catch (const ConfigError& what) {
    set("ConfigError", what);
  } catch (const DataError& what) {
    set("DataError", what);
  } catch (const Interrupted&) {
    PyErr_SetNone(PyExc_KeyboardInterrupt);
  }
}

}  // namespace
}  // namespace specfuse

PYBIND11_MODULE(_core, module) {
  using namespace specfuse;
  set_progress_visible(false);
  set_warnings_visible(false);
  py::register_exception_translator([](std::exception_ptr problem) {
    if (problem) translate(problem);
  });
  py::class_<HeldImage>(module, "HeldImage")
      .def(py::init([](const std::string& label, const Array& values, const std::vector<double>& wavelength_nm,
                       const Attributes& attributes) {
        Cube cube = cube_of(values);
        cube.wavelength_nm = wavelength_nm;
        cube.attributes = attributes;
        return std::make_unique<HeldImage>(label, std::move(cube));
      }))
      .def_property_readonly("name", &HeldImage::name);
  module.def("compose", compose);
  module.def("fuse", fuse_experiment);
  module.def("estimate", estimate_sensors);
  module.def("degrade", degrade_scene);
  module.def("evaluate", evaluate_arrays);
  module.def("picture", picture);
  module.def("write_image", write_image);
  module.def("packing", packing);
  module.def("show_progress", set_progress_visible);
  module.def("listen_to_progress", listen_to_progress);
  module.def("set_threads", set_threads);
  module.def("metrics", [] {
    std::map<std::string, std::string> definitions;
    for (const MetricInfo& metric : metric_list()) definitions[metric.key] = metric.definition;
    return definitions;
  });
}
