// Fetches many URLs at a time: to wait is to return, and to be resumed later.
//
// New since step 2: one resume() that remembers where it stopped. Above each
// class stands the coroutine, of step 4's Task type, that it does by hand. To
// return an inner generator's wait as one's own is Python's `yield from`.
#include <deque>
#include <memory>

#include "common/http/jobs.h"
#include "common/net/lookup.h"
#include "common/net/socket.h"
#include "event_loop.h"
#include "task.h"

namespace {

// Task<Addresses> look_up(EventLoop& loop, const Job& job) {
//   const Lookup lookup(job.url);
//   if (!lookup.ready()) {
//     co_await loop.readable(lookup, job.deadline);
//   }
//   co_return lookup.addresses();
// }
class LookUp : public Generator {
 public:
  LookUp(EventLoop& loop, const Job& job) : loop_(loop), job_(job) {}

  Future* resume() override {
    switch (at_) {
      case At::start:
        lookup_.emplace(job_.url);
        if (lookup_->ready()) return nullptr;
        at_ = At::looking_up;
        return loop_.readable(*lookup_, job_.deadline, wait_);
      case At::looking_up:
        wait_->result();
    }
    return nullptr;
  }

  Addresses result() const { return lookup_->addresses(); }

 private:
  enum class At { start, looking_up } at_ = At::start;
  EventLoop& loop_;
  const Job& job_;
  std::optional<Lookup> lookup_;  // before wait_, so destroyed after it
  std::optional<Wait> wait_;
};

// Task<Socket> connect_any(EventLoop& loop, const Addresses& addresses,
//                          const Job& job) {
//   for (std::size_t left = addresses.size();; --left) {
//     try {
//       Socket socket(addresses[addresses.size() - left]);
//       co_await loop.writable(socket, share_of(job.deadline, left));
//       socket.connect_result();
//       co_return socket;
//     } catch (const FetchError&) {
//       if (left == 1) {
//         throw;
//       }
//     }
//   }
// }
class ConnectAny : public Generator {
 public:
  ConnectAny(EventLoop& loop, const Addresses& addresses, const Job& job)
      : loop_(loop), addresses_(addresses), job_(job) {}

  // The language forbids jumping into a try, and a case in one would do so. So
  // the try is round the switch, and the loop round both.
  Future* resume() override {
    for (;; --left_) {
      try {
        switch (at_) {
          case At::start:
            socket_ = Socket(addresses_[addresses_.size() - left_]);
            at_ = At::connecting;
            return loop_.writable(*socket_, share_of(job_.deadline, left_),
                                  wait_);
          case At::connecting:
            wait_->result();
            socket_->connect_result();
            return nullptr;
        }
      } catch (const FetchError&) {
        wait_.reset();
        socket_.reset();
        at_ = At::start;
        if (left_ == 1) {
          throw;
        }
      }
    }
  }

  Socket result() { return std::move(*socket_); }

 private:
  enum class At { start, connecting } at_ = At::start;
  EventLoop& loop_;
  const Addresses addresses_;  // a copy: nobody else keeps them
  const Job& job_;
  std::size_t left_ = addresses_.size();
  std::optional<Socket> socket_;  // before wait_, so destroyed after it
  std::optional<Wait> wait_;
};

// Task<> send_all(EventLoop& loop, Socket& socket, const Job& job) {
//   std::string_view data = job.url.request();
//   while (!data.empty()) {
//     const std::optional<std::size_t> sent = socket.send(data);
//     if (sent) {
//       data.remove_prefix(*sent);
//     } else {
//       co_await loop.writable(socket, job.deadline);
//     }
//   }
// }
class SendAll : public Generator {
 public:
  SendAll(EventLoop& loop, Socket& socket, const Job& job)
      : loop_(loop), socket_(socket), job_(job) {}

  Future* resume() override {
    switch (at_) {
      case At::start:
        break;
      case At::sending:
        wait_->result();
    }
    while (!data_.empty()) {
      const std::optional<std::size_t> sent = socket_.send(data_);
      if (sent) {
        data_.remove_prefix(*sent);
      } else {
        at_ = At::sending;
        return loop_.writable(socket_, job_.deadline, wait_);
      }
    }
    return nullptr;
  }

 private:
  enum class At { start, sending } at_ = At::start;
  EventLoop& loop_;
  Socket& socket_;
  const Job& job_;
  std::string_view data_ = job_.url.request();
  std::optional<Wait> wait_;
};

// Task<> read_response(EventLoop& loop, Socket& socket, Job& job) {
//   while (!job.response.complete()) {
//     co_await loop.readable(socket, job.deadline);
//     const std::optional<std::string_view> chunk = socket.recv();
//     if (chunk) {
//       job.response.feed(*chunk);
//     }
//   }
// }
class ReadResponse : public Generator {
 public:
  ReadResponse(EventLoop& loop, Socket& socket, Job& job)
      : loop_(loop), socket_(socket), job_(job) {}

