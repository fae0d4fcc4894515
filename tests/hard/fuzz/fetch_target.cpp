// Whatever a network does, all four steps make the same of it: the same
// results after the same time, and nothing left open. And what they call whole
// is whole.
//
// The input: one byte of options; then, for each of up to four fetches, what
// comes of its calls, 0xFF, what its server sends, 0xFF. What its calls find no
// byte for goes well.
#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <limits>
#include <list>
#include <vector>

#include "common/http/jobs.h"
#include "common/net/interrupt.h"
#include "tests/hard/fuzz/all_steps.h"
#include "tests/hard/fuzz/fuzz.h"
#include "tests/support/response_model.h"
#include "tests/support/simulated_network.h"

namespace {

// All times are multiples of 12 ms, so that the shares that up to three
// addresses get of the time left are whole milliseconds, in every order.
constexpr std::chrono::milliseconds kTimeout(6000);

class FuzzedPeer : public Peer {
 public:
  FuzzedPeer(std::string_view control, std::string_view response)
      : control_(reinterpret_cast<const std::uint8_t*>(control.data()),
                 control.size()),
        response_(response) {}

  Answer connect() override {
    const std::uint8_t choice = control_.byte();
    return {choice % 4 == 3   ? noted(choice / 4, kConnectErrors)
            : choice % 4 == 2 ? 0
                              : EINPROGRESS,
            0, delay()};
  }

  int connect_result() override {
    const std::uint8_t choice = control_.byte();
    const int error = choice % 4 == 3 ? noted(choice / 4, kConnectErrors) : 0;
    return error == EINTR ? 0 : error;
  }

  Answer send(std::string_view data) override {
    const std::uint8_t choice = control_.byte();
    if (choice % 4 == 3) {
      return {noted(choice / 4, kSendErrors), 0, delay()};
    }
    const std::size_t most = choice % 4 == 2 ? 1U + control_.byte() : 1U << 20;
    const std::size_t sent = std::min(most, data.size());
    request_ += data.substr(0, sent);
    return {0, sent, delay()};
  }

  Answer recv(char* data, std::size_t size) override {
    const std::uint8_t choice = control_.byte();
    if (choice % 4 == 3) {
      return {noted(choice / 4, kRecvErrors), 0, delay()};
    }
    const std::size_t most = choice % 4 == 2 ? 1U + control_.byte() : size;
    const std::size_t count = response_.substr(0, most).copy(data, size);
    delivered_ += response_.substr(0, count);
    response_.remove_prefix(count);
    ended_ = ended_ || count == 0;
    return {0, count, delay()};
  }

  const std::string& request() const { return request_; }
  const std::string& delivered() const { return delivered_; }
  bool ended() const { return ended_; }
  int last_error() const { return last_error_; }

 private:
  // None is a shortage, after which a fetch is begun again if others run.
  using Errors = std::vector<int>;
  static inline const Errors kConnectErrors = {
      ECONNREFUSED, EINTR, ENETUNREACH, ETIMEDOUT,
      EACCES,       EPERM, ECONNRESET,  EHOSTUNREACH};
  static inline const Errors kSendErrors = {
      EAGAIN, EINTR, EPIPE, EHOSTUNREACH, EAGAIN, ECONNRESET, EINTR, ETIMEDOUT};
  static inline const Errors kRecvErrors = {
      EAGAIN, EINTR,        ECONNRESET, ETIMEDOUT,
      EAGAIN, EHOSTUNREACH, EINTR,      ECONNREFUSED};

  // What is only a delay is no cause of a failure.
  int noted(int choice, const Errors& errors) {
    const int error = errors[static_cast<std::size_t>(choice) % 8];
    last_error_ = error == EINTR || error == EAGAIN ? last_error_ : error;
    return error;
  }

  Clock::duration delay() {
    static const Clock::duration delays[] = {Clock::duration::zero(),
                                             Clock::duration::zero(),
                                             std::chrono::milliseconds(12),
                                             std::chrono::milliseconds(60),
                                             std::chrono::milliseconds(600),
                                             kTimeout / 2,
                                             kTimeout,
                                             kNever};
    return delays[control_.byte() % 8];
  }

  Input control_;
  std::string_view response_;
  std::string request_;
  std::string delivered_;
  bool ended_ = false;
  int last_error_ = 0;
};

struct Result {
  bool reported = false;
  std::string error;
  int status = 0;
  std::string reason;
  std::uint64_t bytes = 0;
  Clock::duration took = {};
  std::string request;
  std::string file;
  bool operator==(const Result&) const = default;
};

// One run of all fetches in one of the steps.
class Run {
 public:
  explicit Run(Input input)
      : options_(input.byte()), max_size_((options_ & 1U) != 0 ? 5 : kNone) {
    do {
      const std::string_view control = input.until('\xFF');
      peers_.emplace_back(control, input.until('\xFF'));
      // The last byte of the address is how many addresses there are.
      urls_.emplace_back("http://10.0.0." +
                         std::to_string(1 + control.size() % 3) + "/x");
    } while (!input.rest().empty() && peers_.size() < 4);
    results_.resize(peers_.size());
  }

