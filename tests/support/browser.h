// A Browser is chromium without a window, told what to do over two pipes in the
// Chrome DevTools Protocol: real keys go in, and whatever the page says on
// its console or asks of the network comes out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/net/descriptor.h"
#include "tests/support/json.h"
#include "tests/support/process.h"
#include "tests/support/temporary_directory.h"

class Browser {
 public:
  // Throws std::runtime_error if chromium doesn't start.
  Browser();

  // Opens `url` anew, and waits until it is loaded.
  void open(const std::string& url);

  // Presses and releases a key, by its name in UI Events ("ArrowLeft", "w").
  void press(const std::string& key);

  // The value of an expression, which must be a string.
  std::string value_of(const std::string& expression);

  // What the page has written on its console, what it threw, and what it asked
  // of the network besides itself.
  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  // Sends a command and waits for its answer.
  Json call(const std::string& method, const std::string& parameters);
  void navigate(const std::string& url);
  Json next_message();
  void note(const Json& event);

  TemporaryDirectory directory_;
  Process process_;
  Descriptor commands_;
  Descriptor answers_;
  std::string session_;  // a member of each command, once there is a page
  bool has_asked_for_page_ = false;
  std::string received_;
  int last_id_ = 0;
  std::vector<std::string> complaints_;
};
