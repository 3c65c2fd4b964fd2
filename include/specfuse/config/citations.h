#pragma once

#include <string>
#include <vector>

namespace specfuse {

/// BibTeX of specfuse, of the paper it is built around and of those that these methods are from, each once under a
/// comment that names the methods: what `--cite` prints. A method without a paper is specfuse's own. Throws
/// `ConfigError` where there is no such method.
std::string citations_text(const std::vector<std::string>& methods);

}  // namespace specfuse
