/* gatehouse/abi.h - the binary contract between the gateway and its plugins. START HERE.
 *
 * Everything that crosses the boundary is declared here and nowhere else.
 * C11, no dependency but the C standard headers, 64-bit targets only.
 *
 * Three rules carry the whole contract:
 *   1. Views in, sinks out. An argument is valid until the call returns; results are handed
 *      to a host-owned sink, which copies. Nobody frees the other's memory.
 *   2. Every struct begins with its own `size`; fields are only ever appended. Test a field
 *      newer than 1.0 with GH_HAS() before touching it.
 *   3. Nothing is thrown. Every function pointer is noexcept and reports a gh_status.
 *
 * The life of a plugin:
 *   load -> gatehouse_plugin() -> component(0..n) -> create -> calls -> destroy -> unload
 *
 * Thread tags, one per function pointer:
 *   [serial]       never beside another [serial] call into the same module
 *   [any]          may run on many threads at once
 *   [per-instance] never beside another call on the same gh_instance
 *   [per-call]     never beside another call on the same gh_call; may change thread between calls
 *
 * A plugin must not: keep a thread past destroy, use thread_local objects with destructors,
 * install signal handlers, change cwd, locale, umask or environment, write to stdout or stdin
 * unasked, call exit, or export any symbol but gatehouse_plugin.
 */
#ifndef GH_ABI_H
#define GH_ABI_H

#include <stddef.h>
#include <stdint.h>

#define GH_ABI_MAGIC 0x47485031u /* "GHP1" */
#define GH_ABI_MAJOR 1u
#define GH_ABI_MINOR 3u

