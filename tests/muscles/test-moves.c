/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The short way between two structs.
 */

#include <math.h>
#include <string.h>

#include "sh-error.h"
#include "sh-moves.h"
#include "sh-plan.h"

typedef struct
{
  double real;
  float small;
  gint8 i8;
  gint16 i16;
  gint32 i32;
  gint64 i64;
  guint8 u8;
  guint16 u16;
  guint32 u32;
  guint64 u64;
  guint8 flag;
} Wide;

static const SimhostField wide_fields[] = {
  SIMHOST_FIELD (Wide, real, DOUBLE, "", ""),
  SIMHOST_FIELD (Wide, small, FLOAT, "", ""),
  SIMHOST_FIELD (Wide, i8, INT8, "", ""),
  SIMHOST_FIELD (Wide, i16, INT16, "", ""),
  SIMHOST_FIELD (Wide, i32, INT32, "", ""),
  SIMHOST_FIELD (Wide, i64, INT64, "", ""),
  SIMHOST_FIELD (Wide, u8, UINT8, "", ""),
  SIMHOST_FIELD (Wide, u16, UINT16, "", ""),
  SIMHOST_FIELD (Wide, u32, UINT32, "", ""),
  SIMHOST_FIELD (Wide, u64, UINT64, "", ""),
  SIMHOST_FIELD (Wide, flag, BOOL, "", ""),
};

/* The same names, in another order and other types that hold as much; and one
 * that the other lacks. */
typedef struct
{
  guint8 flag;
  gint64 i8, i16, i32, i64;
  guint64 u8, u16, u32, u64;
  float real;
  double small;
  double own;
} Other;

static const Other other_defaults = { .own = 42 };

static const SimhostField other_fields[] = {
  SIMHOST_FIELD (Other, flag, BOOL, "", ""),
  SIMHOST_FIELD (Other, own, DOUBLE, "", ""),
  SIMHOST_FIELD (Other, i8, INT64, "", ""),
  SIMHOST_FIELD (Other, i16, INT64, "", ""),
  SIMHOST_FIELD (Other, i32, INT64, "", ""),
  SIMHOST_FIELD (Other, i64, INT64, "", ""),
  SIMHOST_FIELD (Other, u8, UINT64, "", ""),
  SIMHOST_FIELD (Other, u16, UINT64, "", ""),
  SIMHOST_FIELD (Other, u32, UINT64, "", ""),
  SIMHOST_FIELD (Other, u64, UINT64, "", ""),
  SIMHOST_FIELD (Other, real, FLOAT, "", ""),
  SIMHOST_FIELD (Other, small, DOUBLE, "", ""),
};

static const SimhostSchema wide = SIMHOST_SCHEMA (Wide, wide_fields, NULL);
static const SimhostSchema other =
    SIMHOST_SCHEMA (Other, other_fields, &other_defaults);

/* Any bits, so that infinities and NaN come, too. */
static void
fill (GRand *random, gpointer values, gsize size)
{
  for (gsize i = 0; i < size; i++)
    ((guint8 *) values)[i] = (guint8) g_rand_int (random);
}

/* `schema_of` says what types a message has; the short way and the two plans
 * with a message between them give the same. */
static void
compare_ways (const SimhostSchema *schema_of)
{
  g_autoptr (ShSchema) schema = sh_schema_new_from_table (schema_of);
  g_autoptr (GError) error = NULL;
  g_autoptr (ShPlan) encoder =
      sh_plan_new_encoder (schema, &wide, "the test", &error);
  g_autoptr (ShPlan) decoder =
      sh_plan_new_decoder (schema, &other, "the test", NULL, &error);
  g_autoptr (ShMoves) moves = sh_moves_new (&wide, &wide, &other);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  GRand *random = g_rand_new_with_seed (8);
  Wide from;

  g_assert_no_error (error);
  g_assert_nonnull (moves);
  for (guint i = 0; i < 20000; i++)
    {
      Other by_message, by_moves;

      fill (random, &from, sizeof from);
      if (i % 3 == 0)
        from.real = g_rand_double_range (random, -10, 10);
      memset (&by_message, 0, sizeof by_message);
      memset (&by_moves, 0, sizeof by_moves);
      g_byte_array_set_size (bytes, 0);
      g_assert_true (sh_plan_encode (encoder, &from, bytes, &error));
      g_assert_true (sh_plan_decode (decoder, bytes->data, bytes->len,
                                     &by_message, &error));
      sh_moves_run (moves, &from, &by_moves);
      if (isnan (by_message.real) || isnan (by_message.small))
        {
          /* One NaN is as good as another. */
          g_assert_cmpint (isnan (by_message.real), ==, isnan (by_moves.real));
          by_message.real = by_moves.real = 0;
          g_assert_cmpint (isnan (by_message.small), ==,
                           isnan (by_moves.small));
          by_message.small = by_moves.small = 0;
        }
      g_assert_cmpmem (&by_message, sizeof by_message, &by_moves,
                       sizeof by_moves);
    }
  g_rand_free (random);
}

static void
test_moves (void)
{
  compare_ways (&wide);
}

/* What may fail or changes its kind has no short way. */
static void
test_no_moves (void)
{
  typedef struct
  {
    guint32 from, to;
  } Pair;
  static const Pair pairs[] = {
    { SIMHOST_TYPE_DOUBLE, SIMHOST_TYPE_INT32 },
    { SIMHOST_TYPE_INT32, SIMHOST_TYPE_DOUBLE },
    { SIMHOST_TYPE_INT64, SIMHOST_TYPE_INT32 },
    { SIMHOST_TYPE_INT32, SIMHOST_TYPE_UINT32 },
    { SIMHOST_TYPE_UINT32, SIMHOST_TYPE_INT64 },
    { SIMHOST_TYPE_UINT8, SIMHOST_TYPE_BOOL },
    { SIMHOST_TYPE_BOOL, SIMHOST_TYPE_UINT8 },
    { SIMHOST_TYPE_STRING, SIMHOST_TYPE_STRING },
    { SIMHOST_TYPE_LUMINANCE, SIMHOST_TYPE_LUMINANCE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      SimhostField from = wide_fields[0], to = wide_fields[0];
      SimhostSchema from_table = wide, to_table = wide;
      g_autoptr (ShMoves) moves = NULL;

      from.type = pairs[i].from;
      to.type = pairs[i].to;
      from_table.fields = &from;
      from_table.n_fields = 1;
      to_table.fields = &to;
      to_table.n_fields = 1;
      moves = sh_moves_new (&from_table, &from_table, &to_table);
      g_assert_null (moves);
    }
  g_assert_null (sh_moves_new (&other, &wide, &other));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/moves/equal-a-message", test_moves);
  g_test_add_func ("/moves/none-where-it-may-fail", test_no_moves);
  return g_test_run ();
}
