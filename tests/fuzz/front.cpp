// What a caller's connection carries, cut anywhere: the same requests, and the same refusal at the end.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "net/http/request_reader.h"

namespace {

using gatehouse::net::RequestReader;
using State = RequestReader::State;

constexpr gatehouse::net::RequestLimits kLimits{256, 1024, 16, 2048};  // small, so that they are met

void describe(RequestReader& reader, std::string& out) {
  out.append(reader.method()).append(" ").append(reader.target()).append(" ").append(reader.path_and_query());
  out.append(reader.keep_alive() ? " stays\n" : " goes\n");
  for (const auto& field : reader.fields()) out.append(field.name).append(":").append(field.value).append("\n");
  out.append(reader.body().view()).append("\n");
}

// What is understood when the bytes come in pieces of this size.
std::string understood(std::string_view bytes, std::size_t piece) {
  RequestReader reader(kLimits);
  std::string out;
  while (!bytes.empty() && reader.state() != State::refused) {
    reader.feed(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    while (reader.state() == State::complete) {
      describe(reader, out);
      reader.next();
    }
  }
  if (reader.state() != State::refused) reader.finish();
  if (reader.state() == State::refused) out.append(std::to_string(reader.refusal().http_status()));
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (understood(bytes, 1 + data[0]) != understood(bytes, bytes.size())) std::abort();
  return 0;
}
