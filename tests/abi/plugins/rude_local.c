/* An engine that speaks on after its caller has left, and never finishes. */
#include <gatehouse/abi.h>
#include <string.h>

#define UNUSED(x) ((void)(x))

static gh_status create(const gh_host* host, gh_str config, gh_instance** out, gh_error* error) {
  UNUSED(host), UNUSED(config), UNUSED(out), UNUSED(error);
  return GH_OK;
}

static void destroy(gh_instance* instance) { UNUSED(instance); }

static gh_status run(gh_instance* instance, const gh_chat_request* request, gh_event_sink* sink, gh_error* error) {
  UNUSED(instance), UNUSED(request), UNUSED(error);
  gh_event event;
  memset(&event, 0, sizeof event);
  event.size = sizeof event;
  event.kind = GH_EVENT_TEXT;
  for (int i = 0; i < 5; ++i) (void)sink->emit(sink, &event);
  return GH_OK;
}

static const gh_local table = {sizeof table, 0, run};
static const gh_component self = {
    sizeof self, 0, "rude_local", GH_PROVIDER_LOCAL_1, "1.0.0", "Does not listen", &table, create, destroy, NULL};
static const gh_component* component(uint32_t index) { return index == 0 ? &self : NULL; }
static const gh_module module = {GH_ABI_MAGIC, GH_ABI_MAJOR, GH_ABI_MINOR, sizeof module, 0, 0, "C", component};

GH_EXPORT const gh_module* gatehouse_plugin(void) { return &module; }
