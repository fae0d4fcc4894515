#include "common/program/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <limits>
#include <string_view>

#include "common/base/escape.h"
#include "common/base/parse.h"
#include "common/program/input_file.h"

namespace {

constexpr const char* kFooter =
    "Without a URL or an input file: the demo, which fetches /foo and /bar\n"
    "from a slow server of its own.\n\n"
    "Exit status: 0 every fetch got a complete response, 1 some failed,\n"
    "2 bad usage or a bad URL, 129, 130 or 143 interrupted.";

// CLI11 takes [a,b] for two arguments and [] for none. No argument ends with a
// NUL, so one that does is left alone.
std::vector<std::string> protected_arguments(int argc,
                                             const char* const* argv) {
  std::vector<std::string> arguments;  // the last one first, as CLI11 wants it
  for (int i = argc - 1; i > 0; --i) {
    std::string& argument = arguments.emplace_back(argv[i]);
    if (argument.starts_with('[') && argument.ends_with(']')) {
      argument += '\0';
    }
  }
  return arguments;
}

std::string unprotected(std::string argument) {
  if (argument.ends_with('\0')) {
    argument.pop_back();
  }
  return argument;
}

// A number that is not what option `name` takes.
CLI::ValidationError refused(const std::string& name, const std::string& value,
                             const std::string& wanted) {
  return CLI::ValidationError(name,
                              "'" + unprotected(value) + "' is not " + wanted);
}

std::uint64_t parse_count(const std::string& name, const std::string& value) {
  const auto count = parse_number<std::uint64_t>(value);
  if (!count || *count == 0 || *count > 1'000'000'000) {
    throw refused(name, value, "a number from 1 to 1000000000");
  }
  return *count;
}

std::chrono::nanoseconds parse_timeout(const std::string& value) {
  const auto timeout = parse_seconds(value);
  if (!timeout || timeout->count() == 0) {
    throw refused("--timeout", value, "a number of seconds above 0");
  }
  return *timeout;
}

std::uint64_t parse_size(const std::string& value) {
  constexpr std::string_view kUnits = "kmg";
  std::string_view digits = value;
  int shift = 0;
  if (!digits.empty()) {
    const std::size_t unit = kUnits.find(static_cast<char>(
        std::tolower(static_cast<unsigned char>(digits.back()))));
    if (unit != kUnits.npos) {
      shift = 10 * (static_cast<int>(unit) + 1);
      digits.remove_suffix(1);
    }
  }
  const auto size = parse_number<std::uint64_t>(digits);
  if (!size ||
      *size > (std::numeric_limits<std::uint64_t>::max() / 2) >> shift) {
    throw refused("--max-size", value,
                  "a number of bytes below 2^63 (k, M and G are powers of "
                  "1024)");
  }
  return *size << shift;
}

// Collects URLs, and what is wrong with the bad ones.
class UrlList {
 public:
  void add(std::string_view text, const std::string& where) {
    try {
      urls_.emplace_back(text);
    } catch (const UrlError& error) {
      errors_ += errors_.empty() ? "" : "\n";
      errors_ += where + error.what();
    }
  }

  void add_file(const std::string& name) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    constexpr std::string_view kBlanks = " \t\r\v\f";
    const std::string text = read_input_file(name);
    std::string_view rest = text;
    rest.remove_prefix(rest.starts_with(kByteOrderMark) ? 3 : 0);
    for (std::size_t number = 1; !rest.empty(); ++number) {
      std::string_view line = take_past(rest, '\n');
      line.remove_prefix(
          std::min(line.find_first_not_of(kBlanks), line.size()));
      line = line.substr(0, line.find_last_not_of(kBlanks) + 1);
      if (!line.empty() && line.front() != '#') {
        add(line, escape(name) + ":" + std::to_string(number) + ": ");
      }
    }
  }

  std::vector<Url> take() {
    if (!errors_.empty()) {
      throw UsageError(errors_);
    }
    return std::move(urls_);
  }

 private:
  std::vector<Url> urls_;
  std::string errors_;
};

}  // namespace

