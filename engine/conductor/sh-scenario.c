/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Draws configs from types.
 */

#include "sh-scenario.h"

#include <math.h>
#include <string.h>
#include <simhost/random.h>

#include "sh-member.h"

typedef struct
{
  guint32 simhost_type, offset;
  ShType *type;
} Draw;

struct ShScenario
{
  gsize config_size;
  guint n_draws;
  Draw *draws;
  ShSchema *schema;
};

/* Whether `type` says what to draw. A bool without a constraint does when a
 * scenario names it. */
static gboolean
can_draw (const ShType *type, gboolean named)
{
  if (type->kind == SH_TYPE_STRING)
    return type->n_values > 0;
  if (type->kind != SH_TYPE_NUMBER)
    return FALSE;
  return type->constraint != SH_CONSTRAINT_NONE ||
         (named && type->number == SH_NUMBER_BOOL);
}

static const ShType *
find_drawn_type (const ShType *config, const ShType *scenario, const char *name)
{
  const ShTypeField *own =
      scenario != NULL ? sh_type_find_field (scenario, name) : NULL;
  const ShTypeField *declared = sh_type_find_field (config, name);

  if (own != NULL && can_draw (own->type, TRUE))
    return own->type;
  if (declared != NULL && can_draw (declared->type, FALSE))
    return declared->type;
  return NULL;
}

/* The config schema, less the fields that are not drawn. */
static ShSchema *
make_schema (const ShScenario *scenario, const SimhostSchema *table)
{
  g_autoptr (ShSchema) whole = sh_schema_new_from_table (table);
  g_autoptr (GError) error = NULL;
  ShWire__DescriptorProto *descriptor = sh_schema_to_descriptor (whole);
  ShSchema *schema;
  gsize n_all = descriptor->n_field, n = 0;
  g_autofree ShWire__FieldDescriptorProto **all =
      g_memdup2 (descriptor->field, n_all * sizeof *descriptor->field);

  for (gsize i = 0; i < n_all; i++)
    for (guint j = 0; j < scenario->n_draws; j++)
      if (table->fields[i].offset == scenario->draws[j].offset)
        descriptor->field[n++] = all[i];
  descriptor->n_field = n;
  schema = sh_schema_new_from_descriptor (descriptor, &error);
  /* A part of a schema that is good is good. */
  g_assert_no_error (error);

  for (gsize i = 0; i < n_all; i++)
    descriptor->field[i] = all[i];
  descriptor->n_field = n_all;
  sh_schema_descriptor_free (descriptor);
  return schema;
}

ShScenario *
sh_scenario_new (const ShCodec *codec,
                 const ShType *config,
                 const ShType *scenario)
{
  const SimhostSchema *table;
  ShScenario *self;

  g_return_val_if_fail (codec != NULL && config != NULL, NULL);

  table = sh_codec_get_config_table (codec);
  self = g_new0 (ShScenario, 1);
  self->config_size = table->size;
  self->draws = g_new0 (Draw, table->n_fields + 1);
  for (guint i = 0; i < table->n_fields; i++)
    {
      const SimhostField *row = &table->fields[i];
      const ShType *type = find_drawn_type (config, scenario, row->name);
      Draw *draw = &self->draws[self->n_draws];

      if (type == NULL ||
          (type->kind == SH_TYPE_STRING) != (row->type == SIMHOST_TYPE_STRING))
        continue;
      draw->simhost_type = row->type;
      draw->offset = row->offset;
      draw->type = sh_type_ref ((ShType *) type);
      self->n_draws++;
    }
  self->schema = make_schema (self, table);
  return self;
}

void
sh_scenario_free (ShScenario *scenario)
{
  if (scenario == NULL)
    return;
  for (guint i = 0; i < scenario->n_draws; i++)
    sh_type_unref (scenario->draws[i].type);
  g_free (scenario->draws);
  sh_schema_unref (scenario->schema);
  g_free (scenario);
}

ShSchema *
sh_scenario_get_schema (const ShScenario *scenario)
{
  g_return_val_if_fail (scenario != NULL, NULL);

  return scenario->schema;
}

/* Every whole number from low to high is as likely as the next. Spans that a
 * double cannot count to one are as fine as its 53 bits. */
static double
draw_integer (SimhostRandom *random, double low, double high)
{
  double number;

  low = ceil (low);
  high = floor (high);
  number = low + floor (simhost_random_unit (random) * (high - low + 1));
  return MIN (number, high);
}

static double
draw_number (SimhostRandom *random, const Draw *draw)
{
  const ShType *type = draw->type;
  double unit, n;

  switch (type->constraint)
    {
    case SH_CONSTRAINT_RANGE:
      if (sh_member_is_integer (draw->simhost_type))
        return draw_integer (random, type->min, type->max);
      unit = simhost_random_unit (random);
      /* Not min + unit * (max - min): the difference may be infinite. */
      return type->min * (1 - unit) + type->max * unit;
    case SH_CONSTRAINT_STEPS:
      n = sh_type_get_n_choices (type);
      return sh_type_get_choice (type,
                                 (guint) (simhost_random_unit (random) * n));
    case SH_CONSTRAINT_ORDINAL:
    case SH_CONSTRAINT_NOMINAL:
      return type->values[simhost_random_below (random, type->n_values)].value;
    case SH_CONSTRAINT_NONE:
    default:
      return simhost_random_below (random, 2);
    }
}

void
sh_scenario_draw (const ShScenario *scenario,
                  guint64 seed,
                  guint64 number,
                  gpointer config)
{
  SimhostRandom random;

  g_return_if_fail (scenario != NULL && config != NULL);

  /* A stream for each episode: neighbouring numbers give unrelated ones, as
   * the generator mixes its seed. */
  simhost_random_seed (&random, seed);
  simhost_random_seed (&random, simhost_random_bits (&random) ^
                                    (number * 0xd1342543de82ef95u));

  memset (config, 0, scenario->config_size);
  for (guint i = 0; i < scenario->n_draws; i++)
    {
      const Draw *draw = &scenario->draws[i];
      char *member = (char *) config + draw->offset;

      if (draw->simhost_type == SIMHOST_TYPE_STRING)
        {
          guint index = simhost_random_below (&random, draw->type->n_values);

          g_strlcpy (member, draw->type->values[index].text,
                     SH_CODEC_TEXT_SIZE);
        }
      else
        sh_member_store (draw->simhost_type, member,
                         draw_number (&random, draw));
    }
}
