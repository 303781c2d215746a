// What plugins did, by version, for Prometheus. Functions; any thread.
#pragma once

#include <prometheus/metric_family.h>

#include <chrono>
#include <memory>
#include <vector>

#include "modules/swap/reloader.h"

namespace gatehouse::handlers {

// Prometheus counts time in seconds.
double in_seconds(std::chrono::nanoseconds time);

// Calls, verdicts, errors, times and CPU times of every plugin version; generations and leftovers.
void append_plugins(std::vector<prometheus::MetricFamily>& families, const modules::Reloader& reloader);

}  // namespace gatehouse::handlers
