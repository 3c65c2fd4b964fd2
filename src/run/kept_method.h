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

/// The folder for the files of a result, with nothing in it: a run that was killed may have left some half-written.
std::string begin_result(const ResultFolder& folder, const std::string& result);

/// The same of a result whose image is in its place already.
void keep_streamed(const ResultFolder& folder, const MethodResult& result, const Checkpoint& checkpoint,
                   const std::string& config);

/// What was kept beside the files of the result of this name: times, memory and remarks; none where it is not whole.
std::optional<MethodResult> find_summary(const ResultFolder& folder, const std::string& result);

/// Makes the files of a kept result those to be published.
void stage_method(const ResultFolder& folder, const std::string& result);

/// Keeps no longer that the result is complete.
void forget_method(const ResultFolder& folder, const std::string& result);

}  // namespace specfuse
