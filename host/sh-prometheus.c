/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Pages of figures for Prometheus.
 */

#include "sh-prometheus.h"

#include <math.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sh-text.h"
#include "sh-unit-count.h"

/* `text` without what ends a line or, inside quotes, a value. */
static void
append_escaped (GString *page, const char *text, gboolean quoted)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  for (const char *c = valid; *c != '\0'; c++)
    if (*c == '\\')
      g_string_append (page, "\\\\");
    else if (*c == '\n')
      g_string_append (page, "\\n");
    else if (*c == '"' && quoted)
      g_string_append (page, "\\\"");
    else
      g_string_append_c (page, *c);
}

static void
append_value (GString *page, double value)
{
  g_autofree char *text = NULL;

  if (isfinite (value))
    text = sh_text_from_number (value);
  g_string_append_printf (page, " %s\n",
                          text != NULL    ? text
                          : isnan (value) ? "NaN"
                          : value > 0     ? "+Inf"
                                          : "-Inf");
}

void
sh_prometheus_begin (GString *page, const ShPrometheusMetric *metric)
{
  g_return_if_fail (page != NULL);
  g_return_if_fail (metric != NULL);
  g_return_if_fail (g_str_has_suffix (metric->name, "_total") ==
                    (metric->type == SH_PROMETHEUS_COUNTER));

  g_string_append_printf (page, "# HELP %s ", metric->name);
  append_escaped (page, metric->help, FALSE);
  g_string_append_printf (page, "\n# TYPE %s %s\n", metric->name,
                          metric->type == SH_PROMETHEUS_COUNTER ? "counter"
                                                                : "gauge");
}

void
sh_prometheus_add (GString *page,
                   const ShPrometheusMetric *metric,
                   double value,
                   ...)
{
  char separator = '{';
  const char *label;
  va_list labels;

  g_return_if_fail (page != NULL);
  g_return_if_fail (metric != NULL);

  g_string_append (page, metric->name);
  va_start (labels, value);
  while ((label = va_arg (labels, const char *)) != NULL)
    {
      g_string_append_printf (page, "%c%s=\"", separator, label);
      append_escaped (page, va_arg (labels, const char *), TRUE);
      g_string_append_c (page, '"');
      separator = ',';
    }
  va_end (labels);
  if (separator == ',')
    g_string_append_c (page, '}');
  append_value (page, value);
}

void
sh_prometheus_add_one (GString *page,
                       const ShPrometheusMetric *metric,
                       double value)
{
  sh_prometheus_begin (page, metric);
  sh_prometheus_add (page, metric, value, NULL);
}

/* The process. */

static double
get_cpu_seconds (void)
{
  struct rusage usage;

  if (getrusage (RUSAGE_SELF, &usage) != 0)
    return NAN;
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* Memory that is used, not counting what is swapped out. */
static double
get_resident_bytes (void)
{
  return (double) sh_unit_count_read_memory (getpid ());
}

static double
count_descriptors (void)
{
  g_autoptr (GDir) folder = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  if (folder == NULL)
    return NAN;
  while (g_dir_read_name (folder) != NULL)
    n++;
  return n - 1; /* without the folder's own */
}

static double
get_descriptor_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return NAN;
  return limit.rlim_cur == RLIM_INFINITY ? INFINITY : (double) limit.rlim_cur;
}

/* When the process started, in seconds since 1970: see proc(5). */
static double
get_start_time (void)
{
  g_autofree char *system = NULL, *own = NULL;
  g_auto (GStrv) fields = NULL;
  const char *boot, *after_name;

  if (!g_file_get_contents ("/proc/stat", &system, NULL, NULL) ||
      !g_file_get_contents ("/proc/self/stat", &own, NULL, NULL))
    return NAN;
  boot = strstr (system, "\nbtime ");
  after_name = strrchr (own, ')'); /* the name may hold anything */
  if (boot == NULL || after_name == NULL)
    return NAN;
  /* Of " STATE PPID ..." the 20th is field 22, starttime, in clock ticks. */
  fields = g_strsplit (after_name + 1, " ", 22);
  if (g_strv_length (fields) < 22)
    return NAN;
  return g_ascii_strtod (boot + strlen ("\nbtime "), NULL) +
         g_ascii_strtod (fields[20], NULL) / (double) sysconf (_SC_CLK_TCK);
}

void
sh_prometheus_add_process (GString *page)
{
  static const ShPrometheusMetric build = {
    "simhost_build_info", SH_PROMETHEUS_GAUGE,
    "Always 1; the label tells the version of Simhost."
  };
  static const struct
  {
    ShPrometheusMetric metric;
    double (*get) (void);
  } figures[] = {
    { { "process_cpu_seconds_total", SH_PROMETHEUS_COUNTER,
        "CPU time of the process, in user and system mode." },
      get_cpu_seconds },
    { { "process_resident_memory_bytes", SH_PROMETHEUS_GAUGE,
        "Memory of the process that is resident." },
      get_resident_bytes },
    { { "process_open_fds", SH_PROMETHEUS_GAUGE, "Descriptors that are open." },
      count_descriptors },
    { { "process_max_fds", SH_PROMETHEUS_GAUGE,
        "Descriptors that may be open." },
      get_descriptor_limit },
    { { "process_start_time_seconds", SH_PROMETHEUS_GAUGE,
        "When the process started, since 1970." },
      get_start_time },
  };

  g_return_if_fail (page != NULL);

  sh_prometheus_begin (page, &build);
  sh_prometheus_add (page, &build, 1, "version", SIMHOST_VERSION, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (figures); i++)
    {
      const double value = figures[i].get ();

      if (!isnan (value))
        sh_prometheus_add_one (page, &figures[i].metric, value);
    }
}
