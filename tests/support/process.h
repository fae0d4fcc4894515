// A Process is a program run from outside: what it is given, what it prints and
// how it ends.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/net/descriptor.h"

// Both ends are closed when a program is executed.
struct Pipe {
  Pipe();

  Descriptor read_end;
  Descriptor write_end;
};

// What a program finds when it starts.
struct Surroundings {
  std::string input = {};        // on standard input, up to 64 KiB
  int output = -1;               // standard output, if not for Ended::out
  std::vector<int> closed = {};  // of the descriptors 0 to 2
  bool terminal = false;         // for output and error: all is Ended::out
  unsigned short columns = 0;    // of that terminal; 0: it doesn't say
  // Variables of the environment, besides those that we have: name and value.
  std::vector<std::pair<std::string, std::string>> variables = {};
  std::vector<int> ignored = {};  // signals
  std::vector<std::pair<decltype(RLIMIT_NOFILE), rlimit>> settings = {};
};

struct Ended {
  int status;  // its exit status, or the signal that killed it, negative
  std::string out;
  std::string err;
};

// Whatever a Process waits for, it waits for a minute in which the program
// says nothing at most: then the test has failed and the program is killed.
class Process {
 public:
  // Starts `command`, whose first word is the path of the program.
  explicit Process(const std::vector<std::string>& command,
                   const Surroundings& given = {});
  ~Process();  // kills it if it hasn't ended
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) const;

  // The next line of standard output, without its end; "" if none is to come.
  std::string read_line();

  // Waits until it ends. What read_line() took is not in the result.
  Ended wait();

 private:
  void read_until(const std::function<bool()>& enough);
  void give_up(const char* why) const;

  std::string name_;
  pid_t pid_ = -1;
  Descriptor streams_[2];
  std::string texts_[2];
};

// Starts `command` and waits until it ends.
Ended run(const std::vector<std::string>& command,
          const Surroundings& given = {});
