/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The table of paths.
 */

#include "sh-route.h"

#include <string.h>

#define MAX_SEGMENTS 8u /* of a pattern */

/* In a pattern USER, BRAIN and VERSION stand for one segment each. */
#define USER "{user}"
#define BRAIN "{brain}"
#define VERSION "{version}"
#define METRIC "{metric}"
#define NUMBER "{number}"
#define CATEGORY "{category}"
#define PROJECT "{project}"
#define POLICY "{policy}"

typedef struct
{
  ShRouteKind kind;
  const char *segments[MAX_SEGMENTS + 1]; /* up to NULL */
} Pattern;

/* The first that fits counts: a brain cannot be named "brains". */
static const Pattern patterns[] = {
  { SH_ROUTE_PROMETHEUS, { "metrics" } },
  { SH_ROUTE_PROPERTIES, { "v1", "userproperties" } },
  { SH_ROUTE_USER, { "v1", USER } },
  { SH_ROUTE_GALLERY, { "v1", "projects", CATEGORY, PROJECT } },
  { SH_ROUTE_BRAINS, { "v1", USER, "brains" } },
  { SH_ROUTE_BRAIN, { "v1", USER, BRAIN } },
  { SH_ROUTE_STATUS, { "v1", USER, BRAIN, "status" } },
  { SH_ROUTE_SIMS, { "v1", USER, BRAIN, "sims" } },
  { SH_ROUTE_INK, { "v1", USER, BRAIN, "ink" } },
  { SH_ROUTE_START, { "v1", USER, BRAIN, "train" } },
  { SH_ROUTE_STOP, { "v1", USER, BRAIN, "stop" } },
  { SH_ROUTE_WATCH, { "v1", USER, BRAIN, "ws" } },
  { SH_ROUTE_RESUME, { "v1", USER, BRAIN, VERSION, "resume" } },
  { SH_ROUTE_POLICY, { "v1", USER, BRAIN, VERSION, POLICY } },
  { SH_ROUTE_METRICS, { "v1", USER, BRAIN, VERSION, "metrics", METRIC } },
  { SH_ROUTE_TRAIN, { "v1", USER, BRAIN, "sims", "ws" } },
  { SH_ROUTE_PREDICT, { "v1", USER, BRAIN, VERSION, "predictions", "ws" } },
  { SH_ROUTE_SIM_LOGS,
    { "v1", USER, BRAIN, VERSION, "sims", NUMBER, "logs", "ws" } },
  { SH_ROUTE_SIM_STATE,
    { "v1", USER, BRAIN, VERSION, "sims", NUMBER, "state", "ws" } },
};

static gboolean
parse_version (const char *text, guint *version)
{
  guint64 number;

  *version = 0;
  if (strcmp (text, "latest") == 0)
    return TRUE;
  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT32, &number, NULL))
    return FALSE;
  *version = (guint) number;
  return TRUE;
}

static gboolean
parse_number (const char *text, guint *number)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT32, &value, NULL))
    return FALSE;
  *number = (guint) value;
  return TRUE;
}

/* "policy.onnx", or that of one of several concepts, "policy-2.onnx". */
static gboolean
parse_policy (const char *text, guint *number)
{
  g_autofree char *digits = NULL;

  if (strcmp (text, "policy.onnx") == 0)
    return TRUE;
  if (!g_str_has_prefix (text, "policy-") || !g_str_has_suffix (text, ".onnx"))
    return FALSE;
  text += strlen ("policy-");
  digits = g_strndup (text, strlen (text) - strlen (".onnx"));
  return parse_number (digits, number);
}

static gboolean
parse_metric (const char *text, ShMetric *metric)
{
  static const char *const names[SH_N_METRICS] = {
    [SH_METRIC_EPISODE_VALUE] = "episode_value",
    [SH_METRIC_TEST_PASS_VALUE] = "test_pass_value",
    [SH_METRIC_ITERATIONS] = "iterations",
    [SH_METRIC_EPISODE_SUCCESS] = "episode_success",
  };

  for (guint i = 0; i < SH_N_METRICS; i++)
    if (strcmp (text, names[i]) == 0)
      {
        *metric = (ShMetric) i;
        return TRUE;
      }
  return FALSE;
}

