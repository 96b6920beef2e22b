/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * From what a program's mask function says of named values to what a policy may
 * choose.
 */

#include <string.h>

#include "sh-codec-private.h"

/* Which of the choices of a type `value` is: types that are equivalent may have
 * theirs in another order. */
static guint
find_choice (const ShType *type, const ShEnumValue *value)
{
  for (guint i = 0; i < type->n_values; i++)
    if (type->kind == SH_TYPE_STRING
            ? strcmp (type->values[i].text, value->text) == 0
            : type->values[i].value == value->value)
      return i;
  g_return_val_if_reached (0); /* the types are equivalent */
}

/* In the order in which sh_evaluator_mask has them: that of the concept's output,
 * whose fields are those that are decoded. */
void
sh_codec_init_mask (ShCodec *codec, const ShConcept *concept)
{
  guint place = 0;

  if (concept->mask == SH_NO_FUNCTION)
    return;
  codec->masked = g_new (guint, sh_space_get_n_choices (codec->space) + 1);
  for (guint i = 0; i < codec->n_decodings; i++)
    {
      const ShDecoding *decoding = &codec->decodings[i];
      const ShType *type = concept->output->fields[i].type;

      for (guint j = 0;
           type->constraint == SH_CONSTRAINT_NOMINAL && j < type->n_values; j++)
        codec->masked[codec->n_masked++] =
            place + find_choice (decoding->type, &type->values[j]);
      place += decoding->n_choices;
    }
}

guint
sh_codec_get_mask_size (const ShCodec *codec)
{
  g_return_val_if_fail (codec != NULL, 0);

  return codec->masked != NULL ? sh_space_get_n_choices (codec->space) : 0;
}

void
sh_codec_spread_mask (const ShCodec *codec, const guint8 *told, guint8 *mask)
{
  memset (mask, 1, sh_codec_get_mask_size (codec));
  for (guint i = 0; i < codec->n_masked; i++)
    mask[codec->masked[i]] = told[i];
}

gboolean
sh_codec_mask (const ShCodec *codec,
               ShEvaluator *evaluator,
               gconstpointer state,
               guint8 *mask,
               GError **error)
{
  g_autofree guint8 *told = NULL;

  g_return_val_if_fail (codec != NULL && evaluator != NULL, FALSE);
  g_return_val_if_fail (state != NULL, FALSE);

  if (codec->masked == NULL)
    return TRUE;
  told = g_malloc (codec->n_masked + 1);
  if (!sh_evaluator_mask (evaluator, state, told, error))
    return FALSE;
  sh_codec_spread_mask (codec, told, mask);
  return TRUE;
}
