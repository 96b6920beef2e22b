/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The files first: they are the truth.
 */

#include "sh-delete.h"

#include "sh-error.h"
#include "sh-history.h"

gboolean
sh_delete_brain (ShStore *store, const char *name, guint number, GError **error)
{
  g_autoptr (ShHistory) history = NULL;
  g_autoptr (ShHistoryBrain) known = NULL;
  g_autoptr (GError) own_error = NULL;
  g_autoptr (GError) history_error = NULL;
  const gboolean whole = number == 0;
  gboolean has_project, stored;

  g_return_val_if_fail (store != NULL && name != NULL, FALSE);

  /* Without its history a brain can be deleted as well. */
  history = sh_history_open (store, FALSE, NULL);
  if (history != NULL)
    known = sh_history_get_brain (history, name, NULL);
  has_project = known != NULL && known->has_project;
  stored = sh_store_delete (store, name, number, &own_error);
  if (!stored && !(has_project && whole &&
                   g_error_matches (own_error, SH_ERROR, SH_ERROR_NOT_FOUND)))
    {
      g_propagate_error (error, g_steal_pointer (&own_error));
      return FALSE;
    }
  if (!whole || known == NULL || known->deleted != 0 ||
      sh_history_delete_brain (history, name, &history_error))
    return TRUE;
  if (!stored)
    {
      g_propagate_error (error, g_steal_pointer (&history_error));
      return FALSE;
    }
  g_warning ("%s", history_error->message);
  return TRUE;
}