static gboolean
match_segment (const char *pattern, const char *segment, ShRoute *route)
{
  if (*segment == '\0')
    return FALSE;
  if (strcmp (pattern, USER) == 0)
    route->user = g_strdup (segment);
  else if (strcmp (pattern, BRAIN) == 0)
    route->brain = g_strdup (segment);
  else if (strcmp (pattern, VERSION) == 0)
    return parse_version (segment, &route->version);
  else if (strcmp (pattern, METRIC) == 0)
    return parse_metric (segment, &route->metric);
  else if (strcmp (pattern, POLICY) == 0)
    return parse_policy (segment, &route->number);
  else if (strcmp (pattern, NUMBER) == 0)
    return parse_number (segment, &route->number);
  else if (strcmp (pattern, CATEGORY) == 0)
    route->category = g_strdup (segment);
  else if (strcmp (pattern, PROJECT) == 0)
    route->project = g_strdup (segment);
  else
    return strcmp (pattern, segment) == 0;
  return TRUE;
}

static gboolean
match (const Pattern *pattern, char **segments, guint n, ShRoute *route)
{
  guint i;

  for (i = 0; i < n && pattern->segments[i] != NULL; i++)
    if (!match_segment (pattern->segments[i], segments[i], route))
      return FALSE;
  if (i < n || pattern->segments[i] != NULL)
    return FALSE;
  route->kind = pattern->kind;
  return TRUE;
}

/* Decodes each segment in place; FALSE for what is no text. */
static gboolean
decode (char **segments)
{
  for (guint i = 0; segments[i] != NULL; i++)
    {
      char *text = g_uri_unescape_segment (segments[i], NULL, NULL);

      if (text == NULL)
        return FALSE;
      g_free (segments[i]);
      segments[i] = text;
      if (!g_utf8_validate (text, -1, NULL))
        return FALSE;
    }
  return TRUE;
}

void
sh_route_parse (const char *path, ShRoute *route)
{
  g_auto (GStrv) segments = NULL;
  guint n;

  g_return_if_fail (path != NULL);
  g_return_if_fail (route != NULL);

  memset (route, 0, sizeof *route);
  if (path[0] != '/')
    return;
  segments = g_strsplit (path + 1, "/", MAX_SEGMENTS + 2);
  n = g_strv_length (segments);
  if (n > 0 && *segments[n - 1] == '\0')
    n--;
  if (n > MAX_SEGMENTS || !decode (segments))
    return;

  for (gsize i = 0; i < G_N_ELEMENTS (patterns); i++)
    {
      if (match (&patterns[i], segments, n, route))
        return;
      sh_route_clear (route);
    }
}

void
sh_route_clear (ShRoute *route)
{
  g_clear_pointer (&route->user, g_free);
  g_clear_pointer (&route->brain, g_free);
  g_clear_pointer (&route->category, g_free);
  g_clear_pointer (&route->project, g_free);
  route->kind = SH_ROUTE_NONE;
  route->version = 0;
  route->number = 0;
}

gboolean
sh_route_is_websocket (ShRouteKind kind)
{
  return kind >= SH_ROUTE_WATCH;
}

const char *
sh_route_get_methods (ShRouteKind kind)
{
  switch (kind)
    {
    case SH_ROUTE_BRAIN:
      return "GET, HEAD, PUT, DELETE";
    case SH_ROUTE_BRAINS:
      return "POST";
    case SH_ROUTE_INK:
      return "GET, HEAD, POST";
    case SH_ROUTE_START:
    case SH_ROUTE_STOP:
    case SH_ROUTE_RESUME:
      return "PUT";
    default:
      return "GET, HEAD";
    }
}

gboolean
sh_route_takes (ShRouteKind kind, const char *method)
{
  g_auto (GStrv) methods = g_strsplit (sh_route_get_methods (kind), ", ", -1);

  return g_strv_contains ((const char *const *) methods, method);
}
