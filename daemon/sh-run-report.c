/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-run-report.h"

#include <math.h>
#include <string.h>

#include "sh-json-text.h"

static void
lesson_free (gpointer data)
{
  ShRunLesson *lesson = data;

  g_free (lesson->name);
  g_free (lesson);
}

void
sh_run_report_init (ShRunReport *report)
{
  *report = (ShRunReport){
    .brain = g_strdup (""),
    .simulator = g_strdup (""),
    .algorithm = g_strdup (""),
    .lesson = g_strdup (""),
    .reason = g_strdup (""),
    .message = g_strdup (""),
    .mean_return = NAN,
    .success_rate = NAN,
    .curve = g_array_new (FALSE, FALSE, sizeof (ShRunPoint)),
    .stride = 1,
    .names = g_ptr_array_new_with_free_func (g_free),
    .concepts = g_ptr_array_new_with_free_func (g_free),
    .concept = g_strdup (""),
    .lessons = g_ptr_array_new_with_free_func (lesson_free),
  };
}

void
sh_run_report_clear (ShRunReport *report)
{
  g_free (report->brain);
  g_free (report->simulator);
  g_free (report->algorithm);
  g_free (report->lesson);
  g_free (report->reason);
  g_free (report->message);
  g_array_unref (report->curve);
  g_ptr_array_unref (report->lessons);
  g_ptr_array_unref (report->names);
  g_ptr_array_unref (report->concepts);
  g_free (report->concept);
}

/* ---- members of an event ---- */

/* NULL: it has none of that name, or one that is no scalar. */
static JsonNode *
get_value (JsonObject *event, const char *name)
{
  JsonNode *node = json_object_get_member (event, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? node : NULL;
}

/* Stays as it is when there is none. */
static void
take_text (JsonObject *event, const char *name, char **into)
{
  JsonNode *node = get_value (event, name);

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_STRING)
    return;
  g_free (*into);
  *into = json_node_dup_string (node);
}

/* A number above 2^63 is read as a double, and would not be what was told. */
static void
take_count (JsonObject *event, const char *name, guint64 *into)
{
  JsonNode *node = get_value (event, name);

  if (node != NULL && json_node_get_value_type (node) == G_TYPE_INT64)
    *into = (guint64) MAX (json_node_get_int (node), 0);
}

/* null is what is not known. */
static void
take_number (JsonObject *event, const char *name, double *into)
{
  JsonNode *node = json_object_get_member (event, name);

  if (node == NULL)
    return;
  *into = JSON_NODE_HOLDS_VALUE (node) &&
                  (json_node_get_value_type (node) == G_TYPE_INT64 ||
                   json_node_get_value_type (node) == G_TYPE_DOUBLE)
              ? json_node_get_double (node)
              : NAN;
}

/* ---- events ---- */

static void
take_version (ShRunReport *report, JsonObject *event)
{
  guint64 version = report->version;

  take_count (event, "version", &version);
  report->version = (guint) MIN (version, G_MAXINT);
}

static void
take_names (JsonObject *event, const char *member, GPtrArray *names)
{
  JsonNode *node = json_object_get_member (event, member);
  JsonArray *array;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return;
  array = json_node_get_array (node);
  g_ptr_array_set_size (names, 0);
  for (guint i = 0; i < json_array_get_length (array) &&
                    names->len < SH_RUN_REPORT_MAX_LESSONS;
       i++)
    {
      JsonNode *name = json_array_get_element (array, i);

      if (json_node_get_value_type (name) == G_TYPE_STRING)
        g_ptr_array_add (names, json_node_dup_string (name));
    }
}

/* One of several is trained from now on. */
static void
take_concept (ShRunReport *report, JsonObject *event)
{
  take_text (event, "simulator", &report->simulator);
  take_text (event, "algorithm", &report->algorithm);
  take_text (event, "concept", &report->concept);
  take_names (event, "lessons", report->names);
  take_names (event, "concepts", report->concepts);
}

static void
take_started (ShRunReport *report, JsonObject *event)
{
  report->started = TRUE;
  take_text (event, "brain", &report->brain);
  take_count (event, "seed", &report->seed);
  take_concept (report, event);
  take_version (report, event);
}

static void
take_figures (ShRunReport *report, JsonObject *event)
{
  take_text (event, "lesson", &report->lesson);
  take_count (event, "iterations", &report->iterations);
  take_count (event, "episodes", &report->episodes);
  take_number (event, "mean_return", &report->mean_return);
  take_number (event, "success_rate", &report->success_rate);
}

static ShRunPoint
make_point (const ShRunReport *report)
{
  return (ShRunPoint){ report->iterations, report->mean_return,
                       report->success_rate };
}

