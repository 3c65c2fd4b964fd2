#pragma once

#include <string>
#include <vector>

#include "specfuse/results/experiment_results.h"

namespace specfuse {

/// Sentences on how far the best result can be trusted: how near it is to the reference, or without one to its inputs;
/// how many warnings there were; how large its errors are; and which bands the MSI does not see.
std::vector<std::string> trust_sentences(const ExperimentResults& results, std::size_t warnings);

}  // namespace specfuse
