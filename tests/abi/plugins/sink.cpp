// A sink that does with a record what the record says: keep it, fail for now, lose it, throw.
#include <gatehouse/plugin.hpp>
#include <stdexcept>

class TestSink {
 public:
  void write(gatehouse::Records records) {
    for (const gatehouse::Record record : records) {
      if (record.json() == "retry") throw gatehouse::Error(GH_ERETRY, "the disk is full");
      if (record.json() == "lose") throw gatehouse::Error(GH_EINTERNAL, "cannot be written");
      if (record.json() == "throw") throw std::runtime_error("thrown in write");
      if (record.id().empty() || record.unix_us() == 0 || record.kind() != "exchange")
        throw gatehouse::Error(GH_EINVAL, "a field is missing");
    }
  }
};

GH_EXPORT_LOG_SINK(TestSink, "test_sink", "1.0.0", "Does what a record says")
