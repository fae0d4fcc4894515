#include "tests/support/browser.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <map>
#include <stdexcept>

#include "common/base/escape.h"

namespace {

const std::string kLoaded = "Page.loadEventFired";

// Starts chromium, which reads commands from descriptor 3 and answers on 4.
std::vector<std::string> command_of(const TemporaryDirectory& directory) {
  for (const std::string name : {"commands", "answers"}) {
    if (mkfifo(directory.path(name).c_str(), 0600) == -1) {
      throw std::runtime_error("cannot make a pipe");
    }
  }
  return {"/bin/sh", "-c",
          "exec chromium --headless --no-sandbox --disable-gpu "
          "--remote-debugging-pipe --user-data-dir=\"$1/profile\" "
          "--window-size=1600,900 3<\"$1/commands\" 4>\"$1/answers\"",
          "sh", directory.path()};
}

// What a key stands for, besides its name, in Input.dispatchKeyEvent.
std::string details_of(const std::string& key) {
  const std::map<std::string, std::string> numbers = {
      {"Tab", "9"},   {"Enter", "13"},     {"Escape", "27"},    {"End", "35"},
      {"Home", "36"}, {"ArrowLeft", "37"}, {"ArrowRight", "39"}};
  const auto number = numbers.find(key);
  std::string details = "\"key\":" + json_string(key);
  if (number != numbers.end()) {
    details += ",\"windowsVirtualKeyCode\":" + number->second;
  }
  if (key.size() == 1 || key == "Enter") {
    details += ",\"text\":" + json_string(key == "Enter" ? "\r" : key);
  }
  return details;
}

}  // namespace

// Each end of a pipe opens when the other one does: in the order of the shell.
Browser::Browser()
    : process_(command_of(directory_)),
      commands_(
          ::open(directory_.path("commands").c_str(), O_WRONLY | O_CLOEXEC),
          Phase::kSend),
      answers_(::open(directory_.path("answers").c_str(), O_RDONLY | O_CLOEXEC),
               Phase::kReceive) {
  const Json target =
      call("Target.createTarget", "\"url\":\"about:blank\"")["result"];
  const Json attached =
      call("Target.attachToTarget",
           "\"flatten\":true,\"targetId\":" +
               json_string(target["targetId"].text))["result"];
  session_ = ",\"sessionId\":" + json_string(attached["sessionId"].text);
  for (const char* domain : {"Runtime", "Log", "Network", "Page"}) {
    call(std::string(domain) + ".enable", "");
  }
}

// A page that has only another #fragment wouldn't be loaded again.
void Browser::open(const std::string& url) {
  navigate("about:blank");
  has_asked_for_page_ = false;
  navigate(url);
}

void Browser::navigate(const std::string& url) {
  call("Page.navigate", "\"url\":" + json_string(url));
  for (Json event = next_message(); event["method"].text != kLoaded;) {
    event = next_message();
  }
}

void Browser::press(const std::string& key) {
  const std::string details = details_of(key);
  call("Input.dispatchKeyEvent", "\"type\":\"keyDown\"," + details);
  call("Input.dispatchKeyEvent", "\"type\":\"keyUp\"," + details);
}

std::string Browser::value_of(const std::string& expression) {
  const Json result =
      call("Runtime.evaluate",
           "\"expression\":" + json_string(expression))["result"];
  const Json& value = result["result"];
  if (!value.has("value")) {
    throw std::runtime_error("no value: " + expression);
  }
  return value["value"].text;
}

Json Browser::call(const std::string& method, const std::string& parameters) {
  const std::string id = std::to_string(++last_id_);
  const std::string command = "{\"id\":" + id + ",\"method\":\"" + method +
                              "\",\"params\":{" + parameters + "}" + session_ +
                              "}";
  // With the byte 0 that ends it.
  if (write(commands_.fd(), command.c_str(), command.size() + 1) !=
      static_cast<ssize_t>(command.size() + 1)) {
    throw std::runtime_error("chromium doesn't listen");
  }
  for (;;) {
    Json message = next_message();
    if (message.has("id") && message["id"].text == id) {
      if (message.has("error")) {
        throw std::runtime_error(method + ": " +
                                 message["error"]["message"].text);
      }
      return message;
    }
  }
}

Json Browser::next_message() {
  std::size_t end;
  while ((end = received_.find('\0')) == received_.npos) {
    constexpr int kMinute = 60'000;
    pollfd answer = {answers_.fd(), POLLIN, 0};
    if (poll(&answer, 1, kMinute) <= 0) {
      throw std::runtime_error("chromium doesn't answer");
    }
    std::array<char, 65536> buffer;
    const ssize_t size = read(answers_.fd(), buffer.data(), buffer.size());
    if (size <= 0) {
      throw std::runtime_error("chromium has ended");
    }
    received_.append(buffer.data(), static_cast<std::size_t>(size));
  }
  Json message = Json::parse(received_.substr(0, end));
  received_.erase(0, end + 1);
  if (message.has("method")) {
    note(message);
  }
  return message;
}

void Browser::note(const Json& event) {
  const std::string& method = event["method"].text;
  if (method == "Runtime.consoleAPICalled" ||
      method == "Runtime.exceptionThrown" || method == "Log.entryAdded") {
    complaints_.push_back(method);
  } else if (method == "Network.requestWillBeSent") {
    if (has_asked_for_page_) {
      complaints_.push_back(event["params"]["request"]["url"].text);
    }
    has_asked_for_page_ = true;
  }
}