  Future* resume() override {
    switch (at_) {
      case At::start:
        break;
      case At::reading:
        wait_->result();
        const std::optional<std::string_view> chunk = socket_.recv();
        if (chunk) {
          job_.response.feed(*chunk);
        }
    }
    if (job_.response.complete()) return nullptr;
    at_ = At::reading;
    return loop_.readable(socket_, job_.deadline, wait_);
  }

 private:
  enum class At { start, reading } at_ = At::start;
  EventLoop& loop_;
  Socket& socket_;
  Job& job_;
  std::optional<Wait> wait_;
};

// Task<> fetch(EventLoop& loop, Job& job) {
//   const Addresses addresses = co_await look_up(loop, job);
//   Socket socket = co_await connect_any(loop, addresses, job);
//   co_await send_all(loop, socket, job);
//   co_await read_response(loop, socket, job);
// }
class Fetch : public Generator {
 public:
  Fetch(EventLoop& loop, Job& job) : loop_(loop), job_(job) {}

  Future* resume() override {
    switch (at_) {
      case At::start:
        look_up_ = std::make_unique<LookUp>(loop_, job_);
        at_ = At::looking_up;
        [[fallthrough]];
      case At::looking_up:
        if (Future* wait = look_up_->resume()) return wait;
        connect_any_ =
            std::make_unique<ConnectAny>(loop_, look_up_->result(), job_);
        look_up_.reset();
        at_ = At::connecting;
        [[fallthrough]];
      case At::connecting:
        if (Future* wait = connect_any_->resume()) return wait;
        socket_ = connect_any_->result();
        connect_any_.reset();
        send_all_ = std::make_unique<SendAll>(loop_, *socket_, job_);
        at_ = At::sending;
        [[fallthrough]];
      case At::sending:
        if (Future* wait = send_all_->resume()) return wait;
        send_all_.reset();
        read_response_ = std::make_unique<ReadResponse>(loop_, *socket_, job_);
        at_ = At::reading;
        [[fallthrough]];
      case At::reading:
        if (Future* wait = read_response_->resume()) return wait;
        read_response_.reset();
    }
    return nullptr;
  }

 private:
  enum class At { start, looking_up, connecting, sending, reading };
  At at_ = At::start;
  EventLoop& loop_;
  Job& job_;
  std::optional<Socket> socket_;  // before those that wait for it
  // Each made when its turn comes, and gone when it has ended, as a frame is.
  std::unique_ptr<LookUp> look_up_;
  std::unique_ptr<ConnectAny> connect_any_;
  std::unique_ptr<SendAll> send_all_;
  std::unique_ptr<ReadResponse> read_response_;
};

// Task<> worker(EventLoop& loop, Jobs& jobs) {
//   while (std::unique_ptr<Job> job = jobs.next()) {
//     try {
//       co_await fetch(loop, *job);
//     } catch (const FetchError& error) {
//       job->failed(error);
//     }
//     jobs.done(std::move(job));
//   }
// }
class Worker : public Generator {
 public:
  Worker(EventLoop& loop, Jobs& jobs) : loop_(loop), jobs_(jobs) {}

  Future* resume() override {
    for (;;) {
      try {
        switch (at_) {
          case At::start:
            job_ = jobs_.next();
            if (job_ == nullptr) return nullptr;
            fetch_.emplace(loop_, *job_);
            at_ = At::fetching;
            [[fallthrough]];
          case At::fetching:
            if (Future* wait = fetch_->resume()) return wait;
        }
      } catch (const FetchError& error) {
        job_->failed(error);
      }
      fetch_.reset();
      jobs_.done(std::move(job_));
      at_ = At::start;
    }
  }

 private:
  enum class At { start, fetching } at_ = At::start;
  EventLoop& loop_;
  Jobs& jobs_;
  std::unique_ptr<Job> job_;
  std::optional<Fetch> fetch_;
};

}  // namespace

// As many workers as may run at a time; the loop wakes whichever can go on.
void fetch_all(Jobs& jobs, std::size_t concurrency) {
  EventLoop loop;  // outlives the workers, whose waits it knows
  std::deque<Task> workers;
  for (std::size_t i = 0; i < concurrency; ++i) {
    workers.emplace_back(std::make_unique<Worker>(loop, jobs));
    workers.back().step();
  }
  loop.run();
}
