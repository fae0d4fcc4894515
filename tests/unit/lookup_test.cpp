#include "common/net/lookup.h"

#include <gtest/gtest.h>
#include <netdb.h>
#include <poll.h>
#include <sys/resource.h>

#include <cstdlib>
#include <thread>

#include "tests/support/scripted_names.h"

namespace {

// A name that nobody has asked for, however often the tests are repeated.
std::string new_name() {
  static int names = 0;
  return "name" + std::to_string(++names) + ".test";
}

Url url_of(const std::string& host) {
  return Url("http://" + host + ":8080/");
}

bool readable(const Lookup& lookup, int milliseconds = 10'000) {
  pollfd polled = {lookup.fd(), POLLIN, 0};
  return poll(&polled, 1, milliseconds) == 1;
}

void wait_until_asked_for(const std::string& name) {
  while (lookups_of(name) == 0) {
    std::this_thread::yield();
  }
}

TEST(Lookup, NumericAddressesAreReadyAtOnce) {
  for (const auto& [host, family] :
       {std::pair("127.0.0.1", AF_INET), std::pair("[::1]", AF_INET6)}) {
    const Url url = url_of(host);
    const Lookup lookup(url);
    EXPECT_TRUE(lookup.ready());
    EXPECT_EQ(lookup.fd(), -1);
    ASSERT_EQ(lookup.addresses().size(), 1u);
    EXPECT_EQ(lookup.addresses()[0].family(), family);
    EXPECT_EQ(lookup.addresses()[0].port(), 8080);
  }
}

TEST(Lookup, BecomesReadableWithTheAddressesAndRemembersThem) {
  const std::string name = new_name();
  answer_name(name, {"::1", "127.0.0.1"});
  const Url url = url_of(name);
  const Lookup lookup(url);
  EXPECT_FALSE(lookup.ready());
  ASSERT_TRUE(readable(lookup));
  const Addresses addresses = lookup.addresses();
  ASSERT_EQ(addresses.size(), 2u);
  EXPECT_EQ(addresses[0].family(), AF_INET6);
  EXPECT_EQ(addresses[1].family(), AF_INET);
  EXPECT_EQ(addresses[1].port(), 8080);
  const Lookup again(url);
  EXPECT_TRUE(again.ready());
  EXPECT_EQ(again.fd(), -1);
  EXPECT_EQ(again.addresses().size(), 2u);
  EXPECT_EQ(lookups_of(name), 1);
}

TEST(Lookup, ThoseInProgressForTheSameHostShareTheAnswer) {
  const std::string name = new_name();
  silence_name(name);
  const Url url = url_of(name);
  const Url other_port("http://" + name + ":81/");
  const Lookup first(url);
  const Lookup second(other_port);
  auto given_up = std::make_unique<Lookup>(url);
  wait_until_asked_for(name);
  EXPECT_FALSE(readable(first, 0));
  given_up.reset();  // before the answer, which must not look for it
  answer_name(name, {"127.0.0.1"});
  ASSERT_TRUE(readable(first) && readable(second));
  EXPECT_EQ(first.addresses()[0].port(), 8080);
  EXPECT_EQ(second.addresses()[0].port(), 81);
  EXPECT_EQ(lookups_of(name), 1);
}

TEST(Lookup, AFailureNamesTheCauseAndIsNotRemembered) {
  const std::string name = new_name();
  const Url url = url_of(name);
  const auto look_up = [&] {
    const Lookup lookup(url);
    EXPECT_TRUE(readable(lookup));
    try {
      lookup.addresses();
      return std::string("found");
    } catch (const FetchError& error) {
      return std::string(error.what());
    }
  };
  EXPECT_EQ(look_up(), "name lookup: name or service not known");
  fail_name(name, EAI_AGAIN);
  EXPECT_EQ(look_up(), "name lookup: temporary failure in name resolution");
  answer_name(name, {});
  EXPECT_EQ(look_up(), "name lookup: the host has no IP address");
  answer_name(name, {"127.0.0.1"});
  EXPECT_EQ(look_up(), "found");
  EXPECT_EQ(lookups_of(name), 4);
}

TEST(Lookup, WithoutADescriptorLeftItIsAFailureLikeAnyOther) {
  const Url url = url_of(new_name());
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const rlimit none = {0, before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &none);
  std::string error;
  try {
    const Lookup lookup(url);
  } catch (const FetchError& thrown) {
    error = thrown.what();
  }
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(error, "name lookup: too many open files");
}

TEST(Lookup, ASilentNameHoldsUpOthersOnlyWhenHelpersAreFew) {
  for (const std::size_t helpers : {Lookup::kMaxHelpers, std::size_t{1}}) {
    Lookup::limit_helpers(helpers);
    const std::string names[] = {new_name(), new_name(), new_name()};
    const Url urls[] = {url_of(names[0]), url_of(names[1]), url_of(names[2])};
    silence_name(names[0]);
    const Lookup silent(urls[0]);
    wait_until_asked_for(names[0]);
    const Lookup second(urls[1]);
    const Lookup third(urls[2]);
    if (helpers == 1) {
      EXPECT_FALSE(readable(second, 20));
      EXPECT_EQ(lookups_of(names[1]) + lookups_of(names[2]), 0);
      fail_name(names[0], EAI_NONAME);
    }
    EXPECT_TRUE(readable(second) && readable(third));
    fail_name(names[0], EAI_NONAME);
    EXPECT_TRUE(readable(silent));
  }
  Lookup::limit_helpers(Lookup::kMaxHelpers);
}

// A helper whose name server is silent is stuck once nobody waits for it.
TEST(Lookup, HoldsUpNoOtherOnceNobodyWaitsForItAnyMore) {
  Lookup::limit_helpers(1, 2);
  const std::string names[] = {new_name(), new_name(), new_name(), new_name()};
  for (int i = 0; i < 3; ++i) {
    silence_name(names[i]);
  }
  std::optional<Lookup> given_up;
  for (int i = 0; i < 2; ++i) {
    const Url url = url_of(names[i]);
    given_up.emplace(url);
    wait_until_asked_for(names[i]);
    given_up.reset();
  }
  // Two are stuck, as many as may be. What comes now waits for one of them.
  const Url third = url_of(names[2]);
  const Url fourth = url_of(names[3]);
  const Lookup waiting(third);
  const Lookup last(fourth);
  EXPECT_EQ(lookups_of(names[2]), 0);
  fail_name(names[0], EAI_NONAME);
  wait_until_asked_for(names[2]);
  fail_name(names[2], EAI_NONAME);
  EXPECT_TRUE(readable(waiting) && readable(last));
  fail_name(names[1], EAI_NONAME);
  Lookup::limit_helpers(Lookup::kMaxHelpers);
}

// What is asked for again, while a stuck helper still asks, is waited for.
TEST(Lookup, IsTakenUpAgainWhileItIsStillBeingAsked) {
  const std::string name = new_name();
  silence_name(name);
  const Url url = url_of(name);
  {
    const Lookup given_up(url);
    wait_until_asked_for(name);
  }
  const Lookup again(url);
  answer_name(name, {"127.0.0.1"});
  EXPECT_TRUE(readable(again));
  EXPECT_EQ(lookups_of(name), 1);
  EXPECT_EQ(again.addresses().size(), 1U);
}

TEST(Lookup, IsNotAskedWhenNobodyWaitsForItAnyMore) {
  Lookup::limit_helpers(1);
  const std::string names[] = {new_name(), new_name(), new_name()};
  const Url urls[] = {url_of(names[0]), url_of(names[1]), url_of(names[2])};
  silence_name(names[0]);
  const Lookup silent(urls[0]);
  wait_until_asked_for(names[0]);
  { const Lookup given_up(urls[1]); }  // before it is begun
  const Lookup third(urls[2]);
  fail_name(names[0], EAI_NONAME);
  EXPECT_TRUE(readable(third));
  EXPECT_EQ(lookups_of(names[1]), 0);
  Lookup::limit_helpers(Lookup::kMaxHelpers);
}

TEST(LookupDeathTest, ASilentNameDoesNotHoldUpTheEndOfTheProcess) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  const Url url("http://silent.test/");
  EXPECT_EXIT(
      {
        const Lookup lookup(url);
        wait_until_asked_for("silent.test");
        std::exit(0);
      },
      testing::ExitedWithCode(0), "");
}

}  // namespace
