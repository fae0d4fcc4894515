// Asio, with callbacks or with co_await: peers of steps 2 and 4.
//
// asio callbacks|coroutines PORT PATH RESPONSE_BYTES FETCHES CONCURRENCY
#include <algorithm>
#include <asio.hpp>
#include <cstring>
#include <exception>
#include <memory>

#include "client.h"

namespace {

using asio::ip::tcp;

Target target;
tcp::endpoint server;
std::uint64_t to_start = 0;
char buffer[65536];  // for all: what is received is only counted

// Takes the next fetch until none is left, as a worker of step 2 does.
class Worker {
 public:
  explicit Worker(asio::io_context& context) : socket_(context) {}

  void work() {
    if (to_start == 0) {
      return;
    }
    --to_start;
    left_ = target.response_bytes;
    socket_.async_connect(server, [this](const std::error_code& error) {
      check(error);
      asio::async_write(socket_, asio::buffer(target.request),
                        [this](const std::error_code& failed, std::size_t) {
                          check(failed);
                          read();
                        });
    });
  }

 private:
  static void check(const std::error_code& error) {
    if (error) {
      throw std::system_error(error);
    }
  }

  void read() {
    socket_.async_read_some(
        asio::buffer(buffer),
        [this](const std::error_code& error, std::size_t got) {
          check(error);
          left_ -= got;
          if (left_ > 0) {
            return read();
          }
          socket_.close();
          work();
        });
  }

  tcp::socket socket_;
  std::uint64_t left_ = 0;
};

asio::awaitable<void> fetch() {
  tcp::socket socket(co_await asio::this_coro::executor);
  co_await socket.async_connect(server, asio::use_awaitable);
  co_await asio::async_write(socket, asio::buffer(target.request),
                             asio::use_awaitable);
  for (std::uint64_t left = target.response_bytes; left > 0;) {
    left -= co_await socket.async_read_some(asio::buffer(buffer),
                                            asio::use_awaitable);
  }
}

asio::awaitable<void> worker() {
  while (to_start > 0) {
    --to_start;
    co_await fetch();
  }
}

void run(bool coroutines) {
  asio::io_context context(1);  // one thread: it needs no locks
  std::vector<std::unique_ptr<Worker>> workers;
  to_start = target.fetches;
  const std::uint64_t running = std::min(to_start, target.concurrency);
  for (std::uint64_t i = 0; i < running; ++i) {
    if (coroutines) {
      asio::co_spawn(context, worker(), [](const std::exception_ptr& error) {
        if (error != nullptr) {
          std::rethrow_exception(error);
        }
      });
    } else {
      workers.push_back(std::make_unique<Worker>(context));
      workers.back()->work();
    }
  }
  context.run();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) {
    std::fprintf(stderr,
                 "asio callbacks|coroutines PORT PATH RESPONSE_BYTES FETCHES "
                 "CONCURRENCY\n");
    return 2;
  }
  target = target_of(argv + 2);
  server.resize(sizeof target.address);
  std::memcpy(server.data(), &target.address, sizeof target.address);
  try {
    run(std::strcmp(argv[1], "coroutines") == 0);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "asio: %s\n", error.what());
    return 1;
  }
}
