// How a policy says what it decides; it may decide as it likes.
#include <simdjson.h>

#include "conformance/check.h"
#include "conformance/exchange.h"

namespace gatehouse::conformance {

namespace {

void each_policy(const CheckedPlugin& checked, const std::function<void(const Instance&)>& visit) {
  each_instance(checked, {GH_POLICY_1}, visit);
}

// Shows it every request, and calls visit with each decision.
void each_request_decision(const CheckedPlugin& checked,
                           const std::function<void(const Request&, const Decision&)>& visit) {
  each_policy(checked, [&](const Instance& instance) {
    std::vector<Request> requests = odd_requests();
    requests.insert(requests.begin(), ordinary_request());
    for (const Request& request : requests) {
      Memory memory;
      PolicyCall call(instance, request, memory);
      if (call.begun().ok()) visit(request, call.on_request());
    }
  });
}

void decides_on_a_request(const CheckedPlugin& checked) {
  each_request_decision(checked, [](const Request&, const Decision&) {});
}

void names_its_reason(const CheckedPlugin& checked) {
  each_request_decision(checked, [](const Request& request, const Decision& decision) {
    if (decision.verdict == GH_DENY && decision.code.empty()) fail("it denies " + request.name + " without a code");
    if (decision.verdict == GH_DENY && decision.reason.empty()) fail("it denies " + request.name + " without a text");
  });
}

void changes_only_when_it_says_so(const CheckedPlugin& checked) {
  each_request_decision(checked, [](const Request& request, const Decision& decision) {
    const bool changed = decision.replaced || !decision.edited.empty();
    if (changed != (decision.verdict == GH_MODIFY)) {
      fail(changed ? "it changes " + request.name + " without answering MODIFY"
                   : "it answers MODIFY to " + request.name + " and changes nothing");
    }
    if (decision.replaced && !decision.edited.empty())
      fail("it replaces " + request.name + " and edits its texts too: one of them is meant");
    for (const std::size_t index : decision.edited) {
      if (index >= request.text_count())
        fail("it edits text " + std::to_string(index) + " of " + request.name + ", which has " +
             std::to_string(request.text_count()));
    }
    if (!decision.replaced) return;
    simdjson::dom::parser parser;
    simdjson::dom::object object;
    if (parser.parse(decision.content).get(object) != simdjson::SUCCESS)
      fail("what it replaces " + request.name + " with is no JSON object");
  });
}

// Texts, whole and in pieces that end in the middle of words and of characters.
std::vector<std::vector<std::string>> split_texts() {
  const std::string text = "The capital of France is Paris \xF0\x9F\x87\xAB\xF0\x9F\x87\xB7, 你好.";
  std::vector<std::vector<std::string>> all = {
      {""}, {"", "", ""}, {text}, {std::string(100'000, 'a')}, {text, "", text}};
  for (const std::size_t length : {1u, 2u, 3u, 7u}) {
    std::vector<std::string>& pieces = all.emplace_back();
    for (std::size_t at = 0; at < text.size(); at += length) pieces.push_back(text.substr(at, length));
  }
  return all;
}

void expect_sound(const Decision& decision, const char* what) {
  if (decision.verdict == GH_DENY && decision.code.empty()) fail(std::string("it denies ") + what + " without a code");
  if (!decision.edited.empty()) fail(std::string("it edits a text of the request while it sees ") + what);
  if (decision.replaced && decision.verdict != GH_MODIFY)
    fail(std::string("it replaces ") + what + " without answering MODIFY");
}

void takes_any_text(const CheckedPlugin& checked) {
  bool any = false;
  each_policy(checked, [&](const Instance& instance) {
    const gh_policy& table = instance.table<gh_policy>();
    any |= table.on_chunk != nullptr || table.on_response != nullptr;
    Request request = ordinary_request();
    request.stream = true;
    for (const std::vector<std::string>& pieces : split_texts()) {
      Memory memory;
      PolicyCall call(instance, request, memory);
      if (!call.begun().ok()) continue;
      call.on_request();
      std::string whole;
      for (const std::string& piece : pieces) {
        whole += piece;
        if (table.on_chunk != nullptr) expect_sound(call.on_chunk(piece), "a piece of text");
      }
      if (table.on_response != nullptr) expect_sound(call.on_response(whole), "an answer");
    }
  });
  if (!any) nothing_to_check();
}

void can_end_anywhere(const CheckedPlugin& checked) {
  each_policy(checked, [](const Instance& instance) {
    Memory memory;
    for (int round = 0; round < 100; ++round) {
      const PolicyCall unused(instance, ordinary_request(), memory);
      PolicyCall asked(instance, ordinary_request(), memory);
      if (asked.begun().ok()) asked.on_request();
    }
  });
}

}  // namespace

std::vector<Check> policy_checks() {
  return {
      {"policy.verdicts", "It decides on any request, or fails with a reason.", decides_on_a_request},
      {"policy.reasons", "Who is denied gets a code and a text.", names_its_reason},
      {"policy.changes", "It replaces a request exactly when it answers MODIFY, and by a JSON object.",
       changes_only_when_it_says_so},
      {"policy.texts", "It takes text in any pieces.", takes_any_text},
      {"policy.ends", "An exchange may end before or after it was asked.", can_end_anywhere},
  };
}

}  // namespace gatehouse::conformance
