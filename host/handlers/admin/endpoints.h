// The operators' endpoints, one file each. Functions without state; any thread.
#pragma once

#include <string>

#include "handlers/admin/services.h"
#include "handlers/routing/health.h"
#include "handlers/routing/query.h"
#include "handlers/routing/router.h"

namespace gatehouse::handlers {

// Answers one request, whose query has been read: it has no parameter that the endpoint does not know.
using OperatorEndpoint = void(const OperatorServices& services, const Query& query, net::Response& response,
                              const std::string& id);

// GET /: a page that shows what the other endpoints here answer, and asks them anew every few seconds. It holds
// nothing itself, so it is served without the admin token and asks for that.
OperatorEndpoint dashboard;

// GET /metrics: the counts, in Prometheus' text format.
OperatorEndpoint admin_metrics;

// GET /admin/limits: which limits are in force, and who has spent how much of them now; the most spent first.
// per=SCOPE and name=NAME say whose; limit=100 spenders of each limit (up to 1,000), from offset= on;
// "next_offset" says how each goes on, null at its end. Where several gateways share them, that is this one's part of
// the spending and of the limit, and "together" says both for all of them.
OperatorEndpoint admin_limits;

// POST /admin/limits/reset?per=SCOPE&name=NAME&limit=LIMIT&reason=TEXT: gives back all that was spent under a limit in
// its present period; /admin/limits/credit with amount=N beside them: so much of it. SCOPE is one of /admin/limits, or
// "own" for a key's own limits. Of several lines of `limits`, match=JSON says which, as /admin/limits shows it. 200
// says what was given back and what is left of the spending. 400: there is no such limit, or nothing to give back; 503:
// the shared accounts are unreachable.
OperatorEndpoint admin_limits_reset;
OperatorEndpoint admin_limits_credit;

// GET /admin/limits/corrections: what operators have given back, and why; the latest first, a hundred at most.
OperatorEndpoint admin_limits_corrections;

// GET /admin/prices: what each target costs, in dollars per million tokens, and who says so: "target" or "model" of the
// configuration, or "prices: NAME" of the price file, whose date is there, too.
OperatorEndpoint admin_prices;

// GET /admin/usage: who used what: requests, tokens and money. since=YYYY-MM-DD (default: the last thirty days),
// until, by=day,client,key,model (default: all four); client, key and model name whose; limit=100 lines of a page (up
// to 1,000), and "next" is what to give as after= for the next page, null after the last one.
OperatorEndpoint admin_usage;

// GET /admin/plugins: what is loaded, from which file, with its hash and version.
OperatorEndpoint admin_plugins;

// POST /admin/reload: reads the configuration again and swaps what changed. 200 and what was done, or 422, why not,
// and everything goes on as before. With ?retry also versions that were taken back are tried.
OperatorEndpoint admin_reload;

// POST /admin/promote?policy=NAME: makes the policy's shadow the one that decides, as a reload would.
OperatorEndpoint admin_promote;

// GET /admin/generations: the one being served, earlier ones whose exchanges still run, modules that could not be
// unloaded, and versions that were taken back.
OperatorEndpoint admin_generations;

// REQUIRES: services outlive the router.
void add_operator_endpoints(Router& router, const OperatorServices& services, Unready unready);

}  // namespace gatehouse::handlers
