// Exercise 1.1: a deadline for step 1's sketch.
//
// Write the body of the loop, in at most 14 lines: it must give up, and return
// "timed out", once `deadline` has passed. A server that sends one byte now and
// then must not put that off: a deadline is a moment, not a span.
//
// Predict first: SO_RCVTIMEO gives every recv() two seconds at most. For how
// long can a server keep this function that sends a byte a second?
//
// The likeliest compile error:
//   cannot convert 'std::chrono::duration<...>' to 'int' for argument '3' to
//   'int poll(pollfd*, nfds_t, int)'
// poll(2) wants milliseconds, as a number. milliseconds_until(deadline), of
// common/base/clock.h, gives them, rounded up and never below 0.
#include "common/demo/sketch.h"
#include "tests/hands/hands_check.h"

// recv(2), and where a check says so, it returns only once there is more to
// receive: as for a program that is always behind.
bool always_behind = false;
ssize_t recv(int s, char* bytes, std::size_t size, int flags) {
  const ssize_t received = recv(s, static_cast<void*>(bytes), size, flags);
  pollfd more = {s, POLLIN, 0};
  if (always_behind) {
    poll(&more, 1, -1);
  }
  return received;
}

// What the server answers to `request`, or "timed out".
std::string answer_before([[maybe_unused]] Deadline deadline,
                          const std::string& request) {
  const int s = socket(AF_INET, SOCK_STREAM, 0);
  connect(s, server.address().data(), server.address().length());
  send(s, request.data(), request.size(), 0);
  std::string response;
  char chunk[1000];
  for (;;) {
    // --- write from here
    const ssize_t size = recv(s, chunk, sizeof chunk, 0);
    if (size <= 0) {
      break;
    }
    response.append(chunk, static_cast<std::size_t>(size));
    // --- to here
  }
  close(s);
  return response;
}

std::string get(const std::string& path, std::chrono::milliseconds time) {
  return answer_before(Clock::now() + time,
                       "GET " + path + " HTTP/1.0\r\n\r\n");
}

void in_time() {
  begin_check("an answer that comes in time", "the end of the stream");
  const std::string answer =
      get("/?seconds=0&bytes=100", std::chrono::seconds(4));
  require(answer.starts_with("HTTP/1.0 200 OK") && answer.size() > 100,
          "The answer was there long before the deadline, and is not returned "
          "whole. recv returns 0 at its end.");
}

void silent() {
  begin_check("a silent server",
              "bytes, although the deadline has passed: recv sleeps until some "
              "come");
  require(
      get("/together/9?wait=60", std::chrono::milliseconds(100)) == "timed out",
      "The server says nothing for a minute, and \"timed out\" wasn't "
      "returned. poll sleeps until there is something to receive, or until its "
      "time is up: what does it return then?");
}

void dribbling() {
  begin_check("a server that dribbles", "a server that sends a byte at a time");
  require(get("/?seconds=4&bytes=400&chunks=400",
              std::chrono::milliseconds(200)) == "timed out",
          "A byte came every 10 ms, and each one bought more time. How much is "
          "left must be worked out anew before each wait, from the deadline.");
}

void behind() {
  begin_check("a program that is always behind", "the end of the stream");
  always_behind = true;
  require(get("/?seconds=3&bytes=300&chunks=300",
              std::chrono::milliseconds(200)) == "timed out",
          "Whenever poll was called, there was something to receive, so it "
          "never said that the time is up. Look at the clock as well.");
}

int main() {
  return all_checks({in_time, silent, dribbling, behind});
}
