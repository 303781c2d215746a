// Writes batches to a log sink for ever, and says on stdout which ids have been acknowledged.
//   sink_writer SINK CONFIG PREFIX
#include <string>

#include <unistd.h>

#include "loaded_sink.h"

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  gatehouse::testing::LoadedSink sink(argv[1], argv[2]);
  for (int batch = 0;; ++batch) {
    const auto ids = gatehouse::testing::batch_of(5, std::string(argv[3]) + "-" + std::to_string(batch));
    if (sink.write(ids).status != GH_OK) return 1;
    std::string lines;
    for (const std::string& id : ids) lines += id + "\n";
    if (::write(STDOUT_FILENO, lines.data(), lines.size()) != static_cast<ssize_t>(lines.size())) return 1;
  }
}
