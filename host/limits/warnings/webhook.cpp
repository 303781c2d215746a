#include "limits/warnings/webhook.h"

#include <algorithm>
#include <new>
#include <span>
#include <system_error>

namespace gatehouse::limits {

using core::Status;
using namespace std::chrono_literals;

namespace {

constexpr core::Timeouts kTimeouts{.connect = 2s, .first_byte = 3s, .between_chunks = 2s, .total = 5s};
constexpr auto kPause = 500ms;  // before the second try; twice as long before the next

// Only the status matters.
class Verdict final : public core::UpstreamSink {
 public:
  Status on_head(const core::UpstreamHead& head) override {
    status = head.status;
    return {};
  }
  Status on_body(std::string_view) override { return {}; }
  bool satisfied() const override { return status != 0; }

  int status = 0;
};

bool is_worth_a_try(int status) { return status < 400 || status == 408 || status == 429 || status >= 500; }

}  // namespace

// Ends a call under way when all sending is to end.
class Webhook::Stopping final : public core::Cancellation {
 public:
  explicit Stopping(const Webhook& webhook) : webhook_(webhook) {}

  std::span<const core::Watch> watches() const override { return {}; }
  Status check() override {
    return webhook_.is_over() ? Status(core::Code::overloaded, "the gateway is about to end") : Status();
  }
  Clock::time_point ask_again_at() const override { return Clock::now() + 100ms; }

 private:
  const Webhook& webhook_;
};

void Webhook::aim(std::optional<WebhookTarget> target) {
  const std::lock_guard lock(mutex_);
  target_ = std::move(target);
}

void Webhook::post(std::string document) {
  {
    const std::lock_guard lock(mutex_);
    if (!target_) return;
    if (!stopping_ && waiting_.size() < kRoom && begin()) {
      waiting_.push_back(std::move(document));
      wake_.notify_all();
      return;
    }
  }
  ++dropped_;
  warning_.say("a limit's warning is not sent: too many wait for `warnings.webhook`, or there is no thread for it");
}

// False: this machine has no thread to spare. The next document tries again.
bool Webhook::begin() try {
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  return true;
} catch (const std::system_error&) {
  return false;
}

void Webhook::stop(std::chrono::milliseconds grace) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    end_ = (Clock::now() + grace).time_since_epoch().count();
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Webhook::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const std::string document = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    try {
      handle(document);
    } catch (const std::bad_alloc&) {
      ++failed_;
    }
    lock.lock();
  }
}

void Webhook::handle(const std::string& document) {
  const std::optional<WebhookTarget> target = [this] {
    const std::lock_guard lock(mutex_);
    return target_;
  }();
  if (!target || is_over())
    ++dropped_;
  else
    deliver(document, *target);
}

void Webhook::deliver(const std::string& document, const WebhookTarget& target) {
  std::string why;
  for (int number = 1; number <= kTries; ++number) {
    int status = 0;
    const Status sent = send(document, target, status);
    if (sent.ok() && status >= 200 && status < 300) {
      ++delivered_;
      return;
    }
    why = sent.ok() ? "it answers " + std::to_string(status) : std::string(sent.message());
    if (sent.ok() && !is_worth_a_try(status)) break;
    if (number == kTries || !wait(kPause * number)) break;
  }
  ++failed_;
  warning_.say("a limit's warning could not be brought to `warnings.webhook`: " + why);
}

Status Webhook::send(const std::string& document, const WebhookTarget& target, int& status) {
  core::UpstreamRequest request;
  request.method = "POST";
  request.url = target.url;
  request.headers = target.headers;
  request.headers.emplace_back("content-type", "application/json");
  request.body = document;
  request.provider = "warnings.webhook";
  Stopping stopping(*this);
  Verdict verdict;
  core::UpstreamTrace trace;
  const Status sent = transport_.send(request, kTimeouts, stopping, verdict, trace);
  status = verdict.status;
  return sent;
}

// False: all sending is over.
bool Webhook::wait(std::chrono::milliseconds pause) {
  std::unique_lock lock(mutex_);
  const Clock::time_point end{Clock::duration(end_)};
  wake_.wait_until(lock, std::min(Clock::now() + pause, end), [this] { return is_over(); });
  return !is_over();
}

}  // namespace gatehouse::limits
