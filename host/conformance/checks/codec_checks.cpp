// What a remote provider's codec sends, and how it reads any answer.
#include <chrono>
#include <random>

#include "conformance/check.h"
#include "conformance/exchange.h"
#include "conformance/wire_samples.h"

namespace gatehouse::conformance {

namespace {

void each_codec(const CheckedPlugin& checked, const std::function<void(const Instance&)>& visit) {
  each_instance(checked, {GH_PROVIDER_CODEC_1}, visit);
}

// Opens the request and passes the call on, unless the codec refuses the request, as it may.
template <class Use>
void with_call(const Instance& instance, const Request& request, Use use) {
  Memory memory;
  CodecCall call(instance, request, memory);
  if (call.opened().ok()) use(call, memory);
}

std::vector<Request> all_requests() {
  std::vector<Request> all = odd_requests();
  all.insert(all.begin(), ordinary_request());
  return all;
}

void takes_an_ordinary_request(const CheckedPlugin& checked) {
  each_codec(checked, [](const Instance& instance) {
    Memory memory;
    CodecCall call(instance, ordinary_request(), memory);
    if (!call.opened().ok()) fail("it refuses an ordinary request: " + call.opened().message);
    const auto [outcome, sent] = call.encode();
    if (!outcome.ok()) fail("it cannot encode an ordinary request: " + outcome.message);
    if (sent.method.empty() || sent.url.empty()) fail("it names no method or no URL");
    if (!sent.url.starts_with("http://") && !sent.url.starts_with("https://"))
      fail("its URL is " + sent.url + ", which is neither http:// nor https://");
    if (sent.framing > GH_FRAMING_RAW)
      fail("it asks for framing " + std::to_string(sent.framing) + ", which there is not");
  });
}

void encodes_alike(const CheckedPlugin& checked) {
  each_codec(checked, [](const Instance& instance) {
    for (const Request& request : all_requests()) {
      with_call(instance, request, [&](CodecCall& call, Memory&) {
        const auto [first, sent] = call.encode(1);
        const auto [again, resent] = call.encode(1);
        if (first.status != again.status || !(sent == resent))
          fail("encoded twice, " + request.name + " is not sent the same; a retry would differ");
      });
    }
  });
}

void survives_any_answer(const CheckedPlugin& checked) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  each_codec(checked, [&](const Instance& instance) {
    std::mt19937 random(1);
    Request request = ordinary_request();
    for (int i = 0; i < 1000 && std::chrono::steady_clock::now() < until; ++i) {
      request.stream = random() % 2 == 0;
      with_call(instance, request, [&](CodecCall& call, Memory& memory) {
        Listener listener(memory);
        call.encode();
        for (std::size_t frames = random() % 6; frames > 0; --frames) {
          const auto status = static_cast<std::uint32_t>(random() % 4 == 0 ? 400 + random() % 200 : 200);
          call.decode(garbled(random), listener, status, random() % 3 == 0 ? garbled(random) : "", status >= 400);
        }
        call.decode("", listener, 200, {}, true);
      });
    }
  });
}

// What an HTTP status means, whatever else the answer says.
void expect_meaning(const Instance& instance, std::uint32_t status, std::string_view body,
                    std::initializer_list<gh_status> allowed) {
  with_call(instance, ordinary_request(), [&](CodecCall& call, Memory& memory) {
    Listener listener(memory);
    call.encode();
    const Outcome outcome = call.decode(body, listener, status, {}, true);
    for (const gh_status one : allowed) {
      if (outcome.status == one) return;
    }
    fail("an answer of " + std::to_string(status) + " with the body '" + std::string(body) + "' became status " +
         std::to_string(outcome.status) + (outcome.ok() ? ", as if all were well" : ": " + outcome.message));
  });
}

void knows_what_errors_mean(const CheckedPlugin& checked) {
  each_codec(checked, [](const Instance& instance) {
    for (const std::string_view body :
         {R"({"error":{"type":"some_error","message":"it says why","code":"some_code"}})", "", "<html>sorry</html>"}) {
      expect_meaning(instance, 400, body, {GH_EINVAL, GH_EUPSTREAM});
      expect_meaning(instance, 401, body, {GH_EUPSTREAM});
      expect_meaning(instance, 404, body, {GH_EINVAL, GH_EUPSTREAM});
      expect_meaning(instance, 429, body, {GH_ERETRY});
      expect_meaning(instance, 500, body, {GH_ERETRY, GH_EUPSTREAM});
      expect_meaning(instance, 503, body, {GH_ERETRY});
    }
  });
}

void codec_stops_when_nobody_listens(const CheckedPlugin& checked) {
  each_codec(checked, [](const Instance& instance) {
    Request request = ordinary_request();
    for (const bool stream : {false, true}) {
      request.stream = stream;
      for (const std::string_view sample : wire_samples()) {
        with_call(instance, request, [&](CodecCall& call, Memory& memory) {
          Listener listener(memory, 0);
          call.encode();
          call.decode(sample, listener, 200, {}, !stream);
          if (listener.told_after_leaving() > 1)
            fail("told by the first event that its caller has left, it sent " +
                 std::to_string(listener.told_after_leaving() - 1) + " more");
        });
      }
    }
  });
}

void can_be_closed_anywhere(const CheckedPlugin& checked) {
  each_codec(checked, [](const Instance& instance) {
    Request request = ordinary_request();
    request.stream = true;
    for (std::size_t steps = 0; steps <= wire_samples().size() + 1; ++steps) {
      with_call(instance, request, [&](CodecCall& call, Memory& memory) {
        Listener listener(memory);
        if (steps > 0) call.encode();
        for (std::size_t i = 0; i + 1 < steps; ++i) call.decode(wire_samples()[i], listener);
      });
    }
  });
}

void encodes_embeddings_alike(const CheckedPlugin& checked) {
  bool any = false;
  each_codec(checked, [&](const Instance& instance) {
    if (instance.table<gh_codec>().open_embeddings == nullptr) return;
    any = true;
    Memory memory;
    CodecCall call(instance, {"texts to embed", {{"user", "one"}, {"user", "two"}}}, memory, true);
    if (!call.opened().ok()) fail("it refuses two texts: " + call.opened().message);
    const auto [first, sent] = call.encode();
    const auto [again, resent] = call.encode();
    if (!first.ok()) fail("it cannot encode two texts: " + first.message);
    if (!(sent == resent)) fail("encoded twice, they are not sent the same");
    Listener listener(memory);
    call.decode("{\"data\":7}", listener, 200, {}, true);
  });
  if (!any) nothing_to_check();
}

}  // namespace

std::vector<Check> codec_checks() {
  return {
      {"codec.request", "It says where an ordinary request goes, and how.", takes_an_ordinary_request},
      {"codec.repeats", "What it encodes twice is the same, byte for byte.", encodes_alike},
      {"codec.nonsense", "Whatever comes for an answer is read, or refused with a reason.", survives_any_answer},
      {"codec.errors", "429 and 503 may be tried again, 401 not, and no error passes for an answer.",
       knows_what_errors_mean},
      {"codec.cancel", "It stops when its caller has left.", codec_stops_when_nobody_listens},
      {"codec.close", "It can be closed after any step.", can_be_closed_anywhere},
      {"codec.embeddings", "Embeddings are encoded the same each time.", encodes_embeddings_alike},
  };
}

}  // namespace gatehouse::conformance
