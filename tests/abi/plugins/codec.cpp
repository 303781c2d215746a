// A codec that works, or throws where its configuration says: fail: create | open | encode | decode,
// what: exception | int. It uses what makes a library hard to isolate and to unload: an inline
// function's static, make_shared, iostreams, exceptions.
#include <gatehouse/plugin.hpp>
#include <memory>
#include <sstream>
#include <stdexcept>

namespace {

inline int next_number() {
  static int number = 0;
  return ++number;
}

}  // namespace

class TestCodec {
 public:
  struct Settings {
    explicit Settings(gatehouse::Config& config)
        : fail(config.choice_or("fail", "nowhere", {"nowhere", "create", "open", "encode", "decode"})),
          what(config.choice_or("what", "exception", {"exception", "int"})) {
      maybe_throw("create");
    }
    void maybe_throw(std::string_view where) const {
      if (fail != where) return;
      if (what == "int") throw 42;
      throw std::runtime_error("thrown in " + fail);
    }
    std::string fail;
    std::string what;
  };

  TestCodec(const Settings& settings, gatehouse::ChatRequest request)
      : settings_(settings), model_(std::make_shared<std::string>(request.model())), request_(request.json()) {
    settings.maybe_throw("open");
  }

  void encode(gatehouse::Attempt attempt, gatehouse::Upstream out) {
    settings_.maybe_throw("encode");
    std::ostringstream url;
    url << attempt.base_url() << "/" << *model_ << "/" << attempt.number();
    out.post(url.str(), gatehouse::Framing::body)
        .header("authorization", std::string("Bearer ") + std::string(attempt.secret()))
        .header("x-number", std::to_string(next_number()))
        .json(request_);
  }

  void decode(gatehouse::Frame frame, gatehouse::Events& out) {
    settings_.maybe_throw("decode");
    if (frame.http_status() >= 400) {
      throw gatehouse::Error(GH_ERETRY, "slow down")
          .code("rate_limited")
          .http_status(429)
          .retry_after(std::chrono::milliseconds(1500));
    }
    const auto answer = reader_.parse(frame.data());
    out.original(frame.data());
    // The text is gone as soon as text() returns: the host must have copied it.
    out.text(std::string(gatehouse::text_at(answer, "/text").value_or("")) +
             " and a text too long to be kept in place");
    out.usage({7, 3, 2, 1, 1, 1, 2, 3, 2});
    out.finish("stop");
  }

 private:
  const Settings& settings_;
  std::shared_ptr<std::string> model_;
  std::string request_;
  gatehouse::JsonReader reader_;
};

GH_EXPORT_CODEC(TestCodec, "test_codec", "1.0.0", "Asks for a text and passes it on")
