// POST /admin/reload: reads the configuration again and swaps what changed. 200 and what was done, or
// 422, why not, and everything goes on as before. With ?retry also versions that were taken back are tried.
#pragma once

#include "handlers/endpoint.h"
#include "handlers/services.h"

namespace gatehouse::handlers {

class AdminReload final : public Endpoint {
 public:
  explicit AdminReload(const Services& services) : services_(services) {}

 protected:
  void handle(net::Request& request, net::Response& response) override;

 private:
  const Services& services_;
};

// POST /admin/promote?policy=NAME: makes the policy's shadow the one that decides, as a reload would.
class AdminPromote final : public Endpoint {
 public:
  explicit AdminPromote(const Services& services) : services_(services) {}

 protected:
  void handle(net::Request& request, net::Response& response) override;

 private:
  const Services& services_;
};

// GET /admin/generations: the one being served, earlier ones whose exchanges still run, modules
// that could not be unloaded, and versions that were taken back.
class AdminGenerations final : public Endpoint {
 public:
  explicit AdminGenerations(const Services& services) : services_(services) {}

 protected:
  void handle(net::Request& request, net::Response& response) override;

 private:
  const Services& services_;
};

}  // namespace gatehouse::handlers
