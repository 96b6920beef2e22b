/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What is drawn for an episode's config, and how often.
 */

#include <math.h>
#include <string.h>

#include "fixture.h"
#include "sh-scenario.h"

#define DRAWS 20000u

typedef struct
{
  ShProgram *program;
  ShCodec *codec;
  ShScenario *scenario;
  const SimhostSchema *table;
  gpointer config;
} Scenario;

static void
set_up (Scenario *self, const char *config, const char *scenario)
{
  g_autofree char *lesson =
      scenario != NULL ? g_strdup_printf ("lesson a { scenario %s }", scenario)
                       : g_strdup ("");
  g_autoptr (GError) error = NULL;
  const ShConcept *concept;

  self->program =
      fixture_program ("{ x: number }", "{ x: number }", config, lesson);
  concept = fixture_concept (self->program);
  self->codec = sh_codec_new (concept, &error);
  g_assert_no_error (error);
  self->scenario = sh_scenario_new (self->codec, concept->source.config,
                                    concept->lessons[0].scenario);
  self->table = sh_codec_get_config_table (self->codec);
  self->config = g_malloc0 (self->table->size);
}

static void
tear_down (Scenario *self)
{
  sh_scenario_free (self->scenario);
  sh_codec_unref (self->codec);
  sh_program_unref (self->program);
  g_free (self->config);
}

static gpointer
draw (Scenario *self, guint64 seed, guint64 number, const char *field)
{
  sh_scenario_draw (self->scenario, seed, number, self->config);
  return fixture_member (self->table, self->config, field);
}

/* What is sent */

typedef struct
{
  const char *config, *scenario;
  const char *sent; /* names and numbers */
} SentCase;

static const SentCase sent_cases[] = {
  { "{ a: number, b: number, c: number }", NULL, "" },
  { "{ a: number, b: number, c: number }", "{ b: 3 }", "b=2 " },
  { "{ a: number, b: number, c: number }", "{ c: 1, a: number<0 .. 1> }",
    "a=1 c=3 " },
  { "{ a: number<0 .. 1>, b: number }", NULL, "a=1 " },
  { "{ a: number<0 .. 1>, b: number }", "{ b: number<2, 3> }", "a=1 b=2 " },
  { "{ a: number<1, 2>, b: string<\"x\", \"y\">, c: string }", NULL,
    "a=1 b=2 " },
  { "{ a: Number.Bool, b: Number.Bool }", "{ b: Number.Bool }", "b=2 " },
  { "{ a: number, map: number[3], c: number }", "{ c: 1 }", "c=2 " },
};

static void
test_sent (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sent_cases); i++)
    {
      g_autoptr (GString) sent = g_string_new (NULL);
      const ShSchema *schema;
      Scenario self;

      set_up (&self, sent_cases[i].config, sent_cases[i].scenario);
      schema = sh_scenario_get_schema (self.scenario);
      g_assert_cmpstr (schema->name, ==, "Config");
      for (guint j = 0; j < schema->n_fields; j++)
        g_string_append_printf (sent, "%s=%u ", schema->fields[j].name,
                                schema->fields[j].number);
      g_assert_cmpstr (sent->str, ==, sent_cases[i].sent);
      tear_down (&self);
    }
}

/* What is drawn */

typedef struct
{
  const char *config_type, *scenario_type;
  guint n_values; /* 0: continuous from values[0] to values[1] */
  double values[6];
} DrawCase;

static const DrawCase draw_cases[] = {
  { "number", "number<-1 .. 3>", 0, { -1, 3 } },
  { "Number.Float32", "Number.Float32<0 .. 0.5>", 0, { 0, 0.5 } },
  { "number<0 .. 10>", NULL, 0, { 0, 10 } },
  { "number<0 .. 10>", "number<4 .. 5>", 0, { 4, 5 } },
  { "number", "number<-1e308 .. 1e308>", 0, { -1e308, 1e308 } },
  { "number", "7", 1, { 7 } },
  { "number", "-0.5", 1, { -0.5 } },
  { "number", "number<1, 4, 9>", 3, { 1, 4, 9 } },
  { "number", "number<A = 3, B = -3>", 2, { 3, -3 } },
  { "number", "number<0 .. 1 step 0.25>", 5, { 0, 0.25, 0.5, 0.75, 1 } },
  { "number", "number<0 .. 1 step 0.4>", 3, { 0, 0.4, 0.8 } },
  { "Number.Int8", "Number.Int8<-2 .. 2>", 5, { -2, -1, 0, 1, 2 } },
  { "Number.UInt8<1 .. 3>", NULL, 3, { 1, 2, 3 } },
  { "Number.Bool", "Number.Bool", 2, { 0, 1 } },
};

