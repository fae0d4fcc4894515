// Why a fetch failed: the phase it was in, and the cause.
#pragma once

#include <stdexcept>
#include <string>

// What a fetch is busy with; kNone is for what serves them all.
enum class Phase { kNone, kLookup, kConnect, kSend, kReceive };

// "name lookup", "connect", "send" or "receive"; "wait" for kNone.
const char* phase_name(Phase phase);

// What errno value `error` means, in the lower case of our failure lines:
// "connection reset by peer".
std::string error_text(int error);

// A FetchError ends one fetch and no other. Every other exception ends the run.
class FetchError : public std::runtime_error {
 public:
  FetchError(Phase phase, const std::string& cause)
      : std::runtime_error(std::string(phase_name(phase)) + ": " + cause) {}
  FetchError(Phase phase, int error) : FetchError(phase, error_text(error)) {}
};
