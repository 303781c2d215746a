#include "commands/operator_call.h"

#include <Poco/Exception.h>
#include <signal.h>

#include "config/load.h"
#include "net/upstream/upstream.h"

namespace gatehouse::commands {

namespace {

constexpr std::chrono::minutes kPatience{10};  // a reload tries every changed plugin first

class Collect final : public core::UpstreamSink {
 public:
  explicit Collect(OperatorAnswer& answer) : answer_(answer) {}
  core::Status on_head(const core::UpstreamHead& head) override {
    answer_.status = head.status;
    return {};
  }
  core::Status on_body(std::string_view bytes) override {
    answer_.body += bytes;
    return {};
  }

 private:
  OperatorAnswer& answer_;
};

// Ends with the process and nothing else.
class Uncancelled final : public core::Cancellation {
 public:
  std::span<const core::Watch> watches() const override { return {}; }
  core::Status check() override { return {}; }
};

// "Any address" can be listened on, not called.
std::string reachable(config::Address address) {
  if (address.host == "0.0.0.0") address.host = "127.0.0.1";
  if (address.host == "::") address.host = "::1";
  return address.text();
}

}  // namespace

core::Result<OperatorAnswer> ask_gateway(const config::AdminSettings& admin, std::string method,
                                         std::string_view path) {
  signal(SIGPIPE, SIG_IGN);
  GH_ASSIGN(const auto upstream, net::Upstream::create({}));
  core::UpstreamRequest request{std::move(method), "http://" + reachable(admin.listen) + std::string(path), {}, {}};
  if (!admin.token.empty()) request.headers.emplace_back("authorization", "Bearer " + admin.token.reveal());
  core::Timeouts timeouts;
  timeouts.first_byte = timeouts.total = kPatience;
  Uncancelled never;
  core::UpstreamTrace trace;
  OperatorAnswer answer;
  Collect collect(answer);
  if (core::Status sent = upstream->send(request, timeouts, never, collect, trace); !sent.ok()) {
    return std::move(sent).within("no gateway answers on " + admin.listen.text());
  }
  return answer;
}

int ask_and_print(const Arguments& arguments, const std::string& method, const std::string& path,
                  const std::function<int(const OperatorAnswer&)>& print) {
  const core::Result<config::Settings> settings = config::load(arguments.config);
  if (!settings.ok()) return failed(settings.status());
  const core::Result<OperatorAnswer> answer = ask_gateway(settings->admin, method, path);
  if (!answer.ok()) return failed(answer.status());
  try {
    return print(*answer);
  } catch (const Poco::Exception&) {
    return failed({core::Code::internal, "what answers on " + settings->admin.listen.text() + " is no gateway: HTTP " +
                                             std::to_string(answer->status)});
  }
}

}  // namespace gatehouse::commands
