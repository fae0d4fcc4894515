#include "common/program/program.h"

#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <memory>
#include <new>
#include <sstream>
#include <string>

#include "common/base/escape.h"
#include "common/demo/slow_server.h"
#include "common/http/jobs.h"
#include "common/net/interrupt.h"
#include "common/net/wakeup.h"
#include "common/program/file_limit.h"
#include "common/program/options.h"
#include "common/program/recording.h"
#include "common/view/output.h"
#include "common/view/report.h"

namespace {

using FetchAll = void (*)(Jobs&, std::size_t);

// CPU time of this thread alone: the embedded server's isn't the client's.
double thread_cpu_seconds() {
  timespec time = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) +
         static_cast<double>(time.tv_nsec) / 1e9;
}

// Whether `error` says that something is refused, and not that this system, or
// file system, or a filter of system calls doesn't know how to ask.
bool is_refusal(int error) {
  return error == EACCES || error == EROFS || error == EWOULDBLOCK;
}

// The directory for the bodies, open; empty if none is wanted.
Descriptor open_directory(const std::string& name) {
  if (name.empty()) {
    return Descriptor();
  }
  int fd = open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
#ifdef O_PATH
  if (fd == -1 && errno == EACCES) {  // it may be writable all the same
    fd = open(name.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  }
#endif
  Descriptor directory = fd == -1 ? Descriptor() : Descriptor(fd, Phase::kNone);
  // Asked beforehand, as a courtesy: each fetch would fail. And two runs would
  // take each other's files for their own (flock(2)).
  if (fd == -1 ||
      (faccessat(fd, ".", W_OK | X_OK, AT_EACCESS) == -1 &&
       is_refusal(errno)) ||
      (flock(fd, LOCK_EX | LOCK_NB) == -1 && is_refusal(errno))) {
    const std::string cause =
        errno == EWOULDBLOCK ? "another run writes to it" : error_text(errno);
    throw OutputError("cannot write to the directory '" + escape(name) +
                      "': " + cause);
  }
  return directory;
}

// What one fetch may have open at a time: a name lookup, or a socket and a
// file; in the demo, the server's socket too.
std::size_t files_of(const Options& options) {
  const std::size_t fetching = options.output_dir.empty() ? 1 : 2;
  return std::max(fetching, Wakeup::kFiles) + (options.demo ? 1 : 0);
}

Report::Style style_of(const Options& options) {
  return options.quiet || options.story ? Report::Style::kQuiet
         : options.json                 ? Report::Style::kJson
                                        : Report::Style::kText;
}

// Writes the trace file, if one is wanted. Returns whether that went well.
bool write_trace_file(const std::string& name, Recording& recording,
                      const Options& options) try {
  recording.write_trace_file(name);
  if (recording.dropped() > 0 && !options.trace_file.empty()) {
    write_error(name + ": warning: the trace file lacks the last " +
                std::to_string(recording.dropped()) +
                " events: the record is full\n");
  }
  return true;
} catch (const OutputError& error) {
  write_error(name + ": " + error.what() + "\n");
  return false;
}

// Tells of fetches that could have run at a time and didn't.
void warn_of_limit(const std::string& name, const Options& options,
                   const Jobs& jobs, std::size_t allowed) {
  const std::uint64_t wanted =
      std::min<std::uint64_t>(options.concurrency, jobs.total());
  if (allowed < wanted && jobs.peak_in_flight() == allowed) {
    write_error(name + ": warning: only " + std::to_string(allowed) +
                (allowed == 1 ? " fetch" : " fetches") +
                " at a time: the limit on open files allows no more\n");
  }
}

// Fetches them all and returns the exit status.
int fetch_and_report(const std::string& name, FetchAll fetch_all,
                     const Options& options) {
  const std::uint64_t total = options.urls.size() * options.settings.repeat;
  const std::size_t concurrency = allowed_concurrency(
      std::min<std::uint64_t>(options.concurrency, total), files_of(options));
  Recording recording(options);
  Report report(style_of(options), total);
  Jobs jobs(options.urls, options.settings,
            [&report](const Job& job) { report.ended(job); });
  recording.start();
  const Clock::time_point start = Clock::now();
  const double cpu_start = thread_cpu_seconds();
  try {
    fetch_all(jobs, concurrency);
  } catch (const Interrupted&) {
    // What it has to say is said below.
  } catch (...) {
    recording.end();
    write_trace_file(name, recording, options);
    throw;
  }
  const Clock::duration wall = Clock::now() - start;
  const double cpu = thread_cpu_seconds() - cpu_start;
  recording.end();
  const bool traced = write_trace_file(name, recording, options);
  warn_of_limit(name, options, jobs, concurrency);
  report.print(recording.text());
  report.took(wall, cpu);
  if (jobs.ended() < total) {
    const int signal = interrupted_by();
    write_error(name + (signal != 0 ? ": interrupted, " : ": gave up, ") +
                std::to_string(total - jobs.ended()) + " of " +
                std::to_string(total) + " fetches not finished\n");
    return signal != 0 ? 128 + signal : 1;  // as a shell reports it
  }
  return jobs.failed() == 0 && traced ? 0 : 1;
}

int run(const std::string& name, FetchAll fetch_all, int argc,
        const char* const* argv) {
  Options options = parse_options(name, argc, argv);
  if (!options.help.empty()) {
    write_output(options.help);
    return 0;
  }
  std::unique_ptr<SlowServer> server;
  if (options.demo) {
    server = std::make_unique<SlowServer>();
    options.urls.emplace_back(server->url("/foo"));
    options.urls.emplace_back(server->url("/bar"));
  }
  const Descriptor directory = open_directory(options.output_dir);
  if (!options.output_dir.empty()) {
    options.settings.directory = &directory;
  }
  return fetch_and_report(name, fetch_all, options);
}

}  // namespace

int run_program(const char* name, FetchAll fetch_all, int argc,
                const char* const* argv) try {
  open_standard_descriptors();
  std::signal(SIGPIPE, SIG_IGN);  // writing to a closed pipe is an error, and
  std::signal(SIGXFSZ, SIG_IGN);  // so is writing a file that is too large
  const std::string prefix = std::string(name) + ": ";
  try {
    catch_interrupts();
    return run(name, fetch_all, argc, argv);
  } catch (const UsageError& error) {
    std::istringstream lines(error.what());
    for (std::string line; std::getline(lines, line);) {
      write_error(prefix + line + "\n");
    }
    return 2;
  } catch (const Interrupted&) {
    write_error(prefix + "interrupted\n");
    return 128 + interrupted_by();
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    write_error(prefix + error.what() + "\n");
    return 1;
  }
} catch (const std::bad_alloc&) {  // perhaps of the memory for a message
  write_error(name);
  write_error(": out of memory\n");
  return 1;
}
