// A server for tests: what it does with a connection is a script, so that what
// a network does once in a while happens every time.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "common/net/descriptor.h"

// What happens on one connection, step by step. Nothing takes time but to wait
// for a condition. After the last step the connection is closed.
class Script {
 public:
  Script& send(std::string bytes) {
    return add(Kind::kSend, bytes, bytes.size());
  }

  // Piece by piece, each a segment of its own; the next one follows when the
  // client has taken the one before from its socket. This and until_received()
  // are for clients that report to client_received().
  Script& dribble(std::string bytes, std::size_t piece = 1) {
    return add(Kind::kDribble, bytes, piece);
  }

  // Waits until the client has taken all that was sent from its socket.
  Script& until_received() { return add(Kind::kReceived); }

  // Waits until somebody calls open(`gate`).
  Script& until(std::string gate) { return add(Kind::kGate, gate); }

  // Neither reads nor sends until the client has closed.
  Script& stall() { return add(Kind::kStall); }

  // Ends the connection by a reset: SO_LINGER with 0 seconds (socket(7)).
  Script& reset() { return add(Kind::kReset); }

 private:
  friend class ScriptedServer;
  // kRequest waits until all of the request has come.
  enum class Kind {
    kSend,
    kDribble,
    kReceived,
    kRequest,
    kGate,
    kStall,
    kReset
  };
  struct Step {
    Kind kind;
    std::string text;
    std::size_t piece;
  };

  Script& add(Kind kind, std::string text = "", std::size_t piece = 0) {
    steps_.push_back({kind, std::move(text), piece});
    return *this;
  }

  std::vector<Step> steps_;
};

// Serves on 127.0.0.1 from a thread of its own until it is destroyed: any
// number of connections at a time, but one server.
class ScriptedServer {
 public:
  // Takes what comes into receive buffers of `buffer` bytes, if that isn't 0.
  explicit ScriptedServer(int buffer = 0);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  // What is asked for `path` gets `script`; any other path is closed
  // unanswered.
  void on(const std::string& path, const Script& script);

  // Every connection gets `script` before its request is read.
  void on_connection(const Script& script);

  void open(const std::string& gate);

  std::uint16_t port() const;
  std::string url(const std::string& path) const;

  std::vector<std::string> requests() const;  // in the order they came

  // The most requests that had come, and whose connections had not yet been
  // closed by either side, at one time.
  std::size_t peak_in_flight() const;

  // To be called by the client: `bytes` have been taken from its socket `fd`.
  static void client_received(int fd, std::size_t bytes);

  // How many descriptors the process has open, those aside that the server's
  // thread opens and closes as it likes.
  static std::size_t open_descriptors();

 private:
  struct Connection;

  void run();
  void accept_all();
  bool go_on(Connection& connection, int events);
  bool advance(Connection& connection);
  bool send(Connection& connection, const Script::Step& step);
  bool begin_answer(Connection& connection);
  void wake() const;

  static inline ScriptedServer* only_ = nullptr;

  const Descriptor listener_;
  const Descriptor wakeup_;
  mutable std::mutex mutex_;  // for all that follows
  std::list<Connection> connections_;
  std::map<std::string, Script> scripts_;
  Script first_;
  std::set<std::string> open_gates_;
  std::vector<std::string> requests_;
  std::size_t in_flight_ = 0;
  std::size_t peak_in_flight_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

// Binds a port of an IPv4 address, 0 for any, and never listens: whoever
// connects is refused, and nobody else can take the port.
Descriptor refusing_port(const char* address = "127.0.0.1",
                         std::uint16_t port = 0);

// The same with a listener, the first of these descriptors, whose queue is
// full: whoever connects hears nothing.
std::vector<Descriptor> silent_port(const char* address = "127.0.0.1",
                                    std::uint16_t port = 0);