static double
read_number (const SimhostField *row, gconstpointer member)
{
  switch (row->type)
    {
    case SIMHOST_TYPE_DOUBLE:
      return *(const double *) member;
    case SIMHOST_TYPE_FLOAT:
      return (double) *(const float *) member;
    case SIMHOST_TYPE_INT8:
      return *(const int8_t *) member;
    default:
      return *(const uint8_t *) member;
    }
}

/* A tenth of the range, or a value, each has its share to within five standard
 * deviations of what is to be expected. */
static void
check_shares (const DrawCase *test, Scenario *self)
{
  guint n = test->n_values > 0 ? test->n_values : 10;
  guint counts[10] = { 0 };
  double share = DRAWS / (double) n;

  for (guint i = 0; i < DRAWS; i++)
    {
      double value =
          read_number (fixture_row (self->table, "f"), draw (self, 5, i, "f"));
      guint index = 0;

      if (test->n_values == 0)
        {
          g_assert_cmpfloat (value, >=, test->values[0]);
          g_assert_cmpfloat (value, <=, test->values[1]);
          index = (guint) (10 *
                           (value / test->values[1] -
                            test->values[0] / test->values[1]) /
                           (1 - test->values[0] / test->values[1]));
          index = MIN (index, 9);
        }
      else
        while (test->values[index] != value)
          g_assert_cmpuint (++index, <, n);
      counts[index]++;
    }
  for (guint i = 0; i < n; i++)
    g_assert_cmpfloat (fabs (counts[i] - share), <=, 5 * sqrt (share));
}

static void
test_draw (gconstpointer data)
{
  const DrawCase *test = data;
  g_autofree char *config = g_strdup_printf ("{ f: %s }", test->config_type);
  g_autofree char *scenario =
      test->scenario_type != NULL
          ? g_strdup_printf ("{ f: %s }", test->scenario_type)
          : NULL;
  Scenario self;

  set_up (&self, config, scenario);
  check_shares (test, &self);
  tear_down (&self);
}

static void
test_draw_text (void)
{
  guint ups = 0;
  Scenario self;

  set_up (&self, "{ mode: string, way: string<\"up\", \"down\"> }",
          "{ mode: \"fast\" }");
  for (guint i = 0; i < DRAWS; i++)
    {
      const char *way = draw (&self, 1, i, "way");

      g_assert_true (strcmp (way, "up") == 0 || strcmp (way, "down") == 0);
      ups += strcmp (way, "up") == 0;
      g_assert_cmpstr (fixture_member (self.table, self.config, "mode"), ==,
                       "fast");
    }
  g_assert_cmpfloat (fabs (ups - DRAWS / 2.0), <=, 5 * sqrt (DRAWS / 4.0));
  tear_down (&self);
}

/* Seeds */

static void
test_seeds (void)
{
  double previous = 0;
  Scenario self;

  set_up (&self, "{ x: number<0 .. 1>, y: number<0 .. 1>, z: number }", NULL);
  for (guint i = 0; i < 100; i++)
    {
      double x = *(double *) draw (&self, 7, i, "x");
      double y = *(double *) draw (&self, 7, i, "y");

      g_assert_cmpfloat (*(double *) draw (&self, 7, i, "x"), ==, x);
      g_assert_cmpfloat (*(double *) draw (&self, 8, i, "x"), !=, x);
      g_assert_cmpfloat (x, !=, previous);
      g_assert_cmpfloat (x, !=, y);
      g_assert_cmpfloat (*(double *) draw (&self, 7, i, "z"), ==, 0);
      previous = x;
    }
  tear_down (&self);
}

/* Draws of neighbouring episodes have nothing to do with each other. */
static void
test_seeds_independent (void)
{
  double sum = 0, squares = 0, products = 0, last = 0;
  Scenario self;

  set_up (&self, "{ x: number<-1 .. 1> }", NULL);
  for (guint i = 0; i < DRAWS; i++)
    {
      double x = *(double *) draw (&self, i % 2, i / 2, "x");

      sum += x;
      squares += x * x;
      products += x * last;
      last = x;
    }
  g_assert_cmpfloat (fabs (sum / DRAWS), <, 0.03);
  g_assert_cmpfloat (fabs (squares / DRAWS - 1.0 / 3), <, 0.02);
  g_assert_cmpfloat (fabs (products / DRAWS), <, 0.02);
  tear_down (&self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/scenario/sent", test_sent);
  for (guint i = 0; i < G_N_ELEMENTS (draw_cases); i++)
    {
      const DrawCase *test = &draw_cases[i];
      g_autofree char *path = g_strdup_printf (
          "/scenario/draw/%s%s%s", test->config_type,
          test->scenario_type != NULL ? " " : "",
          test->scenario_type != NULL ? test->scenario_type : "");

      g_test_add_data_func (path, test, test_draw);
    }
  g_test_add_func ("/scenario/draw-text", test_draw_text);
  g_test_add_func ("/scenario/seeds", test_seeds);
  g_test_add_func ("/scenario/seeds/independent", test_seeds_independent);
  return g_test_run ();
}
