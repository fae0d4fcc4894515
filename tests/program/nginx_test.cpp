// The program and the real thing: nginx, on a loopback port.
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <map>
#include <memory>
#include <random>

#include "tests/program/fixtures.h"

namespace {

std::string random_bytes(std::size_t size) {
  std::minstd_rand random;
  std::string bytes(size, '\0');
  std::generate(bytes.begin(), bytes.end(),
                [&random] { return static_cast<char>(random() >> 8); });
  return bytes;
}

class Nginx : public testing::Test {
 protected:
  void SetUp() override {
    const std::string program = "/usr/sbin/nginx";
    if (access(program.c_str(), X_OK) != 0) {
      GTEST_SKIP() << "there is no " << program;
    }
    for (const auto& [name, body] : files_) {
      std::ofstream(home_.path(name), std::ios::binary) << body;
    }
    // Somebody else may take the port before nginx does.
    for (int tries = 0; tries < 10 && !ready_; ++tries) {
      url_ = url_of(refusing_port(), "/");
      configure();
      nginx_ = std::make_unique<Process>(Words{program, "-e", "stderr", "-p",
                                               home_.path(), "-c",
                                               home_.path("conf")});
      for (std::string line = nginx_->read_line(); !line.empty() && !ready_;) {
        // What it says once it listens.
        ready_ = line.find("using the \"epoll\"") != line.npos;
        line = ready_ ? line : nginx_->read_line();
      }
    }
    ASSERT_TRUE(ready_) << nginx_->wait().err;
  }

  void TearDown() override {
    if (ready_) {
      nginx_->signal(SIGQUIT);
      EXPECT_EQ(nginx_->wait().status, 0);
    }
  }

  void configure() const {
    std::ofstream file(home_.path("conf"));
    file << "daemon off; master_process off; pid pid;\n"
            "error_log /dev/stdout notice;\n"
            "events {}\n"
            "http {\n  access_log off;\n";
    for (const char* const module :
         {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
      file << "  " << module << "_temp_path temporary;\n";
    }
    file << "  server { listen " << url_.substr(7, url_.size() - 8) << "; root "
         << home_.path() << "; }\n}\n";
  }

  const std::map<std::string, std::string> files_ = {
      {"1k", random_bytes(1024)},
      {"10M", random_bytes(10 << 20)},
      {"empty", ""}};
  const TemporaryDirectory home_;
  const TemporaryDirectory bodies_;
  std::string url_;
  std::unique_ptr<Process> nginx_;
  bool ready_ = false;
};

TEST_F(Nginx, ServesFilesThatAreSavedByteForByte) {
  const Ended ended = run_step({"-o", bodies_.path(), url_ + "1k", url_ + "10M",
                                url_ + "empty", url_ + "missing"});
  EXPECT_EQ(ended.status, 0);
  EXPECT_EQ(ended.err, "");
  for (const char* const result :
       {"1k: 200 OK, 1024 bytes", "10M: 200 OK, 10485760 bytes",
        "empty: 200 OK, 0 bytes", "missing: 404 Not Found, "}) {
    EXPECT_NE(ended.out.find(url_ + result), ended.out.npos) << ended.out;
  }
  EXPECT_EQ(bodies_.names(),
            (std::set<std::string>{"00001-1k", "00002-10M", "00003-empty",
                                   "00004-missing"}));
  EXPECT_TRUE(bodies_.content("00001-1k") == files_.at("1k"));
  EXPECT_TRUE(bodies_.content("00002-10M") == files_.at("10M"));
  EXPECT_EQ(bodies_.content("00003-empty"), "");
}

TEST_F(Nginx, ServesTwentyAtATime) {
  const Ended ended =
      run_step({"-c20", "--repeat=20", "-o", bodies_.path(), url_ + "1k"});
  EXPECT_EQ(ended.status, 0);
  ASSERT_EQ(bodies_.names().size(), 20U);
  for (const std::string& name : bodies_.names()) {
    EXPECT_TRUE(bodies_.content(name) == files_.at("1k")) << name;
  }
}

}  // namespace
