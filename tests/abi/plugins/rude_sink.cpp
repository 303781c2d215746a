// A sink that takes records one by one only, and no flush.
#include <gatehouse/plugin.hpp>

class RudeSink {
 public:
  void write(gatehouse::Records records) {
    if (records.size() != 1) throw gatehouse::Error(GH_EINTERNAL, "one at a time, please");
  }
  void flush(std::chrono::milliseconds) { throw gatehouse::Error(GH_EINTERNAL, "not now"); }
};

GH_EXPORT_LOG_SINK(RudeSink, "rude_sink", "1.0.0", "Takes one record at a time")
