#include "takeover/channel.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <filesystem>

#include "core/text/identifier.h"

namespace gatehouse::takeover {
namespace {

using namespace std::chrono_literals;

class ChannelTest : public testing::Test {
 protected:
  ChannelTest() { std::filesystem::create_directory(folder_); }
  ~ChannelTest() override { std::filesystem::remove_all(folder_); }

  // Both ends of a connection through the folder.
  void connect() {
    auto door = Channel::listen(folder_);
    ASSERT_TRUE(door.ok()) << door.status().message();
    auto to = Channel::connect(folder_);
    ASSERT_TRUE(to.ok()) << to.status().message();
    to_ = *std::move(to);
    from_ = Channel(core::Descriptor(::accept(door->get(), nullptr, nullptr)));
  }

  // Longer than a socket's path may be.
  const std::string folder_ = std::filesystem::temp_directory_path() / ("gatehouse-" + core::random_hex(60));
  Channel to_, from_;
};

TEST_F(ChannelTest, MessagesArriveWholeWithTheirDescriptors) {
  connect();
  int pair[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  ASSERT_TRUE(to_.send("one").ok());
  ASSERT_TRUE(to_.send("two", pair).ok());
  EXPECT_EQ(from_.receive(10s)->text, "one");
  const auto second = from_.receive(10s);
  EXPECT_EQ(second->text, "two");
  ASSERT_EQ(second->descriptors.size(), 2u);
  ::close(pair[0]);
  ::close(pair[1]);
  EXPECT_EQ(::send(second->descriptors[0].get(), "x", 1, MSG_NOSIGNAL), 1);
  char byte = 0;
  EXPECT_EQ(::recv(second->descriptors[1].get(), &byte, 1, 0), 1) << "they are open although the sender closed his";
  EXPECT_TRUE(from_.is_trusted());
}

TEST_F(ChannelTest, OneThatIsGoneIsToldFromOneThatIsSilent) {
  connect();
  EXPECT_EQ(from_.receive(1ms).status().code(), core::Code::upstream_timeout);
  to_ = Channel();
  const auto last = from_.receive(10s);
  ASSERT_TRUE(last.ok());
  EXPECT_EQ(last->text, "");
  EXPECT_FALSE(from_.send("anybody").ok());
}

TEST_F(ChannelTest, WhoListensLastIsFound) {
  EXPECT_EQ(Channel::connect(folder_).status().code(), core::Code::not_found);
  auto first = Channel::listen(folder_);
  const auto second = Channel::listen(folder_);
  ASSERT_TRUE(first.ok() && second.ok());
  const auto to = Channel::connect(folder_);
  ASSERT_TRUE(to.ok());
  EXPECT_TRUE(to->send("hello").ok());
  const Channel from(core::Descriptor(::accept(second->get(), nullptr, nullptr)));
  EXPECT_EQ(from.receive(10s)->text, "hello");
}

TEST_F(ChannelTest, AGatewayThatEndedIsNotFound) {
  auto door = Channel::listen(folder_);
  ASSERT_TRUE(door.ok());
  door->close();
  EXPECT_EQ(Channel::connect(folder_).status().code(), core::Code::not_found);
}

}  // namespace
}  // namespace gatehouse::takeover
