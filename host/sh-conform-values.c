/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Checks of what a simulator's functions give: states, rewards, statuses.
 */

#include "sh-conform-player.h"

#include <math.h>
#include <string.h>

#include "sh-field-type.h"
#include "sh-strict.h"

char *
sh_conform_terminal (ShConformPlayer *player)
{
  return player->terminal <= 1
             ? NULL
             : g_strdup_printf ("it set *terminal to %u; only 0 and 1 are "
                                "allowed",
                                player->terminal);
}

static gboolean
is_intact (const guint8 *guard)
{
  for (guint i = 0; i < SH_CONFORM_GUARD; i++)
    if (guard[i] != SH_CONFORM_GUARD_BYTE)
      return FALSE;
  return TRUE;
}

char *
sh_conform_guards (ShConformPlayer *player)
{
  guint32 size = player->simulator->state.size;

  if (!is_intact (player->memory))
    return g_strdup_printf ("it wrote before its state struct");
  return is_intact (player->state + size)
             ? NULL
             : g_strdup_printf ("it wrote beyond its state struct of %u bytes",
                                size);
}

static gboolean
is_finite (const SimhostField *field, gconstpointer values)
{
  for (guint k = 0; k < field->count; k++)
    if (!isfinite (sh_field_read (field, values, k)))
      return FALSE;
  return TRUE;
}

/* The first field for which `concerns` holds, and that strict mode rejects. */
static char *
find_bad_field (const ShConformPlayer *player,
                gboolean (*concerns) (const SimhostField *field,
                                      gconstpointer values))
{
  const SimhostSchema *schema = &player->simulator->state;

  for (guint i = 0; i < schema->n_fields; i++)
    {
      SimhostSchema one = *schema;
      char *problem;

      one.fields = &schema->fields[i];
      one.n_fields = 1;
      if (!concerns (one.fields, player->state))
        continue;
      problem = sh_strict_check_values ("state", &one, player->state);
      if (problem != NULL)
        return problem;
    }
  return NULL;
}

static gboolean
is_number (const SimhostField *field)
{
  return sh_field_type_is_number (sh_field_type_get (field->type));
}

static gboolean
is_infinite_number (const SimhostField *field, gconstpointer values)
{
  return is_number (field) && !is_finite (field, values);
}

static gboolean
is_finite_number (const SimhostField *field, gconstpointer values)
{
  return is_number (field) && is_finite (field, values);
}

static gboolean
is_no_number (const SimhostField *field, gconstpointer values)
{
  return !is_number (field);
}

char *
sh_conform_finite (ShConformPlayer *player)
{
  return find_bad_field (player, is_infinite_number);
}

char *
sh_conform_ranges (ShConformPlayer *player)
{
  return find_bad_field (player, is_finite_number);
}

char *
sh_conform_texts (ShConformPlayer *player)
{
  return find_bad_field (player, is_no_number);
}

char *
sh_conform_reward (const SimhostReward *reward, double value)
{
  return isfinite (value)
             ? NULL
             : g_strdup_printf ("'%s' is not a finite number", reward->name);
}

static const char *const status_names[] = {
  [SIMHOST_OK] = "SIMHOST_OK",           [SIMHOST_WARNING] = "SIMHOST_WARNING",
  [SIMHOST_DISCARD] = "SIMHOST_DISCARD", [SIMHOST_ERROR] = "SIMHOST_ERROR",
  [SIMHOST_FATAL] = "SIMHOST_FATAL",
};

/* An action may be refused; nothing else was asked for that could go wrong. */
char *
sh_conform_status (ShConformPlayer *player, ShCall call, gint32 status)
{
  const char *name;

  if (status == SIMHOST_OK ||
      (status == SIMHOST_DISCARD && call == SH_CALL_ADVANCE))
    return NULL;
  if (status < 0 || (gsize) status >= G_N_ELEMENTS (status_names))
    return g_strdup_printf ("it returned %d, which is no status", status);
  name = status_names[status];
  if (status == SIMHOST_DISCARD)
    return g_strdup_printf ("it returned %s, which only advance may", name);
  return player->text != NULL
             ? g_strdup_printf ("it returned %s: %s", name, player->text)
             : g_strdup_printf ("it returned %s, and did not say why with "
                                "set_error",
                                name);
}

/* What create may not return at all. */
char *
sh_conform_created (ShConformPlayer *player, ShCall call, gint32 status)
{
  return call == SH_CALL_CREATE && status != SIMHOST_WARNING
             ? sh_conform_status (player, call, status)
             : NULL;
}
