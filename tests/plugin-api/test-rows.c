/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the macros of plugin.h write into the rows that a host reads, and the
 * random numbers of random.h.
 */

#include <glib.h>
#include <simhost/plugin.h>
#include <simhost/random.h>

typedef struct
{
  double number;
  float fraction;
  int8_t tiny;
  int16_t small;
  int32_t whole;
  int64_t big;
  uint8_t utiny;
  uint16_t usmall;
  uint32_t uwhole;
  uint64_t ubig;
  uint8_t flag;
  char text[23];
  SimhostLuminance image;
  double numbers[3];
  float fractions[4];
  int16_t smalls[5];
  uint64_t ubigs[2];
  uint8_t flags[7];
  SimhostLuminance images[2];
} Everything;

static const Everything defaults;

static const SimhostValue colours[] = {
  { "red", 1 },
  { "green", 0 },
  { "blue", 7 },
};

#define ROW(MEMBER, TYPE) SIMHOST_FIELD (Everything, MEMBER, TYPE, "u", "d")

static const SimhostField fields[] = {
  ROW (number, DOUBLE),    ROW (fraction, FLOAT), ROW (tiny, INT8),
  ROW (small, INT16),      ROW (whole, INT32),    ROW (big, INT64),
  ROW (utiny, UINT8),      ROW (usmall, UINT16),  ROW (uwhole, UINT32),
  ROW (ubig, UINT64),      ROW (flag, BOOL),      ROW (text, STRING),
  ROW (image, LUMINANCE),  ROW (numbers, DOUBLE), ROW (fractions, FLOAT),
  ROW (smalls, INT16),     ROW (ubigs, UINT64),   ROW (flags, BOOL),
  ROW (images, LUMINANCE),
};

static const struct
{
  const char *name;
  guint32 type, offset, size, count;
} expected[] = {
  { "number", 1, offsetof (Everything, number), 8, 1 },
  { "fraction", 2, offsetof (Everything, fraction), 4, 1 },
  { "tiny", 3, offsetof (Everything, tiny), 1, 1 },
  { "small", 4, offsetof (Everything, small), 2, 1 },
  { "whole", 5, offsetof (Everything, whole), 4, 1 },
  { "big", 6, offsetof (Everything, big), 8, 1 },
  { "utiny", 7, offsetof (Everything, utiny), 1, 1 },
  { "usmall", 8, offsetof (Everything, usmall), 2, 1 },
  { "uwhole", 9, offsetof (Everything, uwhole), 4, 1 },
  { "ubig", 10, offsetof (Everything, ubig), 8, 1 },
  { "flag", 11, offsetof (Everything, flag), 1, 1 },
  { "text", 12, offsetof (Everything, text), 23, 1 },
  { "image", 13, offsetof (Everything, image), sizeof (SimhostLuminance), 1 },
  { "numbers", 1, offsetof (Everything, numbers), 24, 3 },
  { "fractions", 2, offsetof (Everything, fractions), 16, 4 },
  { "smalls", 4, offsetof (Everything, smalls), 10, 5 },
  { "ubigs", 10, offsetof (Everything, ubigs), 16, 2 },
  { "flags", 11, offsetof (Everything, flags), 7, 7 },
  { "images", 13, offsetof (Everything, images), 2 * sizeof (SimhostLuminance),
    2 },
};

static void
test_rows_place (void)
{
  g_assert_cmpuint (G_N_ELEMENTS (fields), ==, G_N_ELEMENTS (expected));
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_assert_cmpstr (fields[i].name, ==, expected[i].name);
      g_assert_cmpuint (fields[i].type, ==, expected[i].type);
      g_assert_cmpuint (fields[i].offset, ==, expected[i].offset);
      g_assert_cmpuint (fields[i].size, ==, expected[i].size);
      g_assert_cmpuint (fields[i].count, ==, expected[i].count);
      g_assert_cmpuint (fields[i].flags, ==, 0);
      g_assert_cmpuint (fields[i].n_values, ==, 0);
      g_assert_null (fields[i].values);
      g_assert_cmpstr (fields[i].unit, ==, "u");
      g_assert_cmpstr (fields[i].description, ==, "d");
    }
}

static void
test_rows_range (void)
{
  static const SimhostField row =
      SIMHOST_FIELD_RANGE (Everything, fractions, FLOAT, -1.5, 2.5, "m", NULL);

  g_assert_cmpuint (row.flags, ==,
                    SIMHOST_FIELD_HAS_MIN | SIMHOST_FIELD_HAS_MAX);
  g_assert_cmpfloat (row.min, ==, -1.5);
  g_assert_cmpfloat (row.max, ==, 2.5);
  g_assert_cmpuint (row.count, ==, 4);
  g_assert_null (row.description);
}

static void
test_rows_steps (void)
{
  static const SimhostField row =
      SIMHOST_FIELD_STEPS (Everything, whole, INT32, -4, 4, 2, NULL, "even");

  g_assert_cmpuint (row.flags, ==,
                    SIMHOST_FIELD_HAS_MIN | SIMHOST_FIELD_HAS_MAX |
                        SIMHOST_FIELD_HAS_STEP);
  g_assert_cmpfloat (row.min, ==, -4);
  g_assert_cmpfloat (row.max, ==, 4);
  g_assert_cmpfloat (row.step, ==, 2);
  g_assert_null (row.unit);
}

