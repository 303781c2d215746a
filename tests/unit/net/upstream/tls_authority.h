// Certificates of a CA made for these tests, and a fixture whose upstream trusts it.
#pragma once

#include <Poco/Net/NetSSL.h>
#include <Poco/TemporaryFile.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>

#include "upstream_fixture.h"

namespace gatehouse::net {

// A CA and server certificates by it, in a folder that goes with the object.
class Authority {
 public:
  Authority() {
    Poco::File(folder_.path()).createDirectories();
    run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj '/CN=Test CA' "
        "-addext basicConstraints=critical,CA:TRUE -keyout ca.key -out ca.pem");
    issue("good", "DNS:localhost,IP:127.0.0.1", "-days 2");
    issue("elsewhere", "DNS:elsewhere.example", "-days 2");
    issue("expired", "DNS:localhost", "-days -1");
    run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost "
        "-addext subjectAltName=DNS:localhost -keyout self.key -out self.pem");
  }

  std::string path(const std::string& file) const { return folder_.path() + "/" + file; }

 private:
  void issue(const std::string& name, const std::string& names, const std::string& validity) {
    std::ofstream(path(name + ".ext")) << "subjectAltName=" << names << "\n";
    run("openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=" + name + " -keyout " + name +
        ".key -out " + name + ".csr");
    run("openssl x509 -req -in " + name + ".csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile " + name + ".ext " +
        validity + " -out " + name + ".pem");
  }

  void run(const std::string& command) {
    const std::string line = "cd '" + folder_.path() + "' && " + command + " >log 2>&1";
    if (std::system(line.c_str()) != 0) throw std::runtime_error("failed: " + command);
  }

  Poco::TemporaryFile folder_;
};

class UpstreamTlsTest : public UpstreamTest {
 protected:
  static void SetUpTestSuite() {
    UpstreamTest::SetUpTestSuite();
    Poco::Net::initializeSSL();
    authority = std::make_unique<Authority>();
  }
  static void TearDownTestSuite() { authority.reset(); }

  UpstreamTlsTest() {
    use({});
    ca_file = authority->path("ca.pem");
    EXPECT_TRUE(upstream->trust(ca_file).ok());
  }

  static inline std::unique_ptr<Authority> authority;
};

}  // namespace gatehouse::net
