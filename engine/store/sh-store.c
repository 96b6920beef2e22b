/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Finding, listing and deleting stored brains.
 */

#include "sh-store.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "sh-error.h"
#include "sh-store-private.h"
#include "sh-suggestion.h"

ShStore *
sh_store_new (const char *data_home)
{
  ShStore *store = g_new0 (ShStore, 1);
  const char *own = g_getenv ("SIMHOST_DATA_HOME");

  if (data_home != NULL)
    store->folder = g_build_filename (data_home, "brains", NULL);
  else if (own != NULL && *own != '\0')
    store->folder = g_build_filename (own, "brains", NULL);
  else
    store->folder =
        g_build_filename (g_get_user_data_dir (), "simhost", "brains", NULL);
  return store;
}

ShStore *
sh_store_copy (const ShStore *store)
{
  ShStore *copy = g_new0 (ShStore, 1);

  copy->folder = g_strdup (store->folder);
  return copy;
}

void
sh_store_free (ShStore *store)
{
  if (store == NULL)
    return;
  g_free (store->folder);
  g_free (store);
}

const char *
sh_store_get_folder (const ShStore *store)
{
  g_return_val_if_fail (store != NULL, NULL);

  return store->folder;
}

/* Names and numbers */

static gboolean
is_name (const char *name)
{
  gsize length = strlen (name);

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (name[i]) && name[i] != '-' && name[i] != '_')
      return FALSE;
  return length > 0 && length <= SH_STORE_MAX_NAME;
}

gboolean
sh_store_check_name (const char *name, GError **error)
{
  g_return_val_if_fail (name != NULL, FALSE);

  if (is_name (name))
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
               "'%.80s' cannot be a brain's name: it may have 1 to %u letters, "
               "digits, '-' and '_'",
               name, SH_STORE_MAX_NAME);
  return FALSE;
}

guint
sh_store_parse_number (const char *name)
{
  guint64 number;

  if (name[0] < '1' || name[0] > '9' ||
      !g_ascii_string_to_unsigned (name, 10, 1, G_MAXINT, &number, NULL))
    return 0;
  return (guint) number;
}

GPtrArray *
sh_store_list_names (ShStore *store)
{
  g_auto (ShFolder) folder = SH_FOLDER_CLOSED;
  g_autoptr (GPtrArray) names = NULL;

  g_return_val_if_fail (store != NULL, NULL);

  if (sh_folder_open (&folder, NULL, store->folder, NULL))
    names = sh_folder_list (&folder, NULL);
  if (names == NULL)
    return g_ptr_array_new_with_free_func (g_free);
  for (guint i = names->len; i > 0; i--)
    if (!is_name (names->pdata[i - 1]))
      g_ptr_array_remove_index (names, i - 1);
  return g_steal_pointer (&names);
}

/* Near are the most similar name, and those of which one begins like the
 * other. */
static void
set_not_found (ShStore *store, const char *name, GError **error)
{
  g_autofree char *wanted = g_ascii_strdown (name, -1);
  g_autoptr (GPtrArray) names = sh_store_list_names (store);
  g_autoptr (GString) near = g_string_new (NULL);
  ShSuggestion suggestion;

  /* Its first version is being trained. */
  if (g_ptr_array_find_with_equal_func (names, wanted, g_str_equal, NULL))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_NOT_FOUND,
                   "brain '%s' has no version yet", name);
      return;
    }
  sh_suggestion_init (&suggestion, wanted);
  for (guint i = 0; i < names->len; i++)
    sh_suggestion_offer (&suggestion, names->pdata[i]);
  for (guint i = 0; i < names->len; i++)
    {
      const char *other = names->pdata[i];

      if (other == suggestion.best || g_str_has_prefix (other, wanted) ||
          g_str_has_prefix (wanted, other))
        g_string_append_printf (near, "%s'%s'", near->len > 0 ? ", " : "",
                                other);
    }
  g_set_error (error, SH_ERROR, SH_ERROR_NOT_FOUND,
               "there is no brain '%s'%s%s%s; 'simhost brain list' shows those "
               "there are",
               name, near->len > 0 ? "; did you mean " : "", near->str,
               near->len > 0 ? "?" : "");
}

/* The brain's folder itself by a plain mkdir: another process may remove it at
 * any moment, which g_mkdir_with_parents takes for a file in its place. */
static gboolean
make_folder (const ShStore *store, const char *path, GError **error)
{
  int code;

  if (g_mkdir_with_parents (store->folder, 0700) == 0 &&
      (g_mkdir (path, 0700) == 0 || errno == EEXIST))
    return TRUE;
  code = errno;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
               "cannot make the folder %s: %s", path, g_strerror (code));
  return FALSE;
}

gboolean
sh_store_open_brain (ShStore *store,
                     const char *name,
                     gboolean make,
                     ShFolder *folder,
                     GError **error)
{
  g_autofree char *lower = NULL, *path = NULL;

  if (!sh_store_check_name (name, error))
    return FALSE;
  lower = g_ascii_strdown (name, -1);
  path = g_build_filename (store->folder, lower, NULL);
  if (make && !make_folder (store, path, error))
    return FALSE;
  if (!make && !g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      set_not_found (store, name, error);
      return FALSE;
    }
  return sh_folder_open (folder, NULL, path, error);
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  guint first = *(const guint *) a, second = *(const guint *) b;

  return first < second ? -1 : first > second;
}

GArray *
sh_store_list_numbers (const ShFolder *brain, GError **error)
{
  g_autoptr (GPtrArray) names = sh_folder_list (brain, error);
  GArray *numbers;

  if (names == NULL)
    return NULL;
  numbers = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < names->len; i++)
    {
      guint number = sh_store_parse_number (names->pdata[i]);

      if (number > 0)
        g_array_append_val (numbers, number);
    }
  g_array_sort (numbers, compare_numbers);
  return numbers;
}

