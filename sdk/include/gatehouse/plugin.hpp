// gatehouse/plugin.hpp - the C++ face of abi.h. START HERE to write a plugin: a class and one macro.
//
//   struct Echo {
//     void run(gatehouse::ChatRequest request, gatehouse::Events& out) const {
//       for (gatehouse::Message message : request.messages()) out.text(message.text());
//       out.finish("stop");
//     }
//   };
//   GH_EXPORT_LOCAL(Echo, "echo", "1.0.0", "Says what it was told")
//
// Header-only and compiled into the plugin, so nothing of C++ crosses the boundary. C++17 or later.
// What may not be done in a plugin is listed in abi.h; fail by throwing gatehouse::Error (error.hpp).
#pragma once

#include <gatehouse/chat.hpp>       // ChatRequest, Message, Events, Usage
#include <gatehouse/config.hpp>     // Config: the plugin's part of the YAML file
#include <gatehouse/error.hpp>      // Error
#include <gatehouse/host.hpp>       // Host: the diagnostic log; Counters
#include <gatehouse/json.hpp>       // append_quoted
#include <gatehouse/json_fields.hpp> // fields::need, fields::find: a request's fields, refused by name
#include <gatehouse/json_read.hpp>  // JsonReader, text_at, number_at, count_at
#include <gatehouse/json_write.hpp> // JsonObject, JsonArray
#include <gatehouse/log_sink.hpp>   // GH_EXPORT_LOG_SINK
#include <gatehouse/policy.hpp>     // GH_EXPORT_POLICY
#include <gatehouse/provider.hpp>   // GH_EXPORT_CODEC, GH_EXPORT_LOCAL
#include <gatehouse/state.hpp>      // State: what the next version takes over
