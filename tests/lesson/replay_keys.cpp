#include "tests/lesson/replay_keys.h"

#include <gtest/gtest.h>

#include "tests/support/browser.h"

namespace {

class Page {
 public:
  explicit Page(const std::string& url) { browser_.open(url); }

  // What can have the focus and hasn't had it yet.
  std::string unreached_by_tab() {
    browser_.value_of(
        "addEventListener('focusin', e => e.target.dataset.reached = 1), ''");
    constexpr int kMoreThanThereAre = 120;
    for (int i = 0; i < kMoreThanThereAre; ++i) {
      browser_.press("Tab");
    }
    return browser_.value_of(
        "[...document.querySelectorAll('button, input, .code')]"
        ".filter(e => e.getClientRects().length && !e.dataset.reached)"
        ".map(e => e.title || e.className || e.id).join()");
  }

  // The value of `expression` as text, after the key.
  std::string after(const std::string& key, const std::string& expression) {
    browser_.press(key);
    return browser_.value_of("String(" + expression + ")");
  }

  // Tab, until one of the answers to the page's question has the focus.
  bool tab_to_an_answer() {
    constexpr int kMoreThanThereAre = 120;
    for (int i = 0; i < kMoreThanThereAre; ++i) {
      if (after("Tab", "!!document.activeElement.closest('.ask')") == "true") {
        return true;
      }
    }
    return false;
  }

  const std::vector<std::string>& complaints() const {
    return browser_.complaints();
  }

 private:
  Browser browser_;
};

}  // namespace

void expect_keys_reach_everything(const std::string& url) {
  Page page(url);
  EXPECT_EQ(page.unreached_by_tab(), "");

  const std::string clock =
      "document.getElementById('clock').textContent.split(' ')";
  EXPECT_EQ(page.after("Home", clock + "[1]"), "1");
  EXPECT_EQ(page.after("ArrowRight", clock + "[1]"), "2");
  EXPECT_EQ(page.after("ArrowLeft", clock + "[1]"), "1");
  EXPECT_EQ(page.after("End", clock + "[1] + ',' === " + clock + "[3]"),
            "true");
  page.after("Home", "0");
  EXPECT_EQ(page.after("w", "location.hash.split('&')[0]"), "#wake=foo-1");

  EXPECT_EQ(page.after("1", "document.querySelectorAll('section').length"),
            "3");
  EXPECT_EQ(page.after("1", "document.querySelectorAll('section').length"),
            "2");
  const std::string dark = "document.documentElement.classList.length";
  EXPECT_NE(page.after("d", dark), page.after("d", dark));
  EXPECT_NE(page.after("+", "state.size"), page.after("-", "state.size"));
  page.after("Home", "document.activeElement.blur()");  // it presses buttons
  EXPECT_EQ(page.after(" ", "!!timer"), "true");
  EXPECT_EQ(page.after(" ", "!!timer"), "false");
  const std::string help = "document.getElementById('help').open";
  EXPECT_EQ(page.after("?", help), "true");
  EXPECT_EQ(page.after("Escape", help), "false");

  page.after("w", "0");
  EXPECT_EQ(page.after("p", "document.querySelectorAll('.ask').length"), "2");
  ASSERT_TRUE(page.tab_to_an_answer());
  EXPECT_EQ(page.after("Enter", "/^(Right|No):/.test(" + clock + "[0])"),
            "true");
  EXPECT_EQ(page.complaints(), std::vector<std::string>());
}
