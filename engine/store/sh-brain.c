/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Brains and what is known of them, as values.
 */

#include "sh-brain.h"

#include <math.h>

#include "sh-error.h"

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
  g_strfreev (info->concepts);
  g_free (info->algorithm);
  g_free (info->state);
  g_free (info->action);
  g_free (info->config);
  g_free (info->reason);
  g_free (info->lesson);
  g_free (info->next);
  g_free (info->from);
  g_free (info->failure);
  g_free (info);
}

gboolean
sh_brain_check_whole (const ShBrain *brain, GError **error)
{
  g_return_val_if_fail (brain != NULL, FALSE);

  if (brain->policy != NULL)
    return TRUE;
  g_set_error (
      error, SH_ERROR, SH_ERROR_NOT_FOUND,
      "brain '%s' version %u cannot act: its concept '%s' has not been "
      "trained yet; go on with its training",
      brain->info->name, brain->info->version,
      brain->program->concepts[brain->policies->len].name);
  return FALSE;
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
  g_clear_pointer (&brain->codec, sh_codec_unref);
  g_clear_pointer (&brain->policies, g_ptr_array_unref);
  g_clear_pointer (&brain->onnx, g_ptr_array_unref);
  g_clear_pointer (&brain->program, sh_program_unref);
  g_clear_pointer (&brain->info, sh_brain_info_free);
  g_free (brain);
}
