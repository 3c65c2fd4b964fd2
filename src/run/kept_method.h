#pragma once

#include <optional>

#include "run/method_run.h"
#include "run/result_folder.h"

namespace specfuse {

/// Keeps a method's result, complete with all its files, so that a run that is cut off later need not make it again.
/// The images are also written in `format`, one of `image_formats`.
void keep_method(const ResultFolder& folder, const Fusion& fusion, const std::vector<FitContext>& fits,
                 const std::string& format);

/// What was kept of the result of this name, its scores not included; none where it is not there or not whole.
std::optional<Fusion> find_method(const ResultFolder& folder, const std::string& result);

/// Makes the files of a kept result those to be published.
void stage_method(const ResultFolder& folder, const std::string& result);

/// Keeps no longer that the result is complete.
void forget_method(const ResultFolder& folder, const std::string& result);

}  // namespace specfuse
