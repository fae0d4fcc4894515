// Fetches many URLs at a time: to wait is to say what is to be called, and
// return.
//
// New since step 1: what comes after a wait is another function, the callback.
// What a function had in hand when it returned is in members.
#include <deque>

#include "common/http/jobs.h"
#include "common/net/lookup.h"
#include "common/net/socket.h"
#include "event_loop.h"

namespace {

// One fetch. Its callbacks are named after what has happened. Owned by its
// worker, which destroys it when it has ended: so a callback that ends the
// fetch returns at once.
class Fetch {
 public:
  // Calls `ended` once, perhaps before start() returns.
  Fetch(EventLoop& loop, Job& job, Callback ended)
      : loop_(loop), job_(job), ended_(std::move(ended)) {}

  ~Fetch() {
    if (lookup_) {
      loop_.cancel(*lookup_);
    }
    if (socket_) {
      loop_.cancel(*socket_);
    }
  }

  void start() {
    const Callback begin = guarded(&Fetch::look_up);
    begin(nullptr);
  }

 private:
  // A callback that throws would throw into the event loop, which doesn't know
  // whose callback it was. So each is called through this, which does.
  Callback guarded(void (Fetch::*callback)(const FetchError* error)) {
    next_ = callback;  // a member: captured, it would cost an allocation
    return [this](const FetchError* error) {
      try {
        (this->*next_)(error);
      } catch (const FetchError& thrown) {
        end(&thrown);
      }
    };
  }

  void look_up(const FetchError*) {
    lookup_.emplace(job_.url);
    if (lookup_->ready()) return looked_up(nullptr);
    loop_.when_readable(*lookup_, job_.deadline, guarded(&Fetch::looked_up));
  }

  void looked_up(const FetchError* error) {
    if (error != nullptr) return end(error);
    addresses_ = lookup_->addresses();
    lookup_.reset();
    left_ = addresses_->size();
    connect_any();
  }

  // The first connection that succeeds. Each address gets a share of the time
  // that is left, so that a silent one leaves some to those after it.
  void connect_any() {
    for (;; --left_) {
      try {
        socket_ = Socket((*addresses_)[addresses_->size() - left_]);
        loop_.when_writable(*socket_, share_of(job_.deadline, left_),
                            guarded(&Fetch::connected));
        return;
      } catch (const FetchError&) {
        socket_.reset();
        if (left_ == 1) {
          throw;
        }
      }
    }
  }

  // The try above has ended, and so has the loop: both again, by hand.
  void connected(const FetchError* error) {
    try {
      if (error != nullptr) {
        throw *error;
      }
      socket_->connect_result();
    } catch (const FetchError&) {
      socket_.reset();
      if (left_ == 1) {
        throw;
      }
      --left_;
      return connect_any();
    }
    data_ = job_.url.request();
    send_all();
  }

  void send_all() {
    while (!data_.empty()) {
      const std::optional<std::size_t> sent = socket_->send(data_);
      if (sent) {
        data_.remove_prefix(*sent);
      } else {
        loop_.when_writable(*socket_, job_.deadline, guarded(&Fetch::writable));
        return;
      }
    }
    read_response();
  }

  void writable(const FetchError* error) {
    if (error != nullptr) return end(error);
    send_all();
  }

  void read_response() {
    if (job_.response.complete()) return end(nullptr);
    loop_.when_readable(*socket_, job_.deadline, guarded(&Fetch::readable));
  }

  void readable(const FetchError* error) {
    if (error != nullptr) return end(error);
    const std::optional<std::string_view> chunk = socket_->recv();
    if (chunk) {
      job_.response.feed(*chunk);
    }
    read_response();
  }

  // Moved out first, since this call destroys the fetch, and `ended_` with it.
  void end(const FetchError* error) {
    const Callback ended = std::move(ended_);
    ended(error);
  }

  EventLoop& loop_;
  Job& job_;
  Callback ended_;
  void (Fetch::*next_)(const FetchError*) = nullptr;  // after the one wait
  std::optional<Lookup> lookup_;
  std::optional<Addresses> addresses_;
  std::size_t left_ = 0;  // addresses to try
  std::optional<Socket> socket_;
  std::string_view data_;  // to send
};

// Takes the next job until none is left.
class Worker {
 public:
  Worker(EventLoop& loop, Jobs& jobs) : loop_(loop), jobs_(jobs) {}

  // Begins fetches until one has to wait. In a loop: if the end of one began
  // the next, many that end at once would use up the stack.
  void work() {
    working_ = true;
    while (!fetch_ && (job_ = jobs_.next()) != nullptr) {
      fetch_.emplace(loop_, *job_,
                     [this](const FetchError* error) { ended(error); });
      fetch_->start();
    }
    working_ = false;
  }

 private:
  void ended(const FetchError* error) {
    if (error != nullptr) {
      job_->failed(*error);
    }
    fetch_.reset();
    jobs_.done(std::move(job_));
    if (!working_) {
      work();
    }
  }

  EventLoop& loop_;
  Jobs& jobs_;
  std::unique_ptr<Job> job_;
  std::optional<Fetch> fetch_;
  bool working_ = false;  // in work(), whose loop goes on by itself
};

}  // namespace

// As many workers as may run at a time; the loop calls whichever can go on.
void fetch_all(Jobs& jobs, std::size_t concurrency) {
  EventLoop loop;  // outlives the workers, whose waits it knows
  std::deque<Worker> workers;
  for (std::size_t i = 0; i < concurrency; ++i) {
    workers.emplace_back(loop, jobs);
    workers.back().work();
  }
  loop.run();
}
