#include "takeover/channel.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace gatehouse::takeover {

using core::Code;
using core::Descriptor;
using core::Result;
using core::Status;

namespace {

constexpr const char* kName = "take-over.sock";
constexpr int kBacklog = 8;

Status cannot(const std::string& what) { return {Code::config, "cannot " + what + ": " + std::strerror(errno)}; }

Descriptor open_folder(const std::string& folder) {
  return Descriptor(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

Descriptor make_socket() { return Descriptor(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)); }

// By way of the folder's descriptor, as a socket's path may have 107 bytes at most.
sockaddr_un address_in(const Descriptor& folder, const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", folder.get(), name.c_str());
  return address;
}

const sockaddr* any(const sockaddr_un& address) { return reinterpret_cast<const sockaddr*>(&address); }

// Room for a message's descriptors.
struct Ancillary {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(Channel::kMostDescriptors * sizeof(int))> bytes{};
};

}  // namespace

Result<Channel> Channel::connect(const std::string& data_dir) {
  const Descriptor folder = open_folder(data_dir);
  Descriptor socket = make_socket();
  if (!folder.valid() || !socket.valid()) return cannot("look for a gateway in " + data_dir);
  const sockaddr_un address = address_in(folder, kName);
  if (::connect(socket.get(), any(address), sizeof address) == 0) return Channel(std::move(socket));
  if (errno == ENOENT || errno == ECONNREFUSED) return Status(Code::not_found, "no gateway serves from " + data_dir);
  return cannot("reach the gateway that serves from " + data_dir);
}

Result<Descriptor> Channel::listen(const std::string& data_dir) {
  const Descriptor folder = open_folder(data_dir);
  Descriptor socket = make_socket();
  if (!folder.valid() || !socket.valid()) return cannot("listen in " + data_dir);
  const std::string draft = std::string(kName) + "." + std::to_string(::getpid());
  ::unlinkat(folder.get(), draft.c_str(), 0);
  const sockaddr_un address = address_in(folder, draft);
  if (::bind(socket.get(), any(address), sizeof address) != 0 || ::listen(socket.get(), kBacklog) != 0 ||
      ::renameat(folder.get(), draft.c_str(), folder.get(), kName) != 0)
    return cannot("listen in " + data_dir);
  return socket;
}

void Channel::remove(const std::string& data_dir) {
  const Descriptor folder = open_folder(data_dir);
  if (folder.valid()) ::unlinkat(folder.get(), kName, 0);
}

bool Channel::is_trusted() const {
  ucred who{};
  socklen_t size = sizeof who;
  return ::getsockopt(socket_.get(), SOL_SOCKET, SO_PEERCRED, &who, &size) == 0 &&
         (who.uid == ::geteuid() || who.uid == 0);
}

Status Channel::send(std::string_view text, std::span<const int> descriptors) const {
  if (text.size() > kMostText) text = text.substr(0, kMostText);
  if (descriptors.size() > kMostDescriptors) return {Code::internal, "too many descriptors for one message"};
  iovec bytes{const_cast<char*>(text.data()), text.size()};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  Ancillary ancillary;
  if (!descriptors.empty()) {
    message.msg_control = ancillary.bytes.data();
    message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size_bytes());
  }
  if (::sendmsg(socket_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) return {};
  return cannot("tell the other gateway");
}

Result<Message> Channel::receive(std::chrono::milliseconds time) const {
  pollfd polled{socket_.get(), POLLIN, 0};
  const int ready = ::poll(&polled, 1, static_cast<int>(time.count()));
  if (ready < 0 && errno != EINTR) return cannot("hear the other gateway");
  if (ready <= 0) return Status(Code::upstream_timeout, "the other gateway says nothing");
  Message got{std::string(kMostText, '\0'), {}};
  iovec bytes{got.text.data(), got.text.size()};
  Ancillary ancillary;
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = ancillary.bytes.data();
  message.msg_controllen = ancillary.bytes.size();
  const ssize_t size = ::recvmsg(socket_.get(), &message, MSG_CMSG_CLOEXEC);
  got.text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int descriptor;
      std::memcpy(&descriptor, CMSG_DATA(header) + i * sizeof descriptor, sizeof descriptor);
      got.descriptors.emplace_back(descriptor);
    }
  }
  return got;
}

void Channel::shut_down() const { ::shutdown(socket_.get(), SHUT_RDWR); }

}  // namespace gatehouse::takeover
