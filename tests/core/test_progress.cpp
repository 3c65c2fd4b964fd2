#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <regex>
#include <string>
#include <thread>

#include "specfuse/core/progress.h"
#include "specfuse/core/threads.h"

using namespace specfuse;

namespace {

/// What `work` writes to standard error where that is a terminal of so many columns.
std::string on_terminal(unsigned short columns, const std::function<void()>& work) {
  const int master = posix_openpt(O_RDWR | O_NOCTTY);
  REQUIRE(master >= 0);
  REQUIRE(grantpt(master) == 0);
  REQUIRE(unlockpt(master) == 0);
  const int terminal = open(ptsname(master), O_RDWR | O_NOCTTY), before = dup(STDERR_FILENO);
  REQUIRE(terminal >= 0);
  const winsize size{24, columns, 0, 0};
  ioctl(terminal, TIOCSWINSZ, &size);
  dup2(terminal, STDERR_FILENO);
  work();
  std::fflush(stderr);
  dup2(before, STDERR_FILENO);
  close(before);
  close(terminal);
  // What was written may come in pieces; with nobody left to write, reading fails at its end.
  std::string written;
  char piece[1 << 12];
  for (ssize_t got; (got = read(master, piece, sizeof piece)) > 0;)
    written.append(piece, static_cast<std::size_t>(got));
  close(master);
  return written;
}

/// What a terminal shows in the end of what was written: \r goes back, ESC [ K clears to the end of the line.
std::string seen(const std::string& written) {
  std::string all, line;
  std::size_t at = 0;
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (written[i] == '\r') {
      at = 0;
    } else if (written[i] == '\n') {
      all += line + "\n";
      line.clear();
      at = 0;
    } else if (written.compare(i, 3, "\x1b[K") == 0) {
      line.resize(at);
      i += 2;
    } else {
      line.resize(std::max(line.size(), at + 1), ' ');
      line[at++] = written[i];
    }
  }
  return all + line;
}

void wait_until_due() { std::this_thread::sleep_for(std::chrono::milliseconds(120)); }

}  // namespace

TEST_CASE("a loop shows how far it is under the title, and its line is gone when it ends") {
  const auto work = [] {
    const ProgressTitle title("hysure");
    Progress progress(30, "iterations");
    progress.tick();
    wait_until_due();
    progress.tick(9);
  };
  const std::string written = on_terminal(120, work);
  CHECK(written.find("hysure  [========                ] 10/30 iterations  ") != std::string::npos);
  CHECK(written.find(" left") != std::string::npos);
  CHECK(seen(written) == "");
}

TEST_CASE("before anything is done no time is foretold") {
  const auto work = [] {
    const ProgressTitle title("hysure");
    Progress progress(30, "iterations");
    wait_until_due();
    progress.update(0);
  };
  const std::string written = on_terminal(120, work);
  CHECK(written.find("0/30 iterations  ") != std::string::npos);
  CHECK(written.find(" left") == std::string::npos);
}

TEST_CASE("nothing is shown without a title, of a part of what is shown, or when quiet") {
  const auto loop = [] {
    Progress progress(2, "rounds");
    wait_until_due();
    progress.tick();
  };
  CHECK(on_terminal(120, loop) == "");
  const auto inside = [&] {
    const ProgressTitle title("plus");
    Progress outer(12, "candidates");
    parallel_for(2, [&](Index) { loop(); });
    Progress training("fuse", 10, "steps");
    training.update(5);
    outer.tick();
  };
  const std::string written = on_terminal(120, inside);
  CHECK(written.find("rounds") == std::string::npos);
  CHECK(written.find("steps") == std::string::npos);
  CHECK(written.find("1/12 candidates") != std::string::npos);
  const auto quiet = [&] {
    set_progress_visible(false);
    const ProgressTitle title("fuse");
    loop();
    say("news");
    warn("odd");
    set_warnings_visible(false);
    warn("another rank says so");
    set_progress_visible(true);
    set_warnings_visible(true);
  };
  CHECK(on_terminal(120, quiet) == "warning: odd\r\n");
  CHECK(on_terminal(120, [&] {
          const ProgressTitle title("fuse");
          loop();
        }).find("fuse") != std::string::npos);
}

