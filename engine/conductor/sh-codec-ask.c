/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Concepts that have been learned before the codec's: what their policies make of
 * what they see.
 */

#include "sh-codec-private.h"

#include "sh-error.h"

/* An ShEvaluatorAsk. */
static gboolean
ask (gpointer data,
     guint k,
     gconstpointer input,
     const guint8 *allowed,
     gpointer output,
     GError **error)
{
  const ShCodec *codec = data;
  const ShCodecAsked *asked = &codec->asked[k];

  if (asked->policy == NULL)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_FAILED,
                   "the concept '%s' has not been trained",
                   asked->concept->name);
      return FALSE;
    }
  if (!sh_codec_observe (asked->codec, input, asked->observation, error))
    return FALSE;
  if (allowed != NULL)
    sh_codec_spread_mask (asked->codec, allowed, asked->mask);
  sh_policy_act_masked (asked->policy, SH_ACT_GREEDY, 1, asked->observation,
                        allowed != NULL ? asked->mask : NULL, asked->action,
                        NULL, NULL);
  sh_codec_act (asked->codec, asked->action, output);
  return TRUE;
}

gboolean
sh_codec_init_asked (ShCodec *codec,
                     const ShConcept *concept,
                     GPtrArray *policies,
                     GError **error)
{
  if (policies != NULL)
    codec->policies = g_ptr_array_ref (policies);
  codec->asked = g_new0 (ShCodecAsked, concept->n_asked + 1);
  for (guint i = 0; i < concept->n_asked; i++)
    {
      const guint place = concept->asked[i];
      ShCodecAsked *asked = &codec->asked[codec->n_asked++];
      const ShSpace *space;

      asked->concept = &concept->all[place];
      asked->codec = sh_codec_new_plain (asked->concept, error);
      if (asked->codec == NULL)
        return FALSE;
      space = sh_codec_get_space (asked->codec);
      asked->observation = g_new0 (float, space->n_observations);
      asked->action = g_new0 (float, space->n_actions);
      asked->mask = g_malloc0 (sh_codec_get_mask_size (asked->codec));
      if (policies != NULL && place < policies->len)
        asked->policy = policies->pdata[place];
    }
  return TRUE;
}

void
sh_codec_clear_asked (ShCodec *codec)
{
  for (guint i = 0; i < codec->n_asked; i++)
    {
      g_clear_pointer (&codec->asked[i].codec, sh_codec_unref);
      g_free (codec->asked[i].observation);
      g_free (codec->asked[i].action);
      g_free (codec->asked[i].mask);
    }
  g_free (codec->asked);
  g_clear_pointer (&codec->policies, g_ptr_array_unref);
}

ShEvaluator *
sh_codec_make_evaluator (const ShCodec *codec,
                         const ShConcept *concept,
                         GError **error)
{
  g_autofree ShEvaluatorAsked *asked =
      g_new0 (ShEvaluatorAsked, codec->n_asked + 1);
  const ShEvaluatorTables tables = {
    .state = sh_codec_get_state_table (codec),
    .action = sh_codec_get_action_table (codec),
    .input = sh_codec_get_input_table (codec),
    .output = sh_codec_get_output_table (codec),
    .asked = asked,
  };
  ShEvaluator *evaluator;

  for (guint i = 0; i < codec->n_asked; i++)
    {
      asked[i].input = sh_codec_get_input_table (codec->asked[i].codec);
      asked[i].output = sh_codec_get_output_table (codec->asked[i].codec);
    }
  evaluator = sh_evaluator_new (concept, &tables, error);
  if (evaluator != NULL && codec->n_asked > 0)
    sh_evaluator_set_ask (evaluator, ask, (gpointer) codec);
  return evaluator;
}
