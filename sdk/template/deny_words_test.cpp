// Drives the policy without a gateway. Exit 0: all is well.
#include <cstdio>

#include <gatehouse/testing.hpp>

#include "deny_words.h"

using gatehouse::testing::PolicyDriver;
using gatehouse::testing::Request;

namespace {

int failures = 0;

void expect(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "expected: %s\n", what);
  ++failures;
}

}  // namespace

int main() {
  PolicyDriver<DenyWords> policy(R"({"words":["swordfish"]})");
  expect(policy.on_request(Request().user("hello")).value == GH_ALLOW, "a harmless prompt passes");
  expect(policy.on_request(Request().user("say swordfish")).code == "denied_word", "a denied word stops the prompt");
  expect(
      policy.on_request(Request().user("hi").text(gatehouse::TextKind::tool_call, "…", "swordfish")).value == GH_DENY,
      "a denied word is found beside the messages too");
  expect(policy.on_chunk("the sword").value == GH_ALLOW, "a part of the word passes");
  expect(policy.on_chunk("the swordfish").value == GH_DENY, "the whole word stops the reply");

  try {
    const PolicyDriver<DenyWords> misspelt(R"({"word":["swordfish"]})");
    expect(false, "a misspelt key is refused");
  } catch (const gatehouse::Error& error) {
    expect(error.status() == GH_ECONFIG, "a misspelt key is the configuration's fault");
  }
  return failures == 0 ? 0 : 1;
}
