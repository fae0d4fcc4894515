#include "common/base/fetch_error.h"

#include <cctype>
#include <cerrno>
#include <system_error>

const char* phase_name(Phase phase) {
  switch (phase) {
    case Phase::kNone:
      return "wait";
    case Phase::kLookup:
      return "name lookup";
    case Phase::kConnect:
      return "connect";
    case Phase::kSend:
      return "send";
    case Phase::kReceive:
      return "receive";
  }
  return "";
}

std::string error_text(int error) {
  std::string text = std::generic_category().message(error);
  // "Connection refused" fits into a sentence, "RPC version wrong" already did.
  if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1]))) {
    text[0] = static_cast<char>(std::tolower(text[0]));
  }
  return text;
}

bool FetchError::is_shortage() const {
  return error_ == EMFILE || error_ == ENFILE || error_ == ENOBUFS ||
         error_ == ENOMEM || error_ == EADDRNOTAVAIL;
}
