// Why a fetch failed: the phase it was in, and the cause.
#pragma once

#include <stdexcept>
#include <string>

// What a fetch is busy with; kNone is for what serves them all.
enum class Phase : unsigned char { kNone, kLookup, kConnect, kSend, kReceive };

// "name lookup", "connect", "send" or "receive"; "wait" for kNone.
const char* phase_name(Phase phase);

// What errno value `error` means, in the lower case of our failure lines:
// "connection reset by peer".
std::string error_text(int error);

// A FetchError ends one fetch and no other. Every other exception ends the run.
class FetchError : public std::runtime_error {
 public:
  FetchError(Phase phase, const std::string& cause, int error = 0)
      : std::runtime_error(std::string(phase_name(phase)) + ": " + cause),
        error_(error) {}
  FetchError(Phase phase, int error)
      : FetchError(phase, error_text(error), error) {}

  // Whether this process, or machine, has run out of something: of descriptors,
  // memory, or ports. When another fetch ends there may be enough.
  bool is_shortage() const;

 private:
  int error_;  // errno, or 0
};
