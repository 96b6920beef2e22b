/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a plan costs: nanoseconds to encode and to decode one struct, for
 * CartPole's state and for twenty fields of many types. The limit beside them
 * is copying the message's bytes. One JSON line on stdout, one line for people
 * on stderr.
 */

#include "sh-plan.h"

#include <stdio.h>
#include <string.h>

#define ROUNDS 31
#define CALLS 20000

typedef struct
{
  float position, velocity, angle, rotation;
} GameState;

static const SimhostField game_fields[] = {
  SIMHOST_FIELD (GameState, position, FLOAT, "m", NULL),
  SIMHOST_FIELD (GameState, velocity, FLOAT, "m/s", NULL),
  SIMHOST_FIELD (GameState, angle, FLOAT, "rad", NULL),
  SIMHOST_FIELD (GameState, rotation, FLOAT, "rad/s", NULL),
};

typedef struct
{
  double d0, d1, d2, d3;
  float f0, f1, f2, f3;
  gint8 i8;
  gint16 i16;
  gint32 i32, negative;
  gint64 i64;
  guint8 u8;
  guint16 u16;
  guint32 u32;
  guint64 u64;
  guint8 flag, other;
  char name[32];
} Mixed;

static const SimhostField mixed_fields[] = {
  SIMHOST_FIELD (Mixed, d0, DOUBLE, NULL, NULL),
  SIMHOST_FIELD (Mixed, d1, DOUBLE, NULL, NULL),
  SIMHOST_FIELD (Mixed, d2, DOUBLE, NULL, NULL),
  SIMHOST_FIELD (Mixed, d3, DOUBLE, NULL, NULL),
  SIMHOST_FIELD (Mixed, f0, FLOAT, NULL, NULL),
  SIMHOST_FIELD (Mixed, f1, FLOAT, NULL, NULL),
  SIMHOST_FIELD (Mixed, f2, FLOAT, NULL, NULL),
  SIMHOST_FIELD (Mixed, f3, FLOAT, NULL, NULL),
  SIMHOST_FIELD (Mixed, i8, INT8, NULL, NULL),
  SIMHOST_FIELD (Mixed, i16, INT16, NULL, NULL),
  SIMHOST_FIELD (Mixed, i32, INT32, NULL, NULL),
  SIMHOST_FIELD (Mixed, negative, INT32, NULL, NULL),
  SIMHOST_FIELD (Mixed, i64, INT64, NULL, NULL),
  SIMHOST_FIELD (Mixed, u8, UINT8, NULL, NULL),
  SIMHOST_FIELD (Mixed, u16, UINT16, NULL, NULL),
  SIMHOST_FIELD (Mixed, u32, UINT32, NULL, NULL),
  SIMHOST_FIELD (Mixed, u64, UINT64, NULL, NULL),
  SIMHOST_FIELD (Mixed, flag, BOOL, NULL, NULL),
  SIMHOST_FIELD (Mixed, other, BOOL, NULL, NULL),
  SIMHOST_FIELD (Mixed, name, STRING, NULL, NULL),
};

typedef struct
{
  ShPlan *encoder, *decoder;
  gconstpointer values;
  gpointer copy;
  GByteArray *message;
  guint8 *bytes; /* where the limit copies to */
} Work;

typedef struct
{
  double encode, decode, memcpy;
} Cost;

static gboolean
encode (Work *work)
{
  g_byte_array_set_size (work->message, 0);
  return sh_plan_encode (work->encoder, work->values, work->message, NULL);
}

static gboolean
decode (Work *work)
{
  return sh_plan_decode (work->decoder, work->message->data, work->message->len,
                         work->copy, NULL);
}

static gboolean
copy (Work *work)
{
  /* Kept from being optimised away. */
  void *(*volatile copy_bytes) (void *, const void *, size_t) = memcpy;

  copy_bytes (work->bytes, work->message->data, work->message->len);
  return TRUE;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static gint64
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (gint64) now.tv_sec * 1000000000 + now.tv_nsec;
}

/* The median of several rounds, in nanoseconds a call. */
static double
measure (gboolean (*call) (Work *), Work *work)
{
  double costs[ROUNDS];

  for (guint i = 0; i < ROUNDS; i++)
    {
      gint64 start = now_ns ();

      for (guint j = 0; j < CALLS; j++)
        if (!call (work))
          g_printerr ("codec: a call failed\n");
      costs[i] = (double) (now_ns () - start) / CALLS;
    }
  qsort (costs, ROUNDS, sizeof costs[0], compare);
  return costs[ROUNDS / 2];
}

static Cost
measure_table (const SimhostSchema *table, gconstpointer values)
{
  g_autoptr (ShSchema) schema = sh_schema_new_from_table (table);
  g_autoptr (ShPlan) encoder = sh_plan_new_encoder (schema, table, "", NULL);
  g_autoptr (ShPlan) decoder =
      sh_plan_new_decoder (schema, table, "", NULL, NULL);
  g_autoptr (GByteArray) message = g_byte_array_new ();
  g_autofree gpointer copied = g_malloc0 (table->size);
  guint8 bytes[1024];
  Work work = { encoder, decoder, values, copied, message, bytes };
  Cost cost;

  cost.encode = measure (encode, &work);
  cost.decode = measure (decode, &work);
  cost.memcpy = measure (copy, &work);
  return cost;
}

int
main (void)
{
  static const SimhostSchema game =
      SIMHOST_SCHEMA (GameState, game_fields, NULL);
  static const SimhostSchema mixed = SIMHOST_SCHEMA (Mixed, mixed_fields, NULL);
  const GameState game_values = { 0.1f, -1.5f, 0.02f, 0.7f };
  const Mixed mixed_values = {
    .d0 = 0.5,
    .d3 = -1e9,
    .f1 = 2.5f,
    .i8 = 7,
    .i16 = -300,
    .i32 = 70000,
    .negative = -1,
    .i64 = G_GINT64_CONSTANT (1) << 40,
    .u8 = 200,
    .u16 = 60000,
    .u32 = 3000000000u,
    .u64 = 5,
    .flag = 1,
    .name = "an ordinary label",
  };
  Cost a = measure_table (&game, &game_values);
  Cost b = measure_table (&mixed, &mixed_values);

  printf ("{\"bench\": \"codec\", \"unit\": \"ns\", "
          "\"cartpole\": {\"encode\": %.1f, \"decode\": %.1f, "
          "\"memcpy\": %.1f}, "
          "\"mixed20\": {\"encode\": %.1f, \"decode\": %.1f, "
          "\"memcpy\": %.1f}}\n",
          a.encode, a.decode, a.memcpy, b.encode, b.decode, b.memcpy);
  fprintf (stderr,
           "codec: CartPole's state %.0f ns to encode, %.0f ns to decode "
           "(copying its bytes: %.0f ns); 20 mixed fields %.0f and %.0f ns "
           "(%.0f ns)\n",
           a.encode, a.decode, a.memcpy, b.encode, b.decode, b.memcpy);
  return 0;
}
