/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Projects from the program's resources.
 */

#include "sh-gallery.h"

#include <string.h>

#include "sh-error.h"
#include "sh-gallery-data.h"
#include "sh-history.h"

#define FOLDER "/org/simhost/curricula/"
#define SUFFIX ".ink"

/* "acrobot, cartpole": what there is. */
static char *
list_names (GResource *resource)
{
  g_auto (GStrv) files =
      g_resource_enumerate_children (resource, FOLDER, 0, NULL);

  for (guint i = 0; files != NULL && files[i] != NULL; i++)
    files[i][strlen (files[i]) - strlen (SUFFIX)] = '\0';
  return files != NULL ? g_strjoinv (", ", files) : g_strdup ("");
}

static GBytes *
find_program (GResource *resource, const char *category, const char *name)
{
  g_autofree char *path = NULL;

  if (strcmp (category, SH_GALLERY_CATEGORY) != 0 || strchr (name, '/') != NULL)
    return NULL;
  path = g_strconcat (FOLDER, name, SUFFIX, NULL);
  return g_resource_lookup_data (resource, path, 0, NULL);
}

GPtrArray *
sh_gallery_load (const char *category, const char *name, GError **error)
{
  GResource *resource = sh_gallery_data_get_resource ();
  g_autofree char *known = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GBytes) program = NULL;
  GPtrArray *files;

  g_return_val_if_fail (category != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  known = g_strdelimit (g_strdup (name), "-", '_');
  program = find_program (resource, category, known);
  if (program == NULL)
    {
      g_autofree char *names = list_names (resource);

      g_set_error (error, SH_ERROR, SH_ERROR_NOT_FOUND,
                   "there is no project '%.80s' in '%.80s'; in "
                   "'" SH_GALLERY_CATEGORY "' are %s",
                   name, category, names);
      return NULL;
    }
  files =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_project_file_free);
  path = g_strconcat (known, SUFFIX, NULL);
  g_ptr_array_add (files, sh_project_file_new (path, program));
  return files;
}
