#include "run/method_files.h"

#include "specfuse/run/apply.h"

namespace specfuse {
namespace {

FileFinder finder(const std::vector<std::string>& directories) {
  return [&directories](const std::string& name) { return find_checkpoint(name, directories); };
}

}  // namespace

std::unique_ptr<FusionMethod> make_method(const MethodConfig& entry, const std::vector<std::string>& directories) {
  std::unique_ptr<FusionMethod> method = entry.options->make();
  method->find_files(finder(directories));
  return method;
}

std::vector<std::string> files_of_methods(const ExperimentConfig& config, const std::vector<std::string>& directories) {
  std::vector<std::string> files;
  for (const MethodConfig& entry : config.methods) {
    if (entry.checkpoint) files.push_back(find_checkpoint(*entry.checkpoint, directories));
    for (const std::string& file : entry.options->make()->find_files(finder(directories))) files.push_back(file);
  }
  return files;
}

}  // namespace specfuse
