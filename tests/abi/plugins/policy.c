/* A policy in plain C that denies a request without messages. As it stands it is right; every macro
 * below, set on the command line, breaks one thing. */
#include <gatehouse/abi.h>
#include <string.h>

#ifndef MAGIC
#define MAGIC GH_ABI_MAGIC
#endif
#ifndef MAJOR
#define MAJOR GH_ABI_MAJOR
#endif
#ifndef MINOR
#define MINOR GH_ABI_MINOR
#endif
#ifndef REQUIRED_MINOR
#define REQUIRED_MINOR 0
#endif
#ifndef MODULE_SIZE
#define MODULE_SIZE sizeof(gh_module)
#endif
#ifndef MODULE_FLAGS
#define MODULE_FLAGS 0
#endif
#ifndef MODULE
#define MODULE &module
#endif
#ifndef ENTRY
#define ENTRY gatehouse_plugin
#endif
#ifndef COMPONENT
#define COMPONENT component
#endif
#ifndef COMPONENTS
#define COMPONENTS 1
#endif
#ifndef ID
#define ID "not_empty"
#endif
#ifndef INTERFACE
#define INTERFACE GH_POLICY_1
#endif
#ifndef TABLE
#define TABLE &table
#endif
#ifndef CREATE
#define CREATE create
#endif
#ifndef STREAM_MODE
#define STREAM_MODE GH_STREAM_NONE
#endif
#ifndef BEGIN
#define BEGIN NULL
#endif
#ifndef ON_REQUEST
#define ON_REQUEST on_request
#endif

#define UNUSED(x) ((void)(x))

static gh_str text(const char* s) {
  const gh_str view = {s, strlen(s)};
  return view;
}

#ifdef DECLARE_ON_REQUEST /* ON_REQUEST is a function of somebody else's */
gh_verdict ON_REQUEST(gh_instance*, gh_call*, const gh_chat_request*, gh_edit*, gh_error*);
#endif

#ifdef REFUSE /* create fails; REFUSE is its status and the whole gh_error is filled with 0xFF */
static gh_status create(const gh_host* host, gh_str config, gh_instance** out, gh_error* error) {
  UNUSED(host), UNUSED(config), UNUSED(out);
  memset((char*)error + sizeof error->size, 0xFF, sizeof *error - sizeof error->size);
  return REFUSE;
}
#else
static gh_status create(const gh_host* host, gh_str config, gh_instance** out, gh_error* error) {
  UNUSED(config), UNUSED(error);
  static int instance;
  *out = (gh_instance*)&instance;
  host->log(host, GH_LOG_INFO, text("made"));
  return host->extension(host, "gatehouse.draft.nothing/1") == NULL ? GH_OK : GH_EINTERNAL;
}
#endif

static void destroy(gh_instance* instance) { UNUSED(instance); }

static gh_status begin(gh_instance* instance, const gh_chat_request* request, gh_call** out, gh_error* error) {
  UNUSED(instance), UNUSED(request), UNUSED(error);
  *out = NULL;
  return GH_OK;
}

static gh_verdict on_request(gh_instance* instance, gh_call* call, const gh_chat_request* request, gh_edit* edit,
                             gh_error* error) {
  UNUSED(instance), UNUSED(call), UNUSED(error);
#ifdef EDIT
  const gh_text* const* texts = NULL;
  size_t count = 0;
  if (!GH_HAS(gh_chat_request, request, texts) || request->texts(request, &texts, &count) != GH_OK) return GH_FAILED;
  for (size_t i = 0; i < count; ++i) {
    if (texts[i]->kind == GH_TEXT_CONTENT) edit->text(edit, i + EDIT, texts[i]->role);
  }
  return GH_MODIFY;
#endif
#ifdef VERDICT
  return VERDICT;
#endif
  if (request->message_count != 0) return GH_ALLOW;
  edit->reason(edit, text("empty_prompt"), text("a request needs a message"));
  return GH_DENY;
}

/* A table as a newer SDK would make it: longer than any this gateway knows. */
#ifdef NEWER
typedef struct wide_policy {
  gh_policy known;
  void* unknown[3];
} wide_policy;
static const wide_policy table = {{sizeof(wide_policy), STREAM_MODE, BEGIN, ON_REQUEST, NULL, NULL, NULL}, {NULL}};
#else
/* One as an older SDK would make it (TABLE_SIZE): what lies past its size must not be touched. */
#ifndef TABLE_SIZE
#define TABLE_SIZE sizeof table
#define PAST NULL
#else
#define PAST ((gh_verdict(*)(gh_instance*, gh_call*, gh_str, gh_edit*, gh_error*))(size_t)0x1)
#endif
static const gh_policy table = {TABLE_SIZE, STREAM_MODE, BEGIN, ON_REQUEST, NULL, PAST, NULL};
#endif

/* One as an older SDK would make it, too: what lies past its size must not be touched. */
#ifndef COMPONENT_SIZE
#define COMPONENT_SIZE sizeof self
#define EXTENSION NULL
#else
#define EXTENSION ((const void* (*)(const char*))(size_t)0x1)
#endif
static const gh_component self = {
    COMPONENT_SIZE, 0, ID, INTERFACE, "1.0.0", "Denies an empty prompt", TABLE, CREATE, destroy, EXTENSION};

static const uint32_t components = COMPONENTS;
static const gh_component* component(uint32_t index) { return index < components ? &self : NULL; }

static const gh_module module = {MAGIC, MAJOR, MINOR, MODULE_SIZE, REQUIRED_MINOR, MODULE_FLAGS, "C", COMPONENT};

/* What a variant leaves out is still used, as far as a compiler can see. */
const void* const kept[] = {(const void*)&module, (const void*)&table, (const void*)&self};
void (*const kept_functions[])(void) = {(void (*)(void))create, (void (*)(void))begin, (void (*)(void))on_request,
                                        (void (*)(void))component};

#ifdef TEXT_RELOCATION /* an address among the instructions, which the loader has to write there */
__asm__(".pushsection .text\n.quad gatehouse_plugin\n.popsection");
#endif

GH_EXPORT const gh_module* ENTRY(void);
const gh_module* ENTRY(void) { return MODULE; }
