// libuv, with callbacks: a peer of step 2.
//
// libuv PORT PATH RESPONSE_BYTES FETCHES CONCURRENCY
#include <uv.h>

#include <algorithm>
#include <memory>

#include "client.h"

namespace {

void check(int error, const char* operation) {
  if (error < 0) {
    std::fprintf(stderr, "%s: %s\n", operation, uv_strerror(error));
    std::_Exit(1);
  }
}

Target target;
std::uint64_t to_start = 0;
char buffer[65536];  // for all: what is received is only counted

// One fetch. Owned by the loop until its handle is closed.
struct Fetch {
  uv_tcp_t socket;
  uv_connect_t connecting;
  uv_write_t writing;
  std::uint64_t left;
};

Fetch& fetch_of(void* data) {
  return *static_cast<Fetch*>(data);
}

void start();

void closed(uv_handle_t* handle) {
  delete &fetch_of(handle->data);
  if (to_start > 0) {
    start();
  }
}

void give_buffer(uv_handle_t*, std::size_t, uv_buf_t* given) {
  *given = uv_buf_init(buffer, sizeof buffer);
}

void received(uv_stream_t* stream, ssize_t got, const uv_buf_t*) {
  check(static_cast<int>(got), "read");
  Fetch& fetch = fetch_of(stream->data);
  fetch.left -= static_cast<std::uint64_t>(got);
  if (fetch.left == 0) {
    uv_close(reinterpret_cast<uv_handle_t*>(stream), closed);
  }
}

void written(uv_write_t*, int error) {
  check(error, "write");
}

void connected(uv_connect_t* request, int error) {
  check(error, "connect");
  Fetch& fetch = fetch_of(request->handle->data);
  const uv_buf_t text = uv_buf_init(
      target.request.data(), static_cast<unsigned>(target.request.size()));
  check(uv_write(&fetch.writing, request->handle, &text, 1, written), "write");
  check(uv_read_start(request->handle, give_buffer, received), "read");
}

void start() {
  --to_start;
  auto* const fetch = new Fetch;
  fetch->left = target.response_bytes;
  check(uv_tcp_init(uv_default_loop(), &fetch->socket), "socket");
  fetch->socket.data = fetch;
  check(uv_tcp_connect(&fetch->connecting, &fetch->socket,
                       reinterpret_cast<const sockaddr*>(&target.address),
                       connected),
        "connect");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fprintf(stderr,
                 "libuv PORT PATH RESPONSE_BYTES FETCHES CONCURRENCY\n");
    return 2;
  }
  target = target_of(argv + 1);
  to_start = target.fetches;
  const std::uint64_t running = std::min(to_start, target.concurrency);
  for (std::uint64_t i = 0; i < running; ++i) {
    start();
  }
  uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