gboolean
sh_store_open_version (ShStore *store,
                       const char *name,
                       guint *number,
                       const ShFolder *brain,
                       ShFolder *folder,
                       GError **error)
{
  g_autoptr (GArray) numbers = sh_store_list_numbers (brain, error);
  g_autofree char *text = NULL;

  if (numbers == NULL)
    return FALSE;
  if (numbers->len == 0)
    {
      set_not_found (store, name, error);
      return FALSE;
    }
  if (*number == 0)
    *number = g_array_index (numbers, guint, numbers->len - 1);
  text = g_strdup_printf ("%u", *number);
  if (!sh_folder_has (brain, text))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_NOT_FOUND,
                   "brain '%s' has no version %u; the highest is %u", name,
                   *number, g_array_index (numbers, guint, numbers->len - 1));
      return FALSE;
    }
  return sh_folder_open (folder, brain, text, error);
}

/* Lists */

static void
list_brain (ShStore *store, const char *name, GPtrArray *infos)
{
  g_auto (ShFolder) brain = SH_FOLDER_CLOSED;
  g_autoptr (GArray) numbers = NULL;

  /* Deleted since it was listed. */
  if (!sh_store_open_brain (store, name, FALSE, &brain, NULL))
    return;
  numbers = sh_store_list_numbers (&brain, NULL);
  for (guint i = 0; numbers != NULL && i < numbers->len; i++)
    {
      g_auto (ShFolder) folder = SH_FOLDER_CLOSED;
      g_autoptr (GError) error = NULL;
      guint number = g_array_index (numbers, guint, i);
      g_autofree char *text = g_strdup_printf ("%u", number);
      ShBrainInfo *info = NULL;

      if (sh_folder_open (&folder, &brain, text, &error))
        info = sh_store_read_info (&folder, name, number, NULL, &error);
      if (info == NULL)
        {
          info = sh_brain_info_new ();
          info->name = g_strdup (name);
          info->version = number;
          info->failure = g_strdup (error->message);
        }
      g_ptr_array_add (infos, info);
    }
}

GPtrArray *
sh_store_list (ShStore *store, const char *name, GError **error)
{
  g_autoptr (GPtrArray) infos = NULL;

  g_return_val_if_fail (store != NULL, NULL);

  infos = g_ptr_array_new_with_free_func ((GDestroyNotify) sh_brain_info_free);
  if (name != NULL)
    {
      g_autofree char *lower = g_ascii_strdown (name, -1);

      if (!sh_store_check_name (name, error))
        return NULL;
      list_brain (store, lower, infos);
      if (infos->len == 0)
        {
          set_not_found (store, name, error);
          return NULL;
        }
    }
  else
    {
      g_autoptr (GPtrArray) names = sh_store_list_names (store);

      for (guint i = 0; i < names->len; i++)
        list_brain (store, names->pdata[i], infos);
    }
  return g_steal_pointer (&infos);
}

/* Deleting */

void
sh_store_set_busy (const char *name, guint number, GError **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
               "brain '%s' version %u is being trained by somebody else; stop "
               "that first",
               name, number);
}

/* Whether nobody is writing version `number`, or with 0 any. */
static gboolean
check_free (ShStore *store,
            const char *name,
            const ShFolder *brain,
            guint number,
            GError **error)
{
  g_autoptr (GPtrArray) names = sh_folder_list (brain, error);

  if (names == NULL)
    return FALSE;
  for (guint i = 0; i < names->len; i++)
    {
      const char *claim = names->pdata[i];
      const guint claimed =
          claim[0] == '.' ? sh_store_parse_number (claim + 1) : 0;

      if (claimed > 0 && (number == 0 || number == claimed) &&
          sh_store_is_claimed (store, name, claimed))
        {
          sh_store_set_busy (name, claimed, error);
          return FALSE;
        }
    }
  return TRUE;
}

/* Renamed first: from then on it is gone for everybody. */
static gboolean
rename_and_remove (const ShFolder *parent, const char *name, GError **error)
{
  g_autofree char *away =
      g_strdup_printf (".%s.%08x%s", name, g_random_int (), SH_FOLDER_DELETED);

  if (!sh_folder_rename (parent, name, away, error))
    return FALSE;
  sh_folder_remove (parent, away);
  return TRUE;
}

gboolean
sh_store_delete (ShStore *store, const char *name, guint number, GError **error)
{
  g_auto (ShFolder) brain = SH_FOLDER_CLOSED;
  g_auto (ShFolder) version = SH_FOLDER_CLOSED;
  g_auto (ShFolder) all = SH_FOLDER_CLOSED;
  g_autofree char *lower = NULL, *text = NULL;

  g_return_val_if_fail (store != NULL && name != NULL, FALSE);

  /* Alone: a version that is claimed after the look would be lost. */
  if (!sh_store_hold_brain (store, name, FALSE, TRUE, &brain, error) ||
      !sh_folder_open (&all, NULL, store->folder, error) ||
      !check_free (store, name, &brain, number, error))
    return FALSE;
  lower = g_ascii_strdown (name, -1);
  if (number == 0)
    return rename_and_remove (&all, lower, error);

  if (!sh_store_open_version (store, name, &number, &brain, &version, error))
    return FALSE;
  text = g_strdup_printf ("%u", number);
  if (!rename_and_remove (&brain, text, error))
    return FALSE;
  /* Goes only if that was the last. */
  unlinkat (all.fd, lower, AT_REMOVEDIR);
  return TRUE;
}
