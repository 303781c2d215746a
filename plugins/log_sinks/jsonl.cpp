// jsonl - appends one line of JSON per record to a file.
//   - { plugin: jsonl, config: { path: var/requests.jsonl, rotate_at: 100MiB, keep: 30, fsync: true } }
// path       missing folders are made; when the file is moved away or deleted a new one is begun
// rotate_at  the size at which a file is set aside as PATH.<time> (100MiB)
// keep       how many of those stay, the newest ones (all)
// fsync      records survive a power failure too, from the next flush on (false)
#include <gatehouse/plugin.hpp>

#include "jsonl_file.h"
#include "lines.h"

namespace {

class Jsonl {
 public:
  Jsonl(gatehouse::Config& config, gatehouse::Host host)
      : file_({config.text("path"), config.size_or("rotate_at", 100u << 20, {1}), config.number_or("keep", 0, {1}),
               config.flag_or("fsync", false)},
              host) {}

  void write(gatehouse::Records records) { file_.append(as_lines(records)); }
  void flush(std::chrono::milliseconds) { file_.sync(); }

 private:
  JsonlFile file_;
};

}  // namespace

GH_EXPORT_LOG_SINK(Jsonl, "jsonl", "1.0.0", "Appends one line of JSON per record to a file")
