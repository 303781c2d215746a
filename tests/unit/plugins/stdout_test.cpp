#include <thread>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "loaded_sink.h"

namespace gatehouse::testing {
namespace {

// Puts another file in the place of standard output.
class Redirect {
 public:
  explicit Redirect(int to) : kept_(::dup(STDOUT_FILENO)) {
    std::fflush(stdout);
    ::dup2(to, STDOUT_FILENO);
    ::close(to);
  }
  ~Redirect() {
    ::dup2(kept_, STDOUT_FILENO);
    ::close(kept_);
  }
  Redirect(const Redirect&) = delete;
  Redirect& operator=(const Redirect&) = delete;

 private:
  int kept_;
};

std::string as_text(const std::vector<std::string>& ids) {
  std::string text;
  for (const std::string& id : ids) text += record_json(id) + "\n";
  return text;
}

TEST(Stdout, WritesABatchAtOnce) {
  LoadedSink sink("stdout", "{}");
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);  // keeps every write apart
  Outcome outcome;
  {
    const Redirect redirect(ends[1]);
    outcome = sink.write(batch_of(4, "r"));
  }
  EXPECT_EQ(outcome.status, GH_OK);
  std::string packet(65536, '\0');
  packet.resize(static_cast<std::size_t>(::recv(ends[0], packet.data(), packet.size(), 0)));
  EXPECT_EQ(packet, as_text(batch_of(4, "r")));
  char more;
  EXPECT_EQ(::recv(ends[0], &more, 1, 0), 0);  // nothing follows
  ::close(ends[0]);
}

TEST(Stdout, WaitsForAReaderThatHasFallenBehind) {
  LoadedSink sink("stdout", "{}");
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_NONBLOCK), 0);
  ::fcntl(ends[1], F_SETPIPE_SZ, 4096);
  std::string read;
  std::thread reader([&] {
    ::fcntl(ends[0], F_SETFL, 0);
    char block[512];
    for (ssize_t got; (got = ::read(ends[0], block, sizeof block)) > 0;)
      read.append(block, static_cast<std::size_t>(got));
  });
  Outcome outcome;
  {
    const Redirect redirect(ends[1]);
    outcome = sink.write(batch_of(100, "r"));
  }
  reader.join();
  ::close(ends[0]);
  EXPECT_EQ(outcome.status, GH_OK) << outcome.message();
  EXPECT_EQ(read, as_text(batch_of(100, "r")));
}

class StdoutToAFullDisk : public ::testing::Test {
 protected:
  // Writes these batches to a file; while the first is written it cannot grow past 500 bytes.
  std::vector<std::string> write(const std::vector<std::vector<std::string>>& batches) {
    const std::string path = folder_ / "out";
    const Redirect redirect(::open(path.c_str(), O_WRONLY | O_CREAT, 0600));
    {
      const FullDisk disk(500);
      first_ = sink_.write(batches[0]);
    }
    for (std::size_t i = 1; i < batches.size(); ++i) later_ = sink_.write(batches[i]);
    return ids_in_lines(path);
  }

  TempFolder folder_;
  LoadedSink sink_{"stdout", "{}"};
  Outcome first_, later_;
};

TEST_F(StdoutToAFullDisk, ABatchThatComesAgainGoesOnWhereItWasCut) {
  const auto found = write({batch_of(5, "r"), batch_of(5, "r")});
  EXPECT_EQ(first_.status, GH_ERETRY);
  EXPECT_EQ(first_.message(), "cannot write to standard output: File too large");
  EXPECT_EQ(later_.status, GH_OK);
  EXPECT_EQ(found, batch_of(5, "r"));
}

TEST_F(StdoutToAFullDisk, AnotherBatchDoesNotContinueTheHalfLine) {
  const auto found = write({batch_of(5, "r"), batch_of(2, "other")});
  EXPECT_EQ(later_.status, GH_OK);
  ASSERT_GE(found.size(), 3u);
  EXPECT_EQ(found[0], "r-0");
  EXPECT_EQ((std::vector<std::string>{found.end() - 2, found.end()}), batch_of(2, "other"));
}

TEST(Stdout, AReaderThatHasGoneIsNoReasonToTryAgain) {
  LoadedSink sink("stdout", "{}");
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  Outcome outcome;
  {
    const Redirect redirect(ends[1]);
    outcome = sink.write(batch_of(1, "r"));
  }
  std::signal(SIGPIPE, before);
  EXPECT_EQ(outcome.status, GH_EINTERNAL);
  EXPECT_EQ(outcome.message(), "cannot write to standard output: Broken pipe");
}

}  // namespace
}  // namespace gatehouse::testing