#ifdef __cplusplus
#define GH_NOEXCEPT noexcept
extern "C" {
#else
#define GH_NOEXCEPT
#endif

#if defined(_WIN32)
#define GH_EXPORT __declspec(dllexport)
#else
#define GH_EXPORT __attribute__((visibility("default")))
#endif

/* Whether *p, as its maker compiled it, has this field. */
#define GH_HAS(T, p, field) ((p)->size >= offsetof(T, field) + sizeof((p)->field))

/* A view of bytes: not NUL-terminated, UTF-8 unless said otherwise, valid until the call
 * returns. data may be NULL only when len is 0. */
typedef struct gh_str {
  const char *data;
  size_t len;
} gh_str;

/* How a call ended. A value this list does not have counts as GH_EINTERNAL. */
typedef int32_t gh_status;
enum {
  GH_OK = 0,
  GH_EINVAL = 1,     /* the caller's request is at fault */
  GH_ECONFIG = 2,    /* the operator's configuration is at fault */
  GH_EUPSTREAM = 3,  /* the provider failed; trying again would not help */
  GH_ERETRY = 4,     /* failed for now; the same call may succeed later */
  GH_ECANCELLED = 5, /* the host asked to stop */
  GH_EINTERNAL = 6   /* the plugin failed */
};

/* The reason behind a status. Owned and zeroed by the caller, filled by the callee, read only
 * when the status is not GH_OK. The strings are NUL-terminated, cut where they do not fit. */
typedef struct gh_error {
  uint32_t size;
  uint32_t http_status;    /* what the caller of the gateway should see; 0: the host chooses */
  uint32_t retry_after_ms; /* 0: unknown */
  uint32_t flags;          /* since 1.3: GH_ERROR_… */
  char code[48];     /* machine-readable, as in OpenAI's error.code: "context_length_exceeded" */
  char message[448]; /* one sentence for the person who reads the answer */
  char param[96];    /* since 1.2: the field of the request that is at fault, as in OpenAI's error.param:
                      * "messages[2].content"; empty: none in particular */
} gh_error;

/* since 1.3, of a provider: it said itself that it failed, in the place of an answer, with whatever status. Such an
 * attempt costs nothing; any other that was sent costs at least its prompt. */
enum {
  GH_ERROR_REFUSED = 1,
  /* since 1.3, of a provider: why it refused the request, whatever its status says otherwise. The host then asks the
   * targets whose configuration has `fallback_on` for it, and nobody else. With GH_EINVAL, and beside GH_ERROR_REFUSED
   * where it charges nothing. Of an answer that a filter kept back and that came as an answer, say a finish
   * "content_filter" instead. */
  GH_ERROR_CONTEXT_LENGTH = 2, /* prompt and answer do not fit into the model's context */
  GH_ERROR_CONTENT_FILTER = 4  /* the provider's filter did not let the prompt pass */
};

typedef struct gh_instance gh_instance; /* the plugin's: one configured component */
typedef struct gh_call gh_call;         /* the plugin's: its state of one exchange */

enum { GH_LOG_DEBUG = 0, GH_LOG_INFO = 1, GH_LOG_WARNING = 2, GH_LOG_ERROR = 3 };

/* What the host offers a component. Lives from create until destroy has returned. */
typedef struct gh_host {
  uint32_t size;
  uint32_t abi_minor; /* the host's */
  void *ctx;          /* the host's own */
  /* A line for the gateway's diagnostic log. [any] */
  void (*log)(const struct gh_host *, uint32_t level, gh_str text) GH_NOEXCEPT;
  /* A further table of functions by interface id, or NULL where this host has none.
   * The table lives as long as the gh_host. [any] */
  const void *(*extension)(const struct gh_host *, const char *interface_id) GH_NOEXCEPT;
} gh_host;

/* ---- the chat model -------------------------------------------------------------------- */

typedef struct gh_message {
  uint32_t size, reserved;
  gh_str role; /* "system", "user", "assistant", "tool", "developer" */
  gh_str text; /* the content as plain text; the text parts joined where content is an array */
  gh_str json; /* the whole message as the caller wrote it */
} gh_message;

/* since 1.3: a text in a request. */
enum {
  GH_TEXT_OTHER = 0,      /* files, sound, names, ids, and members that the host does not know */
  GH_TEXT_CONTENT = 1,    /* of a message: what somebody says */
  GH_TEXT_TOOL_CALL = 2,  /* a call's name and arguments, as the model made it */
  GH_TEXT_DEFINITION = 3, /* of a tool, or of the answer's form: its names too */
  GH_TEXT_REASONING = 4,  /* what the model thought */
  GH_TEXT_TOKENS = 5      /* a list of numbers, which may stand for a text as those of embeddings do: a JSON array. It
                           * cannot be edited */
};
typedef struct gh_text {
  uint32_t size;
  uint32_t kind; /* GH_TEXT_…; a value that is not known counts as GH_TEXT_OTHER */
  gh_str role;   /* of the message it is in; empty: it is in none */
  gh_str place;  /* "messages[2].content[0].text" */
  gh_str text;   /* decoded */
} gh_text;

typedef struct gh_chat_request {
  uint32_t size;
  uint32_t stream;  /* 1: the caller wants server-sent events */
  gh_str id;        /* the gateway's id of this exchange */
  gh_str client;    /* who asks; empty when unknown */
  gh_str alias;     /* the model as the caller named it */
  gh_str model;     /* the provider's name of the model; empty while policies are asked */
  const gh_message *const *messages; /* pointers, so that elements can grow */
  size_t message_count;
  uint64_t estimated_tokens; /* the host's estimate of the prompt */
  gh_str json; /* the whole request in OpenAI chat-completions shape, see below. For a provider
                * "model" is already the provider's and stream_options asks for usage. */
  /* since 1.3: all texts that the request's receiver reads as the prompt, in their order; pictures are none. Made when
   * they are asked for first, and valid until the call returns. What is said beside the messages' own text, in a tool's
   * call or definition, a file, a prediction, or a field that nobody knows, is here. Anything but GH_OK: the host is
   * short of memory. [per-call] */
  gh_status (*texts)(const struct gh_chat_request *, const gh_text *const **list, size_t *count) GH_NOEXCEPT;
  void *ctx; /* since 1.3: the host's own */
} gh_chat_request;

/* What other dialects can say and OpenAI's cannot travels in fields of these names, which callers
 * may also use themselves and a provider that has no use for them leaves out:
 *   messages[].reasoning_details   of an assistant message: what the model thought, to be given
 *     back unchanged to the provider whose "format" it has. A list of
 *       {"type":"reasoning.text","index":0,"format":"…","text":"…","signature":"…"}
 *       {"type":"reasoning.encrypted","index":1,"format":"…","id":"of a tool call","data":"…"}
 *   messages[].is_error            of a tool message: true when the tool failed
 *   …cache_control                 of a content part, a tool or the request: the prompt up to here is
 *                                  worth caching, {"type":"ephemeral"}
 *   thinking                       {"type":"enabled","budget_tokens":n}, beside the reasoning_effort
 *                                  that comes closest to it; or {"type":"adaptive"} */

enum {
  GH_EVENT_TEXT = 1,      /* text: a piece of the answer; an empty one only carries its json */
  GH_EVENT_TOOL_CALL = 2, /* index; id and name in the first piece; text: a piece of the arguments */
  GH_EVENT_USAGE = 3,     /* the tokens_ fields; a later one replaces an earlier one. tokens_in or
                           * tokens_out of 0 beside a prompt or words: the provider did not say */
  GH_EVENT_FINISH = 4,    /* text: stop | length | tool_calls | content_filter; name: the provider's
                           * own word for it; id: the stop sequence that was met */
  GH_EVENT_REASONING = 5, /* what the model thinks. index: which piece of reasoning; text: a piece of
                           * it; id: its signature, whole, in the last piece; name: their format */
  GH_EVENT_SEALED = 6,    /* reasoning that only the provider can read. index: as above; text: the
                           * whole of it; id: the tool call it belongs to; name: its format */
  GH_EVENT_END = 7        /* since 1.2, of a codec: the provider's own word that its answer ends here
                           * ("[DONE]"). What it still sends is no part of it, and nobody waits for
                           * it. Carries nothing; an older host passes over it */
};

/* One thing the model said. A reply is complete when every choice has seen its FINISH; one
 * that ends without is reported to the caller as cut. */
typedef struct gh_event {
  uint32_t size, kind;
  uint32_t choice; /* 0 unless the caller asked for several answers */
  uint32_t index;  /* TOOL_CALL: which call; REASONING, SEALED: which piece */
  gh_str text, id, name;
  uint64_t tokens_in;          /* the whole prompt, cached tokens included */
  uint64_t tokens_out;         /* the whole answer, reasoning included */
  uint64_t tokens_cached;      /* of tokens_in: read from the provider's cache */
  uint64_t tokens_cache_write; /* of tokens_in: written to the provider's cache */
  uint64_t tokens_reasoning;   /* of tokens_out */
  gh_str json; /* optional, on the first event of a decode(): the frame in OpenAI shape (a
                * chat.completion.chunk, or a chat.completion), so that fields this ABI does
                * not name reach the caller too */
  /* Since 1.3. Read only where size covers them. */
  uint64_t tokens_cache_write_1h; /* of tokens_cache_write: what the cache keeps for an hour */
  uint64_t tokens_audio_in;       /* of tokens_in */
  uint64_t tokens_image_in;       /* of tokens_in */
  uint64_t tokens_audio_out;      /* of tokens_out */
} gh_event;

typedef struct gh_event_sink {
  uint32_t size, reserved;
  void *ctx;
  /* May block while the caller reads slowly. GH_ECANCELLED: the caller left or a policy said
   * no; stop and return it. */
  gh_status (*emit)(struct gh_event_sink *, const gh_event *) GH_NOEXCEPT;
} gh_event_sink;

/* ---- "gatehouse.provider.codec/1": a remote provider, sans-IO --------------------------- */
/* The codec says what to send and reads what comes back. Sockets, TLS, pools, time-outs,
 * retries and framing are the host's. */

enum {
  GH_FRAMING_BODY = 0,  /* decode is called once, with the whole body */
  GH_FRAMING_SSE = 1,   /* once per server-sent event */
  GH_FRAMING_LINES = 2, /* once per line */
  GH_FRAMING_RAW = 3    /* with the bytes as they come */
};

typedef struct gh_attempt {
  uint32_t size;
  uint32_t number; /* 1 for the first attempt at this target */
  gh_str base_url; /* from the configuration, without a slash at the end */
  gh_str secret;   /* the provider's API key; empty when none is configured */
  int64_t unix_ms; /* now */
} gh_attempt;

typedef struct gh_upstream {
  uint32_t size, reserved;
  void *ctx;
  void (*request)(struct gh_upstream *, gh_str method, gh_str url, uint32_t framing) GH_NOEXCEPT;
  void (*header)(struct gh_upstream *, gh_str name, gh_str value) GH_NOEXCEPT;
  void (*body)(struct gh_upstream *, gh_str bytes) GH_NOEXCEPT;
  /* Since 1.3: as body, but nothing is copied. The call keeps the bytes where they are, unchanged, until
   * its next encode or its close. */
  void (*kept_body)(struct gh_upstream*, gh_str bytes) GH_NOEXCEPT;
} gh_upstream;

/* A status of 400 or more always comes as one whole body, whatever framing was asked for. */
typedef struct gh_frame {
  uint32_t size;
  uint32_t http_status;
  gh_str event; /* SSE: the event's name, empty when it has none */
  gh_str data;  /* SSE: the data lines joined by \n */
  uint32_t last; /* 1: nothing follows; comes once, with empty data except for BODY, and for SSE where the
                  * provider answered with one JSON instead of a stream: that is the data then */
  uint32_t reserved;
} gh_frame;

typedef struct gh_codec {
  uint32_t size, reserved;
  /* Begins one exchange with one target. [any] */
  gh_status (*open)(gh_instance *, const gh_chat_request *, gh_call **, gh_error *) GH_NOEXCEPT;
  /* Says what to send. Called again for every retry, so it must be repeatable. [per-call] */
  gh_status (*encode)(gh_call *, const gh_attempt *, gh_upstream *, gh_error *) GH_NOEXCEPT;
  /* Reads one frame of the answer. For http_status >= 400 it returns GH_ERETRY or GH_EUPSTREAM
   * (GH_EINVAL where the request was at fault) with the reason. [per-call] */
  gh_status (*decode)(gh_call *, const gh_frame *, gh_event_sink *, gh_error *) GH_NOEXCEPT;
  /* Ends it, exactly once for every open that returned GH_OK. [per-call] */
  void (*close)(gh_call *) GH_NOEXCEPT;
  /* Optional, NULL for providers without: begins an exchange in which every message is answered by
   * a vector. A message's content is a string, or one part {"type":"tokens","tokens":[1,2]}; of the
   * other fields model, dimensions and user count. decode gives one event with the answer as its
   * json, OpenAI's list of embeddings with plain numbers, then the usage and a FINISH "stop". [any] */
  gh_status (*open_embeddings)(gh_instance *, const gh_chat_request *, gh_call **, gh_error *) GH_NOEXCEPT;
} gh_codec;

/* ---- "gatehouse.provider.local/1": an engine in this process ----------------------------- */

typedef struct gh_local {
  uint32_t size, reserved;
  /* Answers the request through the sink; may block. [any] */
  gh_status (*run)(gh_instance *, const gh_chat_request *, gh_event_sink *, gh_error *) GH_NOEXCEPT;
} gh_local;

/* ---- "gatehouse.policy/1" ---------------------------------------------------------------- */

typedef uint32_t gh_verdict;
enum {
  GH_FAILED = 0, /* could not decide: the host does what on_error says (deny unless configured) */
  GH_ALLOW = 1,
  GH_MODIFY = 2, /* go on with what edit->replace was given */
  GH_DENY = 3    /* stop here, for the reason edit->reason was given */
};

enum {
  GH_STREAM_NONE = 0,  /* on_chunk is never called */
  GH_STREAM_DELTA = 1, /* on every piece of text as it comes */
  GH_STREAM_WINDOW = 2 /* on windows of text, each beginning with the end of the one before, so
                        * that nothing can hide across a border */
};

typedef struct gh_edit {
  uint32_t size, reserved;
  void *ctx;
  void (*replace)(struct gh_edit *, gh_str content) GH_NOEXCEPT; /* request: JSON; chunk, response: text */
  void (*reason)(struct gh_edit *, gh_str code, gh_str text) GH_NOEXCEPT; /* to the caller and the record */
  /* since 1.3, of a request, with GH_MODIFY: another text in the place of this one of gh_chat_request.texts. The rest
   * of the request stays as its caller wrote it. Not beside replace(). */
  void (*text)(struct gh_edit *, size_t index, gh_str text) GH_NOEXCEPT;
} gh_edit;

typedef struct gh_policy {
  uint32_t size;
  uint32_t stream_mode; /* GH_STREAM_… */
  /* Optional: state of one exchange, passed to the calls below. [any] */
  gh_status (*begin)(gh_instance *, const gh_chat_request *, gh_call **, gh_error *) GH_NOEXCEPT;
  /* Before any provider is called. [any] */
  gh_verdict (*on_request)(gh_instance *, gh_call *, const gh_chat_request *, gh_edit *, gh_error *) GH_NOEXCEPT;
  /* Optional: streamed text on its way out, as stream_mode says. [per-call] */
  gh_verdict (*on_chunk)(gh_instance *, gh_call *, gh_str text, gh_edit *, gh_error *) GH_NOEXCEPT;
  /* Optional: a whole answer's text on its way out. After a stream it is told what has been
   * sent and can only object for the record. [per-call] */
  gh_verdict (*on_response)(gh_instance *, gh_call *, gh_str text, gh_edit *, gh_error *) GH_NOEXCEPT;
  /* Exactly once for every begin that gave a call. [per-call] */
  void (*end)(gh_call *) GH_NOEXCEPT;
} gh_policy;

/* ---- "gatehouse.log_sink/1": called by one host thread per sink, so it needs no locks ------ */

typedef struct gh_log_record {
  uint32_t size;
  uint32_t level;   /* GH_LOG_… */
  int64_t unix_us;  /* when the exchange began */
  gh_str kind;      /* "exchange" */
  gh_str id;   /* of the exchange, given by the gateway, unique: a record that comes twice is one record */
  gh_str json; /* the whole record as one JSON object on one line, without the newline */
} gh_log_record;

typedef struct gh_log_sink {
  uint32_t size, reserved;
  /* GH_OK: all n are taken care of. GH_ERETRY: none is; the same batch comes again later.
   * Anything else: the batch is counted as lost. [per-instance] */
  gh_status (*write)(gh_instance *, const gh_log_record *const *, size_t n, gh_error *) GH_NOEXCEPT;
  /* Makes what was written durable. [per-instance] */
  gh_status (*flush)(gh_instance *, uint32_t deadline_ms, gh_error *) GH_NOEXCEPT;
} gh_log_sink;

/* ---- "gatehouse.state/1": what a component hands to the version that takes its place ------- */
/* Optional, through gh_component.extension. Restored state is that of the moment it was saved: what
 * the old version learns after that is lost. What must be exact belongs into counters (below). */

typedef struct gh_state_sink {
  uint32_t size, reserved;
  void *ctx;
  /* Once. version is the plugin's own; bytes may be anything. */
  void (*put)(struct gh_state_sink *, uint32_t version, gh_str bytes) GH_NOEXCEPT;
} gh_state_sink;

typedef struct gh_state {
  uint32_t size, reserved;
  /* Says what a successor should know; nothing when it puts nothing. Beside any other call on the
   * instance, a sink's too, and more than once. [any] */
  gh_status (*save)(gh_instance *, gh_state_sink *, gh_error *) GH_NOEXCEPT;
  /* After create and before any other call. Anything but GH_OK refuses the swap, for the reason in
   * gh_error, and the old version goes on. [serial] */
  gh_status (*restore)(gh_instance *, uint32_t version, gh_str bytes, gh_error *) GH_NOEXCEPT;
} gh_state;

/* ---- "gatehouse.counters/1": numbers that the host keeps, from gh_host.extension ----------- */
/* A configured plugin's own: every version of it has the same ones, and they live until the gateway
 * ends. */

typedef struct gh_counters {
  uint32_t size, reserved;
  /* Adds delta to the counter called name, which begins at 0; *now, unless NULL, is its value then.
   * GH_EINVAL: name is empty or longer than 256 bytes, or there are 10000 others. [any] */
  gh_status (*add)(const gh_host *, gh_str name, int64_t delta, int64_t *now) GH_NOEXCEPT;
} gh_counters;

/* ---- "gatehouse.trial/1": whether an instance is only tried, from gh_host.extension ---------- */
/* Since 1.3, and there only while a component is created to see whether it can be: at a start, before
 * a swap, for `gatehouse check`. Such an instance gets no call but restore and destroy. It should
 * refuse what it would refuse otherwise, and change nothing: no file made, written or moved, nobody
 * called. */

typedef struct gh_trial {
  uint32_t size, reserved;
} gh_trial;

/* ---- what a module exports ----------------------------------------------------------------- */

typedef struct gh_component {
  uint32_t size, reserved;
  const char *id;           /* the name used in YAML; static, NUL-terminated, like all four */
  const char *interface_id; /* says which table vtable points to */
  const char *version;      /* the plugin's own, for people */
  const char *summary;      /* one line */
  const void *vtable;
  /* config_json is a JSON object. A message in gh_error reaches the operator. [serial] */
  gh_status (*create)(const gh_host *, gh_str config_json, gh_instance **, gh_error *) GH_NOEXCEPT;
  /* After the last call on the instance has returned. [serial] */
  void (*destroy)(gh_instance *) GH_NOEXCEPT;
  /* Since 1.1, optional: a further table of functions by interface id, static, or NULL where this
   * component has none. [any] */
  const void *(*extension)(const char *interface_id) GH_NOEXCEPT;
} gh_component;

#define GH_PROVIDER_CODEC_1 "gatehouse.provider.codec/1"
#define GH_PROVIDER_LOCAL_1 "gatehouse.provider.local/1"
#define GH_POLICY_1 "gatehouse.policy/1"
#define GH_LOG_SINK_1 "gatehouse.log_sink/1"
#define GH_STATE_1 "gatehouse.state/1"
#define GH_COUNTERS_1 "gatehouse.counters/1"
#define GH_TRIAL_1 "gatehouse.trial/1"

enum { GH_MODULE_RESIDENT = 1 }; /* never unload me (Go, CUDA, OpenSSL inside) */

typedef struct gh_module {
  /* These four never move, in any major version. */
  uint32_t magic, abi_major, abi_minor, size;
  uint32_t required_minor; /* the oldest host minor this module can live with */
  uint32_t flags;          /* GH_MODULE_… */
  const char *build;       /* compiler and SDK, for people */
  const gh_component *(*component)(uint32_t index) GH_NOEXCEPT; /* NULL past the end. [serial] */
} gh_module;

/* The one exported symbol. No side effects, no allocation; the module is static. */
GH_EXPORT const gh_module *gatehouse_plugin(void) GH_NOEXCEPT;

#ifdef __cplusplus
}
#define GH_ASSERT static_assert
#else
#define GH_ASSERT _Static_assert
#endif
GH_ASSERT(sizeof(void *) == 8, "64-bit only");
GH_ASSERT(sizeof(gh_str) == 16, "layout");
GH_ASSERT(sizeof(gh_error) == 608, "layout");
GH_ASSERT(sizeof(gh_host) == 32, "layout");
GH_ASSERT(sizeof(gh_message) == 56, "layout");
GH_ASSERT(sizeof(gh_text) == 56, "layout");
GH_ASSERT(sizeof(gh_chat_request) == 128, "layout");
GH_ASSERT(sizeof(gh_event) == 152, "layout");
GH_ASSERT(sizeof(gh_event_sink) == 24, "layout");
GH_ASSERT(sizeof(gh_attempt) == 48, "layout");
GH_ASSERT(sizeof(gh_upstream) == 48, "layout");
GH_ASSERT(sizeof(gh_frame) == 48, "layout");
GH_ASSERT(sizeof(gh_codec) == 48, "layout");
GH_ASSERT(sizeof(gh_local) == 16, "layout");
GH_ASSERT(sizeof(gh_edit) == 40, "layout");
GH_ASSERT(sizeof(gh_policy) == 48, "layout");
GH_ASSERT(sizeof(gh_log_record) == 64, "layout");
GH_ASSERT(sizeof(gh_log_sink) == 24, "layout");
GH_ASSERT(sizeof(gh_state_sink) == 24, "layout");
GH_ASSERT(sizeof(gh_state) == 24, "layout");
GH_ASSERT(sizeof(gh_counters) == 16, "layout");
GH_ASSERT(sizeof(gh_trial) == 8, "layout");
GH_ASSERT(sizeof(gh_component) == 72, "layout");
GH_ASSERT(sizeof(gh_module) == 40, "layout");
GH_ASSERT(offsetof(gh_module, size) == 12, "the frozen prefix");
#endif