static void
test_rows_values (void)
{
  static const SimhostField row =
      SIMHOST_FIELD_VALUES (Everything, utiny, UINT8, colours, "", "paint");

  g_assert_cmpuint (row.flags, ==, 0);
  g_assert_cmpuint (row.n_values, ==, 3);
  g_assert_true (row.values == colours);
  g_assert_cmpstr (row.values[2].name, ==, "blue");
}

static void
test_rows_schema (void)
{
  static const SimhostSchema full =
      SIMHOST_SCHEMA (Everything, fields, &defaults);
  static const SimhostSchema none = SIMHOST_SCHEMA_NONE;

  g_assert_cmpuint (full.struct_size, ==, sizeof (SimhostSchema));
  g_assert_cmpuint (full.field_size, ==, sizeof (SimhostField));
  g_assert_cmpstr (full.name, ==, "Everything");
  g_assert_cmpuint (full.size, ==, sizeof (Everything));
  g_assert_cmpuint (full.n_fields, ==, G_N_ELEMENTS (expected));
  g_assert_true (full.fields == fields);
  g_assert_true (full.defaults == &defaults);

  g_assert_cmpuint (none.struct_size, ==, sizeof (SimhostSchema));
  g_assert_cmpuint (none.field_size, ==, sizeof (SimhostField));
  g_assert_cmpstr (none.name, ==, "");
  g_assert_cmpuint (none.size, ==, 0);
  g_assert_cmpuint (none.n_fields, ==, 0);
  g_assert_null (none.fields);
  g_assert_null (none.defaults);
}

/* The layout of version 1.0: members are only ever appended. */
static void
test_layout (void)
{
  if (sizeof (void *) != 8)
    return;
  g_assert_cmpuint (sizeof (SimhostLuminance), ==, 16);
  g_assert_cmpuint (sizeof (SimhostValue), ==, 16);
  g_assert_cmpuint (offsetof (SimhostField, min), ==, 32);
  g_assert_cmpuint (offsetof (SimhostField, description), ==, 72);
  g_assert_cmpuint (offsetof (SimhostSchema, fields), ==, 24);
  g_assert_cmpuint (offsetof (SimhostSchema, defaults), ==, 32);
  g_assert_cmpuint (offsetof (SimhostHost, log), ==, 24);
  g_assert_cmpuint (offsetof (SimhostHost, reserved), ==, 48);
  g_assert_cmpuint (offsetof (SimhostReward, evaluate), ==, 24);
  g_assert_cmpuint (offsetof (SimhostSimulator, config), ==, 24);
  g_assert_cmpuint (offsetof (SimhostSimulator, create), ==, 160);
  g_assert_cmpuint (offsetof (SimhostSimulator, get_extension), ==, 224);
  g_assert_cmpuint (offsetof (SimhostPlugin, struct_size), ==, 8);
  g_assert_cmpuint (offsetof (SimhostPlugin, id), ==, 16);
  g_assert_cmpuint (offsetof (SimhostPlugin, get_extension), ==, 96);
}

/* The first numbers of the reference implementation by Sebastiano Vigna for
 * seed 1234567. */
static void
test_random_reference (void)
{
  static const guint64 reference[] = {
    G_GUINT64_CONSTANT (6457827717110365317),
    G_GUINT64_CONSTANT (3203168211198807973),
    G_GUINT64_CONSTANT (9817491932198370423),
    G_GUINT64_CONSTANT (4593380528125082431),
    G_GUINT64_CONSTANT (16408922859458223821),
  };
  SimhostRandom random;

  simhost_random_seed (&random, 1234567);
  for (gsize i = 0; i < G_N_ELEMENTS (reference); i++)
    g_assert_cmpuint (simhost_random_bits (&random), ==, reference[i]);
}

static void
test_random_ranges (void)
{
  SimhostRandom random;
  guint seen[6] = { 0 };
  double sum = 0.0;

  simhost_random_seed (&random, 0);
  for (guint i = 0; i < 60000; i++)
    {
      double value = simhost_random_uniform (&random, -2.0, 4.0);
      guint32 below = simhost_random_below (&random, 6);

      g_assert_cmpfloat (value, >=, -2.0);
      g_assert_cmpfloat (value, <, 4.0);
      g_assert_cmpuint (below, <, 6);
      sum += value;
      seen[below]++;
    }
  /* Ten standard deviations. */
  g_assert_cmpfloat_with_epsilon (sum / 60000.0, 1.0, 0.08);
  for (guint i = 0; i < G_N_ELEMENTS (seen); i++)
    g_assert_cmpfloat_with_epsilon (seen[i], 10000.0, 1000.0);
  g_assert_cmpuint (simhost_random_below (&random, 0), ==, 0);
  g_assert_cmpuint (simhost_random_below (&random, 1), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/plugin-api/rows/place", test_rows_place);
  g_test_add_func ("/plugin-api/rows/range", test_rows_range);
  g_test_add_func ("/plugin-api/rows/steps", test_rows_steps);
  g_test_add_func ("/plugin-api/rows/values", test_rows_values);
  g_test_add_func ("/plugin-api/rows/schema", test_rows_schema);
  g_test_add_func ("/plugin-api/layout", test_layout);
  g_test_add_func ("/plugin-api/random/reference", test_random_reference);
  g_test_add_func ("/plugin-api/random/ranges", test_random_ranges);

  return g_test_run ();
}
