// A clock that goes as fast as the exercises like: nobody sleeps.
#pragma once

#include <coroutine>
#include <map>

class ScriptedAlarms;

// For `co_await alarms.at(time)`. It is armed while a coroutine waits for it,
// and disarmed when it rings, or is destroyed with that coroutine.
class Alarm {
 public:
  Alarm(ScriptedAlarms& alarms, int time) : alarms_(alarms), time_(time) {}
  ~Alarm();
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> waiter);
  void await_resume() const {}

 private:
  friend class ScriptedAlarms;

  ScriptedAlarms& alarms_;
  const int time_;
  std::coroutine_handle<> waiter_;
};

class ScriptedAlarms {
 public:
  int now() const { return now_; }
  Alarm at(int time) { return Alarm(*this, time); }
  Alarm after(int span) { return Alarm(*this, now_ + span); }
  std::size_t armed() const { return armed_.size(); }

  // The earliest alarm rings: time goes there, and its coroutine is resumed.
  // Returns whether there was one, before `end`.
  bool ring(int end = 1'000'000'000) {
    if (armed_.empty() || armed_.begin()->first > end) {
      return false;
    }
    Alarm& alarm = *armed_.begin()->second;
    now_ = armed_.begin()->first;
    armed_.erase(armed_.begin());
    alarm.waiter_.resume();
    return true;
  }

 private:
  friend class Alarm;

  int now_ = 0;
  std::multimap<int, Alarm*> armed_;
};

inline void Alarm::await_suspend(std::coroutine_handle<> waiter) {
  waiter_ = waiter;
  alarms_.armed_.emplace(time_, this);
}

inline Alarm::~Alarm() {
  std::erase_if(alarms_.armed_,
                [this](const auto& armed) { return armed.second == this; });
}
