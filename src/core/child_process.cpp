#include "specfuse/core/child_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sstream>

#include "specfuse/core/error.h"
#include "specfuse/core/peak_memory.h"

extern char** environ;

namespace specfuse {
namespace {

constexpr long kMostOutput = 1 << 20;

/// Texts as exec wants them.
class Pointers {
 public:
  explicit Pointers(std::vector<std::string> texts) : texts_(std::move(texts)) {
    for (std::string& text : texts_) pointers_.push_back(text.data());
    pointers_.push_back(nullptr);
  }
  char* const* get() const { return pointers_.data(); }

 private:
  std::vector<std::string> texts_;
  std::vector<char*> pointers_;
};

/// The variables of this process and those added; the last of a name is the one that counts.
std::vector<std::string> environment_with(const std::vector<std::string>& added) {
  const auto name_of = [](const std::string& variable) { return variable.substr(0, variable.find('=')); };
  std::vector<std::string> all = added;
  for (char** variable = environ; *variable; ++variable) {
    const std::string name = name_of(*variable);
    if (std::none_of(added.begin(), added.end(), [&](const std::string& other) { return name_of(other) == name; }))
      all.emplace_back(*variable);
  }
  return all;
}

/// Runs between fork and exec, where only async-signal-safe calls are allowed.
[[noreturn]] void become_program(const Command& command, char* const* arguments, char* const* environment, int output,
                                 pid_t parent, const sigset_t& signals) {
  // In a process group of its own: an interrupt typed at the terminal reaches the parent alone, which passes it on.
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  sigprocmask(SIG_SETMASK, &signals, nullptr);
  const int nothing = open("/dev/null", O_RDWR);
  dup2(nothing, STDIN_FILENO);
  dup2(command.keep_output ? output : nothing, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  if (command.descriptor >= 0) fcntl(command.descriptor, F_SETFD, 0);
  execvpe(command.program.c_str(), arguments, environment);
  _exit(127);
}

std::string end_of(std::FILE* file) {
  std::fseek(file, 0, SEEK_END);
  const long size = std::ftell(file), kept = std::clamp(size, 0l, kMostOutput);
  std::string text(static_cast<std::size_t>(kept), '\0');
  std::fseek(file, size - kept, SEEK_SET);
  text.resize(std::fread(text.data(), 1, text.size(), file));
  return text;
}

}  // namespace

ChildProcess::ChildProcess(const Command& command) : output_(std::tmpfile()) {
  SPECFUSE_CHECK(output_ != nullptr, "cannot make a temporary file: ", std::strerror(errno));
  const Pointers arguments(command.arguments), environment(environment_with(command.environment));
  const int output = fileno(output_.get());
  fcntl(output, F_SETFD, FD_CLOEXEC);
  const pid_t parent = getpid();
  // A signal between fork and exec must not be lost to the parent's handler.
  sigset_t held, before;
  sigemptyset(&held);
  sigaddset(&held, SIGINT);
  sigaddset(&held, SIGTERM);
  sigprocmask(SIG_BLOCK, &held, &before);
  process_ = fork();
  if (process_ == 0) become_program(command, arguments.get(), environment.get(), output, parent, before);
  const int reason = errno;
  if (process_ > 0) setpgid(process_, process_);  // by whichever of the two comes first
  sigprocmask(SIG_SETMASK, &before, nullptr);
  SPECFUSE_CHECK(process_ > 0, "cannot start a process: ", std::strerror(reason));
}

ChildProcess::~ChildProcess() {
  if (process_ < 0) return;
  kill(-process_, SIGKILL);
  waitpid(process_, nullptr, 0);
}

std::optional<ChildProcess::Ending> ChildProcess::ending() {
  siginfo_t news{};
  waitid(P_PID, static_cast<id_t>(process_), &news, WEXITED | WNOHANG | WNOWAIT);
  if (news.si_pid != process_) return std::nullopt;
  kill(-process_, SIGKILL);  // what it left behind; its number is still its own
  int status = 0;
  waitpid(process_, &status, 0);
  process_ = -1;
  return Ending{WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), end_of(output_.get())};
}

double ChildProcess::peak_memory_mb() const {
  return process_ < 0 ? 0 : specfuse::peak_memory_mb(std::to_string(process_));
}

void ChildProcess::terminate() const { kill(-process_, SIGTERM); }

bool can_start(const std::string& program) {
  const auto runs = [](const std::string& file) {
    std::error_code ignored;
    return std::filesystem::is_regular_file(file, ignored) && access(file.c_str(), X_OK) == 0;
  };
  if (program.find('/') != std::string::npos) return runs(program);
  const char* const path = std::getenv("PATH");
  std::istringstream folders(path ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (!program.empty() && runs(folder + "/" + program)) return true;
  }
  return false;
}

std::string last_line_of(const std::string& text) {
  std::istringstream lines(text);
  std::string last;
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty()) last = line;
  }
  return last;
}

}  // namespace specfuse
