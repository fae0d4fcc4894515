// What the exercises share: checks that say what they are about.
#pragma once

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <initializer_list>
#include <string>
#include <string_view>

inline const char* current_check = "";

// Begins a check. If it isn't over in 5 seconds, `waits_for` is what it was
// waiting for, and the program ends.
inline void begin_check(const char* name,
                        const char* waits_for = "a loop in it to end") {
  static const char* waited_for;
  current_check = name;
  waited_for = waits_for;
  std::signal(SIGALRM, [](int) {
    for (const char* const text :
         {"\n  After 5 seconds it still waits for ", waited_for, ".\n"}) {
      const std::string_view bytes = text;
      if (write(STDOUT_FILENO, bytes.data(), bytes.size()) == -1) {
        break;
      }
    }
    _exit(1);
  });
  alarm(5);
  std::signal(SIGPIPE, SIG_IGN);  // write says EPIPE
  std::printf("%s: ", name);
  std::fflush(stdout);  // a crash must not lose where it was
}

// One thing that a check requires, and what to think of if it isn't so.
inline void require(bool holds, const std::string& lesson) {
  if (!holds) {
    std::printf("not yet\n  %s\n", lesson.c_str());
    std::fflush(stdout);
    _exit(1);  // whatever is still suspended stays so
  }
}

inline void end_check() {
  alarm(0);
  std::puts("ok");
}

// Each function is a check of its own; returns the exit status for main.
inline int all_checks(std::initializer_list<void (*)()> checks) {
  for (void (*const check)() : checks) {
    check();
    end_check();
  }
  std::puts("All checks pass.");
  return 0;
}
