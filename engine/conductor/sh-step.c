/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * From a state and a reward to what is learnt from.
 */

#include "sh-step.h"

#include <math.h>
#include <string.h>

#include "sh-error.h"

static void
set_reward_error (const ShConcept *concept, double reward, GError **error)
{
  const char *name = concept->source.name;
  char found[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (found, sizeof found, "%.9g", reward);
  if (concept->reward != SH_NO_FUNCTION)
    {
      g_set_error (
          error, SH_ERROR, SH_ERROR_VALUE,
          "the reward function gives %s; it must be a number that fits "
          "32 bits",
          found);
      return;
    }
  g_set_error (error, SH_ERROR, SH_ERROR_VALUE,
               "simulator '%s': the reward is %s; it must be a finite number "
               "that fits 32 bits",
               name != NULL ? name : "", found);
}

gboolean
sh_step_read (ShEvaluator *evaluator,
              const ShConcept *concept,
              const ShCodec *codec,
              gconstpointer state,
              double reward,
              gboolean terminal,
              float *observation,
              guint8 *mask,
              ShEvaluation *evaluation,
              GError **error)
{
  if (!sh_evaluator_observe (evaluator, state, reward, terminal, evaluation,
                             error))
    return FALSE;
  if (G_UNLIKELY (!isfinite ((float) evaluation->reward)))
    {
      set_reward_error (concept, evaluation->reward, error);
      return FALSE;
    }
  if (!sh_codec_observe (codec, evaluation->input, observation, error))
    return FALSE;
  if (!evaluation->over)
    return sh_codec_mask (codec, evaluator, state, mask, error);
  if (mask != NULL)
    memset (mask, 1, sh_codec_get_mask_size (codec));
  return TRUE;
}
