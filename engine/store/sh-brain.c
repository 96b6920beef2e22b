/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Brains and what is known of them, as values.
 */

#include "sh-brain.h"

#include <math.h>

ShBrainInfo *
sh_brain_info_new (void)
{
  ShBrainInfo *info = g_new0 (ShBrainInfo, 1);

  info->mean_return = NAN;
  return info;
}

void
sh_brain_info_free (ShBrainInfo *info)
{
  if (info == NULL)
    return;
  g_free (info->name);
  g_free (info->simulator);
  g_free (info->concept);
  g_free (info->algorithm);
  g_free (info->state);
  g_free (info->action);
  g_free (info->config);
  g_free (info->reason);
  g_free (info->lesson);
  g_free (info->failure);
  g_free (info);
}

ShBrain *
sh_brain_ref (ShBrain *brain)
{
  g_return_val_if_fail (brain != NULL, NULL);

  g_atomic_ref_count_inc (&brain->ref_count);
  return brain;
}

void
sh_brain_unref (ShBrain *brain)
{
  g_return_if_fail (brain != NULL);

  if (!g_atomic_ref_count_dec (&brain->ref_count))
    return;
  g_clear_pointer (&brain->policy, sh_policy_free);
  g_clear_pointer (&brain->onnx, g_bytes_unref);
  g_clear_pointer (&brain->codec, sh_codec_unref);
  g_clear_pointer (&brain->program, sh_program_unref);
  g_clear_pointer (&brain->info, sh_brain_info_free);
  g_free (brain);
}
