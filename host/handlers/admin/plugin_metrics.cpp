#include "handlers/admin/plugin_metrics.h"

#include <limits>
#include <string>

namespace gatehouse::handlers {

namespace {

using modules::PluginStats;
using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr std::size_t kShownHash = 12;  // digits of a hash that tell versions apart
constexpr const char* kVerdicts[] = {"allow", "modify", "deny"};

bool decides(const modules::PluginVersion& version) {
  return version.kind == modules::PluginKind::policy || version.kind == modules::PluginKind::shadow;
}

ClientMetric metric(const modules::PluginVersion& version) {
  ClientMetric made;
  made.label = {{"kind", std::string(modules::name(version.kind))},
                {"plugin", version.name},
                {"version", version.version},
                {"sha256", version.sha256.substr(0, kShownHash)}};
  return made;
}

void add_counter(MetricFamily& family, ClientMetric made, double value) {
  made.counter.value = value;
  family.metric.push_back(std::move(made));
}

void add_histogram(MetricFamily& family, ClientMetric made, const PluginStats::Figures& figures) {
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < figures.latency.size(); ++i) {
    below += figures.latency[i];
    const double bound = i < PluginStats::kBounds.size() ? static_cast<double>(PluginStats::kBounds[i]) / 1e6
                                                         : std::numeric_limits<double>::infinity();
    made.histogram.bucket.push_back({below, bound});
  }
  made.histogram.sample_count = below;
  made.histogram.sample_sum = in_seconds(figures.time);
  family.metric.push_back(std::move(made));
}

void add_gauge(std::vector<MetricFamily>& families, const std::string& name, const std::string& help, double value) {
  ClientMetric made;
  made.gauge.value = value;
  families.push_back({name, help, MetricType::Gauge, {made}});
}

}  // namespace

double in_seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

void append_plugins(std::vector<MetricFamily>& families, const modules::Reloader& reloader) {
  MetricFamily calls{"gatehouse_plugin_calls_total", "Calls into a plugin", MetricType::Counter, {}};
  MetricFamily verdicts{"gatehouse_plugin_verdicts_total", "What a policy answered", MetricType::Counter, {}};
  MetricFamily errors{"gatehouse_plugin_errors_total", "Calls that a plugin failed", MetricType::Counter, {}};
  MetricFamily cpu{"gatehouse_plugin_cpu_seconds_total",
                   "CPU time within a plugin's calls; of short calls an estimate",
                   MetricType::Counter,
                   {}};
  MetricFamily duration{"gatehouse_plugin_call_duration_seconds", "How long calls took", MetricType::Histogram, {}};
  for (const auto& stats : reloader.plugin_stats()) {
    const PluginStats::Figures figures = stats->figures();
    const ClientMetric version = metric(stats->version());
    add_counter(calls, version, static_cast<double>(figures.calls));
    add_counter(errors, version, static_cast<double>(figures.errors));
    add_counter(cpu, version, in_seconds(figures.cpu));
    add_histogram(duration, version, figures);
    for (std::size_t i = 0; decides(stats->version()) && i < figures.verdicts.size(); ++i) {
      ClientMetric verdict = version;
      verdict.label.push_back({"verdict", kVerdicts[i]});
      add_counter(verdicts, std::move(verdict), static_cast<double>(figures.verdicts[i]));
    }
  }
  for (MetricFamily* family : {&calls, &verdicts, &errors, &cpu, &duration}) families.push_back(std::move(*family));
  const auto generations = reloader.generations();
  add_gauge(families, "gatehouse_generation", "The generation being served",
            generations.empty() ? 0 : static_cast<double>(generations.back().number));
  add_gauge(families, "gatehouse_generations_alive", "Generations that are served or still have exchanges",
            static_cast<double>(generations.size()));
  MetricFamily rollbacks{"gatehouse_rollbacks_total", "Plugin versions taken back", MetricType::Counter, {}};
  add_counter(rollbacks, {}, static_cast<double>(reloader.taken_back()));
  families.push_back(std::move(rollbacks));
  add_gauge(families, "gatehouse_resident_modules", "Modules no longer used that cannot be unloaded",
            static_cast<double>(reloader.leftovers().size()));
}

}  // namespace gatehouse::handlers