Options parse_options(const std::string& program, int argc,
                      const char* const* argv) {
  Options options;
  std::string input_file;
  CLI::App app("Fetches http:// URLs, and shows one way to wait for many.",
               program);
  app.footer(kFooter);
  // First, while there is no option to compare its name with: newer versions of
  // CLI11 let a failed allocation end the process there. Read below,
  // since CLI11 would make no URL at all of {}.
  app.set_help_flag();
  const CLI::Option* const urls = app.add_option("URL", "What to fetch")
                                      ->type_name("TEXT")
                                      ->expected(1, -1)
                                      ->allow_extra_args();
  app.set_help_flag("-h,--help", "Print this help message and exit");
  app.set_version_flag("--version", program + " " + PROJECT_VERSION);
  app.add_option_function<std::string>(
         "-c,--concurrency",
         [&](const std::string& value) {
           options.concurrency =
               static_cast<std::size_t>(parse_count("--concurrency", value));
         },
         "At most N fetches at a time (64)")
      ->type_name("N");
  app.add_option_function<std::string>(
         "-t,--timeout",
         [&](const std::string& value) {
           options.settings.timeout = parse_timeout(value);
         },
         "The time a fetch may take, name lookup included (30)")
      ->type_name("SECONDS");
  app.add_option_function<std::string>(
         "--max-size",
         [&](const std::string& value) {
           options.settings.max_size = parse_size(value);
         },
         "Refuse larger bodies; k, M, G are powers of 1024 (1G)")
      ->type_name("BYTES");
  // Asked by pointer whether it was given: by name, CLI11 lets a failed
  // allocation end the process.
  const CLI::Option* const input =
      app.add_option("-i,--input-file", input_file,
                     "Read URLs from FILE, one a line; - is standard input")
          ->type_name("FILE");
  app.add_option_function<std::string>(
         "--repeat",
         [&](const std::string& value) {
           options.settings.repeat = parse_count("--repeat", value);
         },
         "Fetch each URL N times")
      ->type_name("N");
  const CLI::Option* const directory =
      app.add_option("-o,--output-dir", options.output_dir,
                     "Save the bodies in DIR, as 00001-name and so on")
          ->type_name("DIR");
  const auto flag = [&app](const char* name, bool& given, const char* text) {
    app.add_flag(name, given, text)->disable_flag_override();
  };
  bool timeline = false;
  bool no_timeline = false;
  flag("--json", options.json, "Print one JSON object a line");
  flag("-q,--quiet", options.quiet, "Print failures only");
  flag("--timeline", timeline,
       "Draw what each fetch waited for; up to 20 are drawn unasked on a "
       "terminal");
  flag("--no-timeline", no_timeline, "Draw nothing");
  const CLI::Option* const trace =
      app.add_option("--trace", options.trace_file,
                     "Write what the thread did when to FILE, for "
                     "https://ui.perfetto.dev")
          ->type_name("FILE");
  flag("--story", options.story,
       "Print what happened, a line each, in place of the results");
  flag("--untimed", options.untimed,
       "Leave times, sizes and places out of the story, to compare it");
  try {
    app.parse(protected_arguments(argc, argv));
    for (std::string* const name :
         {&input_file, &options.output_dir, &options.trace_file}) {
      *name = unprotected(*name);
    }
    UrlList list;
    for (const std::string& url : urls->results()) {
      list.add(unprotected(url), "");
    }
    if (input->count() > 0) {
      list.add_file(input_file);
    }
    options.urls = list.take();
  } catch (const CLI::CallForHelp&) {
    options.help = app.help();
  } catch (const CLI::CallForVersion&) {
    options.help = app.version() + "\n";
  } catch (const CLI::ParseError& error) {
    throw UsageError(escape(error.what()) + " (see --help)");
  }
  for (const CLI::Option* const option : {directory, trace}) {
    if (option->count() > 0 && option->results().front().empty()) {
      throw UsageError(option->get_name() + ": the name is empty (see --help)");
    }
  }
  if (timeline && (no_timeline || options.json)) {
    throw UsageError(std::string("--timeline: not with ") +
                     (no_timeline ? "--no-timeline" : "--json") +
                     " (see --help)");
  }
  if (options.story && (timeline || options.json)) {
    throw UsageError(std::string("--story: not with ") +
                     (timeline ? "--timeline" : "--json") + " (see --help)");
  }
  if (options.untimed && !options.story) {
    throw UsageError("--untimed: only with --story (see --help)");
  }
  if (timeline || no_timeline) {
    options.timeline = timeline;
  }
  options.demo = urls->count() == 0 && input->count() == 0;
  return options;
}