  std::vector<Result> operator()(void (*fetch_all)(Jobs&, std::size_t),
                                 const Descriptor& folder) {
    simulated_network::begin([this](std::uint32_t fetch) -> Peer& {
      return *std::next(peers_.begin(), fetch - 1);
    });
    simulated_network::interrupt_sleeps((options_ & 2U) != 0 ? 2 : 0);
    Jobs::Settings settings;
    settings.timeout = kTimeout;
    settings.max_size = max_size_;
    settings.directory = (options_ & 4U) != 0 ? &folder : nullptr;
    Jobs jobs(urls_, settings, [this](const Job& job) { ended(job); });
    fetch_all(jobs, 1 + options_ / 8 % 4);
    require(jobs.ended() == urls_.size(), "every fetch is accounted for");
    require(simulated_network::open_descriptors() == 0, "nothing stays open");
    return results_;
  }

 private:
  static constexpr auto kNone = std::numeric_limits<std::uint64_t>::max();

  void ended(const Job& job) {
    Result& result = results_.at(job.number - 1);
    const FuzzedPeer& peer =
        *std::next(peers_.begin(), static_cast<int>(job.number) - 1);
    require(!result.reported, "a fetch is reported once");
    result = {true,
              job.error(),
              job.response.status(),
              job.response.reason(),
              job.response.bytes(),
              Clock::now() - job.started,
              peer.request(),
              ""};
    const std::string& request = job.url.request();
    require(job.response.complete() == job.error().empty(),
            "it is complete or has failed", job.error());
    require(request.find(peer.request()) == 0 || peer.request().empty(),
            "what is sent is the request", peer.request());
    judge(job, peer);
    if ((options_ & 4U) != 0) {
      result.file = body_file_name(job.number, job.url);
    }
  }

  // Whether a result is right for what has come of its calls.
  void judge(const Job& job, const FuzzedPeer& peer) const {
    const bool timed_out = job.error().ends_with(": timed out");
    const Clock::duration took = Clock::now() - job.started;
    require(!timed_out || took >= kTimeout, "it has until its deadline",
            job.error());
    require(took < kTimeout + std::chrono::milliseconds(1), "and no longer",
            job.error());
    const std::string phase = "receive: ";
    const Reading model = ResponseModel::read(peer.delivered(), max_size_);
    std::string cause = job.error();
    if (timed_out || (peer.last_error() != 0 &&
                      cause.ends_with(": " + error_text(peer.last_error())))) {
      return;
    }
    require(cause.empty() || cause.starts_with(phase), "an error has a cause",
            cause);
    cause.erase(0, phase.size());
    require(model.agrees(job.response, cause), "the model agrees",
            peer.delivered());
    require(!cause.starts_with("incomplete: ") || peer.ended(),
            "what is incomplete has ended", cause);
  }

  const unsigned options_;
  const std::uint64_t max_size_;
  std::list<FuzzedPeer> peers_;
  std::vector<Url> urls_;
  std::vector<Result> results_;
};

struct Folder {
  Folder() {
    require(mkdtemp(path) != nullptr, "there is room for a folder");
    descriptor =
        Descriptor(open(path, O_RDONLY | O_DIRECTORY), Phase::kReceive);
  }
  ~Folder() { rmdir(path); }

  char path[24] = "/tmp/fuzz-XXXXXX";
  Descriptor descriptor;
};

// Replaces the names of the files by what is in them, and takes them away.
void take_files(const Folder& folder, std::vector<Result>& results) {
  for (Result& result : results) {
    if (result.file.empty()) {
      continue;
    }
    const std::string name = std::string(folder.path) + "/" + result.file;
    std::ifstream file(name, std::ios::binary);
    result.file.assign(std::istreambuf_iterator<char>(file), {});
    require((unlink(name.c_str()) == 0) == result.error.empty(),
            "there is a file for what is complete", result.error);
    require(result.error.empty() ? result.file.size() == result.bytes
                                 : unlink((name + ".part").c_str()) == -1,
            "and it is whole");
  }
}

}  // namespace

// Every numeric address stands for as many as its last digit says.
extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier): the linker wants these names
int __real_getaddrinfo(const char* host, const char* service,
                       const addrinfo* hints, addrinfo** result);
int __wrap_getaddrinfo(const char* host, const char* service,
                       const addrinfo* hints, addrinfo** result) {
  for (int left = std::string_view(host).back() - '0'; left > 0; --left) {
    const int code = __real_getaddrinfo(host, service, hints, result);
    if (code != 0) {
      return code;
    }
    result = &(*result)->ai_next;
  }
  return 0;
}
// NOLINTEND(bugprone-reserved-identifier)
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Folder folder;
  interrupt_descriptor();  // which is opened once, and stays
  std::vector<Result> first;
  for (const auto fetch_all : {step1::fetch_all, step2::fetch_all,
                               step3::fetch_all, step4::fetch_all}) {
    Run run(Input(data, size));
    std::vector<Result> results = run(fetch_all, folder.descriptor);
    take_files(folder, results);
    if (first.empty()) {
      first = results;
    }
    require(results == first, "all steps make the same of it");
  }
  return 0;
}
