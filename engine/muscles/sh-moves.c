/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Which numbers go over as they are, and moving them.
 */

#include "sh-moves.h"

#include <string.h>

#include "sh-table.h"

typedef struct
{
  guint32 from, to; /* SIMHOST_TYPE_* */
  guint32 from_offset, to_offset;
} Move;

struct ShMoves
{
  guint n;
  Move *moves;
  gsize size; /* of the struct that is written */
  gpointer defaults; /* such a struct */
};

/* How many bits of whole numbers a type holds; 0: it is none of these. */
static const struct
{
  guint bits;
  gboolean is_signed;
} integers[] = {
  [SIMHOST_TYPE_INT8] = { 8, TRUE },     [SIMHOST_TYPE_INT16] = { 16, TRUE },
  [SIMHOST_TYPE_INT32] = { 32, TRUE },   [SIMHOST_TYPE_INT64] = { 64, TRUE },
  [SIMHOST_TYPE_UINT8] = { 8, FALSE },   [SIMHOST_TYPE_UINT16] = { 16, FALSE },
  [SIMHOST_TYPE_UINT32] = { 32, FALSE }, [SIMHOST_TYPE_UINT64] = { 64, FALSE },
};

static gboolean
is_integer (guint32 type)
{
  return type < G_N_ELEMENTS (integers) && integers[type].bits > 0;
}

static gboolean
is_real (guint32 type)
{
  return type == SIMHOST_TYPE_FLOAT || type == SIMHOST_TYPE_DOUBLE;
}

static gboolean
goes_as_it_is (guint32 from, guint32 to)
{
  if (is_real (from) || from == SIMHOST_TYPE_BOOL)
    return from == to || (is_real (from) && is_real (to));
  return is_integer (from) && is_integer (to) &&
         integers[from].is_signed == integers[to].is_signed &&
         integers[from].bits <= integers[to].bits;
}

ShMoves *
sh_moves_new (const SimhostSchema *fields,
              const SimhostSchema *from,
              const SimhostSchema *to)
{
  g_autoptr (ShMoves) self = g_new0 (ShMoves, 1);

  self->moves = g_new0 (Move, fields->n_fields + 1);
  self->size = to->size;
  self->defaults = g_malloc0 (MAX (to->size, 1));
  sh_table_fill_defaults (to, self->defaults);
  for (guint i = 0; i < fields->n_fields; i++)
    {
      const char *name = sh_table_field (fields, i)->name;
      const SimhostField *source = sh_table_find (from, name);
      const SimhostField *target = sh_table_find (to, name);

      if (source == NULL)
        return NULL;
      if (target == NULL)
        continue;
      if (source->count > 1 || target->count > 1 ||
          !goes_as_it_is (source->type, target->type))
        return NULL;
      self->moves[self->n++] =
          (Move){ source->type, target->type, source->offset, target->offset };
    }
  return g_steal_pointer (&self);
}

void
sh_moves_free (ShMoves *moves)
{
  if (moves == NULL)
    return;
  g_free (moves->moves);
  g_free (moves->defaults);
  g_free (moves);
}

static gint64
load_signed (guint32 type, const char *member)
{
  switch (type)
    {
    case SIMHOST_TYPE_INT8:
      return *(const gint8 *) member;
    case SIMHOST_TYPE_INT16:
      return *(const gint16 *) member;
    case SIMHOST_TYPE_INT32:
      return *(const gint32 *) member;
    default:
      return *(const gint64 *) member;
    }
}

static guint64
load_unsigned (guint32 type, const char *member)
{
  switch (type)
    {
    case SIMHOST_TYPE_UINT8:
      return *(const guint8 *) member;
    case SIMHOST_TYPE_UINT16:
      return *(const guint16 *) member;
    case SIMHOST_TYPE_UINT32:
      return *(const guint32 *) member;
    default:
      return *(const guint64 *) member;
    }
}

static void
store_integer (guint32 type, char *member, guint64 value)
{
  switch (integers[type].bits)
    {
    case 8:
      *(guint8 *) member = (guint8) value;
      break;
    case 16:
      *(guint16 *) member = (guint16) value;
      break;
    case 32:
      *(guint32 *) member = (guint32) value;
      break;
    default:
      *(guint64 *) member = value;
    }
}

static void
move (const Move *move, const char *from, char *to)
{
  if (is_real (move->from))
    {
      double value = move->from == SIMHOST_TYPE_FLOAT
                         ? (double) *(const float *) from
                         : *(const double *) from;

      if (move->to == SIMHOST_TYPE_FLOAT)
        *(float *) to = (float) value;
      else
        *(double *) to = value;
    }
  else if (move->from == SIMHOST_TYPE_BOOL)
    *(guint8 *) to = *(const guint8 *) from != 0;
  else if (integers[move->from].is_signed)
    store_integer (move->to, to, (guint64) load_signed (move->from, from));
  else
    store_integer (move->to, to, load_unsigned (move->from, from));
}

void
sh_moves_run (const ShMoves *moves, gconstpointer from, gpointer to)
{
  memcpy (to, moves->defaults, moves->size);
  for (guint i = 0; i < moves->n; i++)
    move (&moves->moves[i], (const char *) from + moves->moves[i].from_offset,
          (char *) to + moves->moves[i].to_offset);
}
