#include "sweep/child_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "specfuse/core/error.h"

namespace specfuse {
namespace {

/// Runs between fork and exec, where only async-signal-safe calls are allowed.
[[noreturn]] void become_program(char* const* arguments, int errors, int descriptor, pid_t parent,
                                 const sigset_t& signals) {
  // In a process group of its own: an interrupt typed at the terminal reaches the parent alone, which passes it on.
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  sigprocmask(SIG_SETMASK, &signals, nullptr);
  const int nothing = open("/dev/null", O_RDWR);
  dup2(nothing, STDIN_FILENO);
  dup2(nothing, STDOUT_FILENO);
  dup2(errors, STDERR_FILENO);
  fcntl(descriptor, F_SETFD, 0);
  execv("/proc/self/exe", arguments);
  _exit(127);
}

std::string last_line_of(std::FILE* file) {
  std::string line, last;
  std::rewind(file);
  for (int character = std::fgetc(file); character != EOF; character = std::fgetc(file)) {
    if (character != '\n') {
      line += static_cast<char>(character);
    } else if (!line.empty()) {
      last = std::exchange(line, {});
    }
  }
  return line.empty() ? last : line;
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& arguments, int descriptor) : errors_(std::tmpfile()) {
  SPECFUSE_CHECK(errors_ != nullptr, "cannot make a temporary file: ", std::strerror(errno));
  std::string name = "run_experiment";
  std::vector<std::string> texts = arguments;
  std::vector<char*> pointers{name.data()};
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  const int errors = fileno(errors_.get());
  fcntl(errors, F_SETFD, FD_CLOEXEC);
  const pid_t parent = getpid();
  // A signal between fork and exec must not be lost to the parent's handler.
  sigset_t held, before;
  sigemptyset(&held);
  sigaddset(&held, SIGINT);
  sigaddset(&held, SIGTERM);
  sigprocmask(SIG_BLOCK, &held, &before);
  process_ = fork();
  if (process_ == 0) become_program(pointers.data(), errors, descriptor, parent, before);
  const int reason = errno;
  sigprocmask(SIG_SETMASK, &before, nullptr);
  SPECFUSE_CHECK(process_ > 0, "cannot start a process: ", std::strerror(reason));
}

ChildProcess::~ChildProcess() {
  if (process_ < 0) return;
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
}

std::optional<ChildProcess::Ending> ChildProcess::ending() {
  int status = 0;
  if (waitpid(process_, &status, WNOHANG) != process_) return std::nullopt;
  process_ = -1;
  return Ending{WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), last_line_of(errors_.get())};
}

void ChildProcess::terminate() const { kill(process_, SIGTERM); }

}  // namespace specfuse
