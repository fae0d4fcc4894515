#include "common/net/socket.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>

#include <string>

#include "common/net/wakeup.h"
#include "tests/support/scripted_server.h"

namespace {

// Waits for `events`, but not for good.
void wait_for(const Descriptor& descriptor, short events) {
  pollfd polled = {descriptor.fd(), events, 0};
  ASSERT_EQ(poll(&polled, 1, 10'000), 1);
}

template <typename Operation>
std::string error_of(Operation operation) {
  try {
    operation();
    return "none";
  } catch (const FetchError& error) {
    return error.what();
  }
}

Socket connected_to(const Address& address) {
  Socket socket(address);
  EXPECT_EQ(socket.phase(), Phase::kConnect);
  wait_for(socket, POLLOUT);
  socket.connect_result();
  return socket;
}

void set(const Descriptor& socket, int option, const auto& value) {
  ASSERT_EQ(setsockopt(socket.fd(), SOL_SOCKET, option, &value, sizeof value),
            0);
}

// Both ends of a connection with little room in it.
struct Connection {
  explicit Connection(Descriptor listening = listen_on_loopback())
      : listener(std::move(listening)) {
    set(listener, SO_RCVBUF, 4096);
    client = connected_to(bound_address(listener));
    set(*client, SO_SNDBUF, 4096);
    wait_for(listener, POLLIN);
    server = accept_from(listener);
  }
  void reset() {
    set(*server, SO_LINGER, linger{1, 0});
    server->close();
    wait_for(*client, POLLIN);
  }
  Descriptor listener;
  std::optional<Socket> client;
  std::optional<Socket> server;
};

// A client goes from phase to phase as it does what a fetch does.
void expect_talk(Connection& connection) {
  EXPECT_EQ(connection.client->phase(), Phase::kSend);
  EXPECT_EQ(connection.client->send("hello"), 5u);
  EXPECT_EQ(connection.client->phase(), Phase::kReceive);
  EXPECT_EQ(connection.server->phase(), Phase::kReceive);
  wait_for(*connection.server, POLLIN);
  EXPECT_EQ(connection.server->recv(), "hello");
}

TEST(Socket, ConnectsToIpv6) {
  Descriptor port(socket(AF_INET6, SOCK_STREAM, 0), Phase::kReceive);
  sockaddr_in6 address = {};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  const auto* const generic = reinterpret_cast<const sockaddr*>(&address);
  if (bind(port.fd(), generic, sizeof address) == -1) {
    GTEST_SKIP() << "this machine has no ::1";
  }
  ASSERT_EQ(listen(port.fd(), 1), 0);
  Connection connection(std::move(port));
  EXPECT_EQ(bound_address(*connection.client).family(), AF_INET6);
  expect_talk(connection);
}

TEST(Socket, IsRefusedWhereNobodyListens) {
  const Descriptor port = refusing_port();
  EXPECT_EQ(error_of([&] { connected_to(bound_address(port)); }),
            "connect: connection refused");
}

TEST(Socket, WithoutDescriptorsLeftItCannotEvenBegin) {
  const Descriptor listener = listen_on_loopback();
  const Address address = bound_address(listener);
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const rlimit none = {0, before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &none);
  const std::string error = error_of([&] { Socket socket(address); });
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(error, "connect: too many open files");
}

TEST(Socket, NoBytesAreNotTheEndOfTheStream) {
  Connection connection;
  EXPECT_EQ(accept_from(connection.listener), std::nullopt);
  EXPECT_EQ(connection.client->recv(), std::nullopt);
  connection.server->close();
  wait_for(*connection.client, POLLIN);
  EXPECT_EQ(connection.client->recv(), "");
}

TEST(Socket, AResetIsAFailureOfThePhaseItIsIn) {
  Connection sending;
  sending.reset();
  EXPECT_EQ(error_of([&] { sending.client->send("x"); }),
            "send: connection reset by peer");
  Connection receiving;
  expect_talk(receiving);
  receiving.reset();
  EXPECT_EQ(error_of([&] { receiving.client->recv(); }),
            "receive: connection reset by peer");
}

TEST(Socket, ABrokenPipeDoesNotKillTheProcess) {
  Connection connection;
  ASSERT_EQ(shutdown(connection.client->fd(), SHUT_WR), 0);
  EXPECT_EQ(error_of([&] { connection.client->send("x"); }),
            "send: broken pipe");
}

TEST(Socket, SendsInPartsWhatDoesNotFit) {
  Connection connection;
  std::string data(1'000'000, '\0');
  for (std::size_t i = 0; i < data.size(); ++i) {
    data[i] = static_cast<char>(i % 251);
  }
  std::string_view rest = data;
  std::string received;
  int blocked = 0;
  while (received.size() < data.size()) {
    std::optional<std::size_t> sent = 0;
    while (!rest.empty() && (sent = connection.client->send(rest))) {
      rest.remove_prefix(*sent);
    }
    blocked += !sent;
    EXPECT_EQ(connection.client->phase(),
              rest.empty() ? Phase::kReceive : Phase::kSend);
    wait_for(*connection.server, POLLIN);
    received += connection.server->recv().value_or("");
  }
  EXPECT_GT(blocked, 0);
  EXPECT_TRUE(received == data);
}

TEST(Socket, NeverBlocksAndIsNotInherited) {
  const Connection connection;
  const Wakeup wakeup = Wakeup::open();
  const Descriptor* const all[] = {&connection.listener, &*connection.client,
                                   &*connection.server, &wakeup};
  for (const Descriptor* descriptor : all) {
    EXPECT_TRUE(fcntl(descriptor->fd(), F_GETFL) & O_NONBLOCK);
    EXPECT_TRUE(fcntl(descriptor->fd(), F_GETFD) & FD_CLOEXEC);
  }
}

}  // namespace
