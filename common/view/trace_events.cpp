#include "common/view/trace_events.h"

#include <string>

#include "common/base/escape.h"

namespace {

std::string microseconds(Clock::duration time) {
  const auto nanoseconds =
      std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
  const std::string fraction = std::to_string(1000 + nanoseconds % 1000);
  return std::to_string(nanoseconds / 1000) + "." + fraction.substr(1);
}

}  // namespace

std::string_view lesson_file(std::string_view file) {
  const std::size_t name = file.rfind('/');
  if (name == file.npos || name == 0) {
    return "";
  }
  const std::size_t folder = file.rfind('/', name - 1);
  file.remove_prefix(folder == file.npos ? 0 : folder + 1);
  return file.starts_with("step") ? file : "";
}

EventArguments& EventArguments::add(const char* key, std::string_view text) {
  return add_json(key, json_string(text));
}

EventArguments& EventArguments::add(const char* key, std::int64_t number) {
  return add_json(key, std::to_string(number));
}

EventArguments& EventArguments::add_lesson(const Trace::Record& record) {
  const std::string_view file = lesson_file(record.file);
  return file.empty() ? *this : add("file", file).add("line", record.line);
}

EventArguments& EventArguments::add_json(const char* key,
                                         const std::string& value) {
  members_ += members_.empty() ? "\"" : ",\"";
  members_ += key;
  members_ += "\":";
  members_ += value;
  return *this;
}

void TraceEvents::add_name(const char* what, std::string_view name) {
  add('M', what, start_, "", EventArguments().add("name", name));
}

void TraceEvents::add_slice(std::string_view name, Clock::time_point begin,
                            Clock::time_point end,
                            const EventArguments& arguments) {
  add('X', name, begin, ",\"dur\":" + microseconds(end - begin), arguments);
}

void TraceEvents::add_moment(std::string_view name, Clock::time_point time,
                             const EventArguments& arguments) {
  add('i', name, time, ",\"s\":\"t\"", arguments);
}

void TraceEvents::add_async(char phase, std::uint32_t fetch,
                            std::string_view name, Clock::time_point time,
                            const EventArguments& arguments) {
  add(phase, name, time,
      ",\"cat\":\"fetch\",\"id\":\"" + std::to_string(fetch) + "\"", arguments);
}

void TraceEvents::add(char phase, std::string_view name, Clock::time_point time,
                      const std::string& members,
                      const EventArguments& arguments) {
  event_.assign(is_first_ ? "\n{\"ph\":\"" : ",\n{\"ph\":\"");
  event_ += phase;
  event_ += "\",\"name\":";
  event_ += json_string(name);
  event_ += ",\"pid\":1,\"tid\":1,\"ts\":";
  event_ += microseconds(time - start_);
  event_ += members;
  event_ += ",\"args\":{";
  event_ += arguments.members();
  event_ += "}}";
  out_.write(event_.data(), static_cast<std::streamsize>(event_.size()));
  is_first_ = false;
}
