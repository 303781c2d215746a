// A caller's body in one dialect, DIALECT of HEADER: read or refused, never worse; what is read is a chat request,
// and every refusal can be said.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include HEADER

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gatehouse;
  static const dialects::DIALECT dialect;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const core::Result<dialects::Question> question = dialect.read(core::PaddedBytes(body));
  if (!question.ok()) {
    std::string error;
    dialect.error(question.status(), "id", error);
  } else if (!core::ChatRequest::parse(core::PaddedBytes(question->request.json())).ok()) {
    std::abort();
  }
  return 0;
}
