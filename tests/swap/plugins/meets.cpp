// A policy that is created only once another one is being created elsewhere: it makes the file `here` and waits for
// the file `there`.
#include <gatehouse/plugin.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

class Meets {
 public:
  explicit Meets(gatehouse::Config& config) {
    const std::filesystem::path here = config.text("here"), there = config.text("there");
    std::ofstream(here).put('!');
    for (int i = 0; i < 800 && !std::filesystem::exists(there); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    if (!std::filesystem::exists(there)) throw gatehouse::Error(GH_ECONFIG, "nobody came to " + there.string());
  }
  gatehouse::Verdict on_request(gatehouse::ChatRequest) const { return gatehouse::allow(); }
};

GH_EXPORT_POLICY(Meets, "meets", "1.0.0", "Waits for another to be created")
