#include "net/front/client_watch.h"

#include "socket_pair.h"

namespace gatehouse::net {
namespace {

class ClientWatchTest : public testing::Test {
 protected:
  SocketPair client_, drain_;
  ClientWatch watch_{client_.ends[0], drain_.ends[0]};
};

TEST_F(ClientWatchTest, AClientThatWaitsIsFine) { EXPECT_TRUE(watch_.check().ok()); }

TEST_F(ClientWatchTest, BytesSentAheadAreNoHangUp) {
  ASSERT_EQ(::send(client_.ends[1], "GET /", 5, 0), 5);
  EXPECT_TRUE(watch_.check().ok());
}

TEST_F(ClientWatchTest, AClientThatClosedIsGone) {
  client_.close(1);
  EXPECT_EQ(watch_.check().code(), core::Code::client_gone);
  EXPECT_EQ(watch_.check().code(), core::Code::client_gone) << "and stays so";
}

TEST_F(ClientWatchTest, AClientThatSendsNoMoreIsGoneToo) {
  ::shutdown(client_.ends[1], SHUT_WR);
  EXPECT_EQ(watch_.check().code(), core::Code::client_gone);
}

TEST_F(ClientWatchTest, WhenTheDrainIsOverTheCallerIsToldToComeBack) {
  ASSERT_EQ(::send(drain_.ends[1], "x", 1, 0), 1);
  EXPECT_EQ(watch_.check().code(), core::Code::overloaded);
  client_.close(1);
  EXPECT_EQ(watch_.check().code(), core::Code::client_gone) << "nobody is left to be told";
}

}  // namespace
}  // namespace gatehouse::net
