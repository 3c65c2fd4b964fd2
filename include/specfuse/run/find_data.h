#pragma once

#include <string>
#include <vector>

namespace specfuse {

/// Where data is looked for: `given`, then each of $SPECFUSE_DATA (separated by colons), then data/.
std::vector<std::string> data_directories(const std::vector<std::string>& given);

/// The same, and before them where one stands: for names on the command line, and of checkpoints.
std::vector<std::string> here_first(const std::vector<std::string>& directories);

/// The first of directory/name that is there, be it a file or the folder of a product; an absolute name stands for
/// itself. Throws `DataError` listing the directories and saying where to get the data.
std::string find_file(const std::string& name, const std::vector<std::string>& directories);

}  // namespace specfuse