static void
add_point (ShRunReport *report)
{
  ShRunPoint point = make_point (report);
  guint n = 0;

  if (!isfinite (report->mean_return) || ++report->n_skipped < report->stride)
    return;
  report->n_skipped = 0;
  g_array_append_val (report->curve, point);
  if (report->curve->len <= SH_RUN_REPORT_MAX_POINTS)
    return;
  for (guint i = 1; i < report->curve->len; i += 2)
    g_array_index (report->curve, ShRunPoint, n++) =
        g_array_index (report->curve, ShRunPoint, i);
  g_array_set_size (report->curve, n);
  report->stride *= 2;
}

static void
take_progress (ShRunReport *report, JsonObject *event)
{
  take_figures (report, event);
  take_number (event, "iterations_per_second", &report->iteration_rate);
  if (!isfinite (report->iteration_rate))
    report->iteration_rate = 0;
  take_count (event, "muscles", &report->muscles);
  add_point (report);
}

static void
take_lesson (ShRunReport *report, JsonObject *event)
{
  ShRunLesson *lesson;

  if (report->lessons->len >= SH_RUN_REPORT_MAX_LESSONS)
    return;
  lesson = g_new0 (ShRunLesson, 1);
  lesson->iterations = report->iterations;
  take_text (event, "lesson", &lesson->name);
  if (lesson->name == NULL)
    lesson->name = g_strdup ("");
  g_ptr_array_add (report->lessons, lesson);
}

static void
take_finished (ShRunReport *report, JsonObject *event)
{
  report->finished = TRUE;
  report->saved = get_value (event, "version") != NULL;
  take_version (report, event);
  take_text (event, "reason", &report->reason);
  take_text (event, "message", &report->message);
  take_figures (report, event);
  report->iteration_rate = 0;
}

gboolean
sh_run_report_take (ShRunReport *report, const char *line)
{
  static const struct
  {
    const char *event;
    void (*take) (ShRunReport *report, JsonObject *event);
  } events[] = {
    { "progress", take_progress }, { "lesson", take_lesson },
    { "concept", take_concept },   { "started", take_started },
    { "finished", take_finished },
  };
  g_autoptr (JsonObject) event = NULL;
  g_autofree char *name = NULL;

  g_return_val_if_fail (report != NULL && line != NULL, FALSE);

  event = sh_json_text_parse_object (line, strlen (line), NULL);
  if (event == NULL)
    return FALSE;
  take_text (event, "event", &name);
  for (gsize i = 0; name != NULL && i < G_N_ELEMENTS (events); i++)
    if (g_str_equal (name, events[i].event))
      {
        events[i].take (report, event);
        return TRUE;
      }
  return FALSE;
}

char *
sh_run_report_read_brain (const char *line, gboolean *started)
{
  g_autoptr (JsonObject) event =
      sh_json_text_parse_object (line, strlen (line), NULL);
  g_autofree char *name = NULL;
  char *brain = NULL;

  if (event == NULL)
    return NULL;
  take_text (event, "event", &name);
  take_text (event, "brain", &brain);
  *started = g_strcmp0 (name, "started") == 0;
  return brain;
}

/* ---- how far it is ---- */

/* How much of `names` comes before `name`; NaN: it is not among them. */
static double
get_share (const GPtrArray *names, const char *name)
{
  for (guint i = 0; i < names->len; i++)
    if (g_str_equal (names->pdata[i], name))
      return (double) i / names->len;
  return NAN;
}

double
sh_run_report_get_progress (const ShRunReport *report)
{
  double share = get_share (report->names, report->lesson);

  if (g_str_equal (report->reason, "curriculum-met"))
    return 1;
  if (report->concepts->len == 0)
    return share;
  return get_share (report->concepts, report->concept) +
         share / report->concepts->len;
}

static void
put_point (GVariantBuilder *curve, const ShRunPoint *point)
{
  g_variant_builder_add (curve, "(tdd)", point->iterations, point->mean_return,
                         point->success_rate);
}

GVariant *
sh_run_report_get_curve (const ShRunReport *report)
{
  GVariantBuilder curve, lessons;
  ShRunPoint last = make_point (report);
  guint n = report->curve->len;

  g_variant_builder_init (&curve, G_VARIANT_TYPE ("a(tdd)"));
  for (guint i = 0; i < n; i++)
    put_point (&curve, &g_array_index (report->curve, ShRunPoint, i));
  if (isfinite (last.mean_return) && n > 0 && n < SH_RUN_REPORT_MAX_POINTS &&
      g_array_index (report->curve, ShRunPoint, n - 1).iterations <
          last.iterations)
    put_point (&curve, &last);
  g_variant_builder_init (&lessons, G_VARIANT_TYPE ("a(ts)"));
  for (guint i = 0; i < report->lessons->len; i++)
    {
      const ShRunLesson *lesson = report->lessons->pdata[i];

      g_variant_builder_add (&lessons, "(ts)", lesson->iterations,
                             lesson->name);
    }
  return g_variant_new ("(a(tdd)@a(td)a(ts))", &curve,
                        g_variant_new ("a(td)", NULL), &lessons);
}
