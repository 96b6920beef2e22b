/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * From an Inkling file to what is to be trained.
 */

#include "training.h"

#include <string.h>

#include "program-file.h"

static char *
name_after (const char *file)
{
  char *name = g_path_get_basename (file);

  if (g_str_has_suffix (name, ".ink"))
    name[strlen (name) - strlen (".ink")] = '\0';
  return name;
}

ShProgram *
sh_training_read (const char *file,
                  const char *wanted,
                  char **brain,
                  GError **error)
{
  g_autoptr (ShProgram) program = sh_program_file_compile (file, error);
  g_autofree char *name =
      wanted != NULL ? g_strdup (wanted) : name_after (file);

  if (program == NULL)
    return NULL;
  if (!sh_store_check_name (name, error))
    {
      if (wanted == NULL)
        g_prefix_error (error, "%s (name the brain with --brain): ", file);
      return NULL;
    }
  *brain = g_steal_pointer (&name);
  return g_steal_pointer (&program);
}

const GError *
sh_training_get_error (ShKeeper *keeper)
{
  const GError *error = sh_run_get_error (sh_keeper_get_run (keeper));

  return error != NULL ? error : sh_keeper_get_error (keeper);
}