TEST_CASE("news stand on lines of their own") {
  const auto work = [] {
    const ProgressTitle title("csu");
    Progress progress(20, "rounds");
    wait_until_due();
    progress.tick();
    say("warning: dark");
  };
  CHECK(seen(on_terminal(120, work)) == "warning: dark\n");
}

TEST_CASE("where the terminal is narrow the bar is left out, and then the line is cut") {
  const auto work = [] {
    const ProgressTitle title("méthode");
    Progress progress(20, "rounds");
    wait_until_due();
    progress.tick();
  };
  const std::string narrow = on_terminal(45, work);
  CHECK(narrow.find("\rméthode  1/20 rounds  ") != std::string::npos);
  CHECK(narrow.find(" left\x1b[K") != std::string::npos);
  CHECK(on_terminal(12, work).find("\rméthode  1/\x1b[K") != std::string::npos);
}

TEST_CASE("a job with a title of its own leaves a line; what was done before it began does not count as quick") {
  const auto work = [] {
    Progress progress("net", 1000, "steps", 900);
    wait_until_due();
    progress.update(910, "loss 1");
  };
  const std::string written = on_terminal(120, work);
  CHECK(written.find("910/1000 steps") != std::string::npos);
  CHECK(written.find(" left  loss 1") != std::string::npos);
  CHECK(written.find("0:00 left") ==
        std::string::npos);  // a tenth of a second for the 10, and so a second for the rest
  CHECK(seen(written).starts_with("net  910/1000 steps  "));
  CHECK(seen(written).ends_with("in 0:00  loss 1\n"));
}

TEST_CASE("where the total is not known the time is shown, and a total may be found later") {
  const auto unknown = [] {
    const ProgressTitle title("numpy");
    Progress progress(0, "");
    wait_until_due();
    progress.tick(0);
  };
  CHECK(on_terminal(120, unknown).find("\rnumpy  0:00\x1b[K") != std::string::npos);
  const auto found = [] {
    const ProgressTitle title("fuse");
    Progress progress(300, "iterations");
    progress.tick();
    progress.expect(60);
    wait_until_due();
    progress.tick();
  };
  CHECK(on_terminal(120, found).find("2/60 iterations") != std::string::npos);
}

TEST_CASE("hours stand before minutes, and a hundred of them are the most") {
  const auto work = [](Index total) {
    return [total] {
      const ProgressTitle title("net");
      Progress progress(total, "steps");
      wait_until_due();
      progress.tick();
    };
  };
  CHECK(on_terminal(120, work(Index{1} << 50)).find("  99:59:59 left") != std::string::npos);
  // 50000 steps of a tenth of a second and somewhat more.
  const std::string written = on_terminal(120, work(50000));
  const std::regex clock("  ([0-9]+):([0-9]{2}):[0-9]{2} left");
  std::smatch found;
  REQUIRE(std::regex_search(written, found, clock));
  const int minutes = 60 * std::stoi(found[1]) + std::stoi(found[2]);
  CHECK(minutes >= 100);
  CHECK(std::stoi(found[2]) < 60);
}

TEST_CASE("elsewhere than on a terminal a loop of less than five seconds shows nothing") {
  char name[] = "/tmp/specfuse-progress-XXXXXX";
  const int file = mkstemp(name), before = dup(STDERR_FILENO);
  REQUIRE(file >= 0);
  dup2(file, STDERR_FILENO);
  {
    const ProgressTitle title("hysure");
    Progress progress(30, "iterations");
    wait_until_due();
    progress.tick();
  }
  dup2(before, STDERR_FILENO);
  close(before);
  CHECK(lseek(file, 0, SEEK_END) == 0);
  close(file);
  unlink(name);
}
