// A sink that writes each record on a line behind the version of it that is at work.
// Built with FAILS it keeps nothing.
//   config: { path: records.txt }
#include <gatehouse/plugin.hpp>

#include <fstream>
#include <stdexcept>

namespace {

class Keeper {
 public:
  explicit Keeper(gatehouse::Config& config) : out_(config.text("path"), std::ios::app) {}

  void write(gatehouse::Records records) {
#ifdef FAILS
    throw std::runtime_error("it fails");
#endif
    std::string lines;
    for (const gatehouse::Record record : records) lines.append(VERSION " ").append(record.json()).append("\n");
    out_.write(lines.data(), static_cast<std::streamsize>(lines.size())).flush();
    if (!out_) throw std::runtime_error("cannot write");
  }

 private:
  std::ofstream out_;
};

}  // namespace

GH_EXPORT_LOG_SINK(Keeper, "keeper", SEMANTIC_VERSION, "Keeps records and says which version kept them")
