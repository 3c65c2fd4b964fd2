#include "io/folder_beside.h"

#include <unistd.h>

#include "specfuse/core/error.h"
#include "specfuse/io/file.h"

namespace fs = std::filesystem;

namespace specfuse {

FolderBeside::FolderBeside(const std::string& path)
    : folder_(concat(path, ".tmp-", ::getpid())), file_((folder_ / fs::path(path).filename()).string()) {
  std::error_code reason;
  fs::create_directory(folder_, reason);
  SPECFUSE_CHECK(!reason, "cannot write ", path, ": ", reason.message());
}

FolderBeside::~FolderBeside() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void FolderBeside::move_out() const {
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_))
    move_file(entry.path().string(), (folder_.parent_path() / entry.path().filename()).string());
}

}  // namespace specfuse
