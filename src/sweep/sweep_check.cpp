#include "sweep/sweep_check.h"

#include "specfuse/run/check_experiments.h"
#include "sweep/run_folder.h"
#include "sweep/run_messages.h"

namespace specfuse {

std::vector<std::string> check_sweep(const Sweep& sweep, const SweepOptions& options) {
  RunMessages mistakes, doubts;
  std::vector<std::size_t> places;
  std::vector<const ExperimentConfig*> configs;
  for (std::size_t i = 0; i < sweep.runs.size(); ++i) {
    const SweepRun& run = sweep.runs[i];
    if (const auto done = RunFolder(options.out, run.hash).results(run.config)) {  // its data may be gone by now
      for (const std::string& doubt : done->doubts) doubts.add(i, doubt);
      continue;
    }
    places.push_back(i);
    configs.push_back(&run.config);
  }
  const std::vector<Findings> findings = check_experiments(configs, options.data_directories);
  bool of_data_alone = true;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    for (const Findings::Mistake& mistake : findings[i].mistakes) {
      mistakes.add(places[i], mistake.text);
      of_data_alone = of_data_alone && mistake.of_data;
    }
    for (const std::string& doubt : findings[i].doubts) doubts.add(places[i], doubt);
  }
  refuse(sweep, mistakes, of_data_alone);
  return doubts.lines(sweep);
}

}  // namespace specfuse
