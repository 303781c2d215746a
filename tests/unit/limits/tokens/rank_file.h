// A rank file that a test writes itself: every byte, and then the tokens given, in this order.
#pragma once

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::limits {

class RankFile {
 public:
  explicit RankFile(const std::vector<std::string>& tokens) {
    std::ofstream out(path_, std::ios::binary);
    int rank = 0;
    for (int byte = 0; byte < 256; ++byte) out << line(std::string(1, static_cast<char>(byte)), rank++);
    for (const std::string& token : tokens) out << line(token, rank++);
  }
  explicit RankFile(std::string_view text) { std::ofstream(path_, std::ios::binary) << text; }
  RankFile(const RankFile&) = delete;
  RankFile& operator=(const RankFile&) = delete;
  ~RankFile() { std::filesystem::remove(path_); }

  const std::string& path() const { return path_; }

  static std::string line(const std::string& token, int rank) {
    std::string base64(4 * (token.size() / 3 + 1) + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64.data()),
                                     reinterpret_cast<const unsigned char*>(token.data()),
                                     static_cast<int>(token.size()));
    base64.resize(static_cast<std::size_t>(size));
    return base64 + " " + std::to_string(rank) + "\n";
  }

 private:
  static inline int files_ = 0;
  const std::string path_ = testing::TempDir() + "ranks-" + std::to_string(getpid()) + "-" + std::to_string(files_++);
};

}  // namespace gatehouse::limits
