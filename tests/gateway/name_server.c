// Preloaded into a gateway whose names a test looks up: it asks the name server in $NAME_SERVER, "address:port", instead
// of those in resolv.conf.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>

typedef int Init(void**, void*, int);
typedef int SetServers(void*, const char*);

int ares_init_options(void** channel, void* options, int mask) {
  Init* init;
  SetServers* set_servers;
  *(void**)&init = dlsym(RTLD_NEXT, "ares_init_options");
  *(void**)&set_servers = dlsym(RTLD_NEXT, "ares_set_servers_ports_csv");
  const int status = init(channel, options, mask);
  const char* server = getenv("NAME_SERVER");
  return status == 0 && server != 0 ? set_servers(*channel, server) : status;
}
