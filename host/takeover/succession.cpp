#include "takeover/succession.h"

#include <Poco/Logger.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "takeover/passed_sockets.h"

namespace gatehouse::takeover {

using core::Code;
using core::Result;
using core::Status;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view kTakeOver = "take over";  // from the new one
constexpr std::string_view kHere = "here";           // from the old one, with its lock and its listening sockets
constexpr std::string_view kReady = "ready";
constexpr std::string_view kGo = "go";
constexpr std::string_view kConnection = "connection";  // from the old one, with the connection

constexpr auto kWords = 2s;      // for one who should speak at once
constexpr auto kComeUp = 10s;    // for the new one to read the books; nobody is accepted meanwhile
constexpr auto kAnswer = 15s;    // for the old one, which may wait for its database
constexpr auto kLockWait = 10s;  // for a gateway that is about to end
constexpr auto kForEver = -1ms;

Poco::Logger& logger() { return Poco::Logger::get("gatehouse"); }

// What the old one answers where it does not do as it was asked.
Status refused(const Result<Message>& answer) {
  if (!answer.ok()) return answer.status();
  return {Code::config, "the gateway that serves does not let this one take over: " + answer->text};
}

}  // namespace

// ---- the new one ---------------------------------------------------------------------------------

Status Succession::enter(Way way) {
  listeners_ = sockets_of_service_manager();
  if (way == Way::take_over) {
    Result<Channel> old = Channel::connect(house_.data_dir);
    if (!old.ok() && old.status().code() != Code::not_found) return old.status();
    if (old.ok()) {
      GH_TRY(old->send(kTakeOver));
      Result<Message> answer = old->receive(kAnswer);
      if (!answer.ok() || (answer->text != kHere && !answer->text.empty())) return refused(answer);
      if (answer->text == kHere && !answer->descriptors.empty()) {
        lock_ = store::DataDirLock::inherited(std::move(answer->descriptors.front()));
        for (core::Descriptor& one : std::span(answer->descriptors).subspan(1)) listeners_.push_back(std::move(one));
        from_ = *std::move(old);
        return {};
      }
    }
  }
  GH_ASSIGN(lock_, store::DataDirLock::take(house_.data_dir, way == Way::take_over ? kLockWait : 0s));
  return {};
}

Status Succession::agree() {
  if (!from_) return {};
  // Where the old one was killed, this one has all it needs.
  if (!from_->send(kReady).ok()) return {};
  const Result<Message> answer = from_->receive(kAnswer);
  if (answer.ok() && (answer->text == kGo || answer->text.empty())) return {};
  return refused(answer);
}

Status Succession::serve() {
  listeners_.clear();
  if (from_) following_ = std::thread([this] { follow_predecessor(); });
  end_ = core::Descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  GH_ASSIGN(door_, Channel::listen(house_.data_dir));
  waiting_ = std::thread([this] { wait_for_successors(); });
  return {};
}

void Succession::follow_predecessor() {
  while (true) {
    Result<Message> got = from_->receive(kForEver);
    if (!got.ok()) continue;
    if (got->text.empty()) break;
    for (core::Descriptor& one : got->descriptors) house_.callers.adopt(std::move(one));
  }
  house_.books.predecessor_ended();
  logger().information("the gateway before this one has ended");
}

// ---- the old one ---------------------------------------------------------------------------------

void Succession::wait_for_successors() {
  while (true) {
    pollfd polled[] = {{end_.get(), POLLIN, 0}, {door_.get(), POLLIN, 0}};
    if (::poll(polled, std::size(polled), -1) < 0) continue;
    if (polled[0].revents != 0) return;
    Channel channel(core::Descriptor(::accept4(door_.get(), nullptr, nullptr, SOCK_CLOEXEC)));
    if (!channel.is_trusted() || !meet(channel)) continue;
    go_over(std::move(channel));
    return turn_away();
  }
}

// Those who came too late are not left waiting.
void Succession::turn_away() {
  pollfd polled{door_.get(), POLLIN, 0};
  while (::poll(&polled, 1, 0) > 0) {
    const Channel late(core::Descriptor(::accept4(door_.get(), nullptr, nullptr, SOCK_CLOEXEC)));
    (void)late.send("another one has taken over from it; ask that one");
  }
  door_.close();
}

// True: it has taken over.
bool Succession::meet(const Channel& channel) {
  const Result<Message> asked = channel.receive(kWords);
  if (!asked.ok() || asked->text != kTakeOver) return false;
  const Result<std::vector<int>> estate = hand_over();
  if (!estate.ok()) {
    (void)channel.send(estate.status().message());
    return false;
  }
  Status done = channel.send(kHere, *estate);
  if (done.ok()) {
    const Result<Message> answer = channel.receive(kComeUp);
    if (!answer.ok())
      done = answer.status();
    else if (answer->text != kReady)
      done = {Code::config, "the new gateway has ended"};
    else
      done = channel.send(kGo);
  }
  if (!done.ok()) {
    (void)channel.send("it took too long");
    take_back();
    logger().warning("a take-over came to nothing, and this gateway serves on: " + std::string(done.message()));
    return false;
  }
  return true;
}

Result<std::vector<int>> Succession::hand_over() {
  if (house_.books.has_predecessor())
    return Status(Code::overloaded, "it has taken over itself, from one that still drains; try again when that has ended");
  house_.callers.pause_accepting(true);
  house_.operators.pause_accepting(true);
  if (Status handed = house_.books.hand_over(); !handed.ok()) {
    take_back();
    return handed;
  }
  std::vector<int> estate{lock_.fd()};
  for (const net::Server* server : {&house_.callers, &house_.operators})
    if (const int fd = server->listener_fd(); fd >= 0) estate.push_back(fd);
  return estate;
}

void Succession::take_back() {
  house_.books.take_back();
  house_.callers.pause_accepting(false);
  house_.operators.pause_accepting(false);
}

void Succession::go_over(Channel channel) {
  logger().information("another gateway has taken over; draining");
  lock_ = {};
  to_ = std::move(channel);
  house_.callers.bequeath_to(this);
  over_ = true;
  house_.leave();
}

bool Succession::inherit(int connection) { return to_->send(kConnection, std::span(&connection, 1)).ok(); }

void Succession::end() {
  if (waiting_.joinable()) {
    ::eventfd_write(end_.get(), 1);
    waiting_.join();
  }
  if (door_.valid()) Channel::remove(house_.data_dir);
  door_.close();
  if (from_) from_->shut_down();
  if (following_.joinable()) following_.join();
}

}  // namespace gatehouse::takeover
