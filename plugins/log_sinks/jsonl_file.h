// A file of lines that grows by whole batches: either all of a batch is in it or nothing. Others may
// append to the same file in the same way (while a plugin is swapped, both generations do): who holds
// the file's flock writes. For one thread.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <sys/types.h>

#include <gatehouse/error.hpp>
#include <gatehouse/host.hpp>

class JsonlFile {
 public:
  struct Options {
    std::string path;
    std::uint64_t rotate_at;  // bytes
    std::uint64_t keep;       // rotated files; 0: all
    bool durable;             // sync() reaches the disk
  };

  // Throws Error(GH_ECONFIG) when the file cannot be opened. On trial it only looks whether it could be.
  JsonlFile(Options options, gatehouse::Host host);

  // Throws Error(GH_ERETRY) when the file is as it was before.
  void append(const std::string& lines);
  void sync();

 private:
  // Owns a file descriptor.
  class Descriptor {
   public:
    explicit Descriptor(int fd = -1) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
      std::swap(fd_, other.fd_);
      return *this;
    }
    ~Descriptor();
    int get() const { return fd_; }

   private:
    int fd_;
  };
  class Lock;

  Descriptor open() const;
  void lock();
  void unlock();
  bool is_at_path() const;
  off_t size() const;
  off_t end_of_last_line() const;
  void rotate();
  void remove_oldest() const;
  gatehouse::Error failure(const std::string& what) const;

  Options options_;
  gatehouse::Host host_;
  Descriptor file_;
};
