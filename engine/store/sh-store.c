/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Finding, loading, listing and deleting stored brains.
 */

#include "sh-store.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "sh-brain-json.h"
#include "sh-error.h"
#include "sh-policy-onnx.h"
#include "sh-store-private.h"
#include "sh-suggestion.h"

/* How often a version that is being replaced is read anew. */
#define LOAD_TRIES 5u
/* Versions that are tried when the highest cannot be loaded. */
#define MAX_OLDER 8u

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

/* The versions in a brain's folder, ascending. */
static GArray *
list_numbers (const ShFolder *brain, GError **error)
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
  g_autoptr (GArray) numbers = list_numbers (brain, error);
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

/* Loading */

/* The folders' names count: people may rename and copy them. */
static void
set_place (ShBrainInfo *info, const char *name, guint number)
{
  if (g_ascii_strcasecmp (info->name, name) != 0)
    {
      g_free (info->name);
      info->name = g_strdup (name);
    }
  info->version = number;
}

static ShBrainInfo *
read_info (const ShFolder *folder,
           const char *name,
           guint number,
           char *sums[SH_BRAIN_N_FILES],
           GError **error)
{
  g_autoptr (GBytes) bytes = sh_folder_read (folder, SH_STORE_INFO_NAME,
                                             SH_BRAIN_JSON_MAX_BYTES, error);
  g_autoptr (GError) own_error = NULL;
  ShBrainInfo *info;
  gsize size;
  const char *text;

  if (bytes == NULL)
    return NULL;
  text = g_bytes_get_data (bytes, &size);
  info = sh_brain_info_from_json (text, size, sums, &own_error);
  if (info != NULL)
    set_place (info, name, number);
  else
    g_set_error (error, SH_ERROR, SH_ERROR_CORRUPT, "%s/%s: %s", folder->path,
                 SH_STORE_INFO_NAME, own_error->message);
  return info;
}

static void
clear_sums (char *sums[SH_BRAIN_N_FILES])
{
  for (guint i = 0; i < SH_BRAIN_N_FILES; i++)
    g_free (sums[i]);
}

static GBytes *
read_checked (const ShFolder *folder,
              guint file,
              gsize limit,
              const char *sum,
              GError **error)
{
  const char *name = sh_brain_file_get_name (file);
  g_autoptr (GBytes) bytes = sh_folder_read (folder, name, limit, error);
  g_autofree char *found = NULL;

  if (bytes == NULL)
    return NULL;
  found = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  if (strcmp (found, sum) == 0)
    return g_steal_pointer (&bytes);
  g_set_error (error, SH_ERROR, SH_ERROR_CORRUPT,
               "%s/%s is damaged: its contents are not those that were saved",
               folder->path, name);
  return NULL;
}

/* Whether the names of the concepts that have a policy are those of the first
 * `n_policies` of the program. */
static gboolean
check_concepts (const ShBrain *brain, guint n_policies, GError **error)
{
  const ShProgram *program = brain->program;
  char *const one[] = { brain->info->concept, NULL };
  char *const *names = program->n_concepts > 1 && brain->info->concepts != NULL
                           ? brain->info->concepts
                           : one;

  for (guint i = 0; i < n_policies; i++)
    if (names[i] == NULL || i >= program->n_concepts ||
        strcmp (names[i], program->concepts[i].name) != 0)
      {
        g_set_error (error, SH_ERROR, SH_ERROR_CORRUPT,
                     "program.ink has no concept '%s'",
                     names[i] != NULL ? names[i] : "");
        return FALSE;
      }
  if (names[n_policies] == NULL &&
      strcmp (names[n_policies - 1], brain->info->concept) == 0)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_CORRUPT,
               "%s does not say whose policies there are", SH_STORE_INFO_NAME);
  return FALSE;
}

/* Fills the brain from its program: everything but policies and codec. */
static gboolean
take_program (ShBrain *brain, GBytes *bytes, guint n_policies, GError **error)
{
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);

  brain->program = sh_program_compile (
      text != NULL ? text : "", (gssize) size,
      sh_brain_file_get_name (SH_BRAIN_FILE_PROGRAM), NULL, error);
  if (brain->program == NULL)
    return FALSE;
  brain->concept = &brain->program->concepts[brain->program->output];
  return check_concepts (brain, n_policies, error);
}

/* A policy of one of its concepts. */
static gboolean
take_policy (ShBrain *brain, guint place, GBytes *bytes, GError **error)
{
  const ShConcept *concept = &brain->program->concepts[place];
  g_autoptr (ShCodec) codec = sh_codec_new (concept, error);
  ShPolicy *policy;

  if (codec == NULL)
    return FALSE;
  policy = sh_policy_from_onnx (sh_codec_get_space (codec), bytes, error);
  if (policy == NULL)
    return FALSE;
  g_ptr_array_add (brain->policies, policy);
  g_ptr_array_add (brain->onnx, g_bytes_ref (bytes));
  return TRUE;
}

/* Each fault beyond reading makes the version corrupt, with the reason. */
static gboolean
as_corrupt (const ShFolder *folder, GError **error)
{
  if (error != NULL && *error != NULL)
    {
      GError *old = *error;

      *error = g_error_new (SH_ERROR, SH_ERROR_CORRUPT, "%s: %s", folder->path,
                            old->message);
      g_error_free (old);
    }
  return FALSE;
}

static gboolean
load_files (ShBrain *brain,
            const ShFolder *folder,
            const char *const sums[SH_BRAIN_N_FILES],
            GError **error)
{
  g_autoptr (GBytes) program =
      read_checked (folder, SH_BRAIN_FILE_PROGRAM, SH_PROGRAM_MAX_BYTES,
                    sums[SH_BRAIN_FILE_PROGRAM], error);
  guint first, n = sh_brain_count_policies (sums, &first);

  if (program == NULL)
    return FALSE;
  brain->policies =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_policy_free);
  brain->onnx = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GBytes) policy = read_checked (
          folder, first + i, SH_POLICY_ONNX_MAX_BYTES, sums[first + i], error);

      if (policy == NULL)
        return FALSE;
      if ((i == 0 && !take_program (brain, program, n, error)) ||
          !take_policy (brain, i, policy, error))
        return as_corrupt (folder, error);
    }
  if (n == brain->program->n_concepts)
    brain->policy = brain->policies->pdata[n - 1];
  brain->codec =
      sh_codec_new_for_graph (brain->concept, brain->policies, error);
  return brain->codec != NULL ? TRUE : as_corrupt (folder, error);
}

static gpointer
load_version (const ShFolder *folder,
              const char *name,
              guint number,
              const char *concept,
              GError **error)
{
  g_autoptr (ShBrain) brain = g_new0 (ShBrain, 1);
  char *sums[SH_BRAIN_N_FILES] = { NULL };
  gboolean done = FALSE;

  g_atomic_ref_count_init (&brain->ref_count);
  brain->info = read_info (folder, name, number, sums, error);
  if (brain->info != NULL)
    done = load_files (brain, folder, (const char *const *) sums, error);
  clear_sums (sums);
  return done ? g_steal_pointer (&brain) : NULL;
}

/* Loads something of a version's folder. */
typedef gpointer (*LoadFunc) (const ShFolder *folder,
                              const char *name,
                              guint number,
                              const char *concept,
                              GError **error);

static gpointer
load (ShStore *store,
      const char *name,
      guint number,
      LoadFunc func,
      const char *concept,
      GError **error)
{
  g_return_val_if_fail (store != NULL && name != NULL, NULL);

  for (guint i = 0;; i++)
    {
      g_auto (ShFolder) brain_folder = SH_FOLDER_CLOSED;
      g_auto (ShFolder) folder = SH_FOLDER_CLOSED;
      g_autoptr (GError) own_error = NULL;
      g_autofree char *text = NULL;
      guint found = number;
      gpointer result;

      if (!sh_store_open_brain (store, name, FALSE, &brain_folder, error) ||
          !sh_store_open_version (store, name, &found, &brain_folder, &folder,
                                  error))
        return NULL;
      result = func (&folder, name, found, concept, &own_error);
      if (result != NULL)
        return result;
      /* Somebody saved it again while it was read, and removed these files. */
      text = g_strdup_printf ("%u", found);
      if (i + 1 < LOAD_TRIES && !sh_folder_is_at (&folder, &brain_folder, text))
        continue;
      g_propagate_prefixed_error (error, g_steal_pointer (&own_error),
                                  "brain '%s' version %u: ", name, found);
      return NULL;
    }
}

/* The highest version that can be loaded, of so many from the highest on; 0: there
 * is none. */
static guint
find_whole (ShStore *store, const char *name)
{
  g_auto (ShFolder) folder = SH_FOLDER_CLOSED;
  g_autoptr (GArray) numbers = NULL;

  if (!sh_store_open_brain (store, name, FALSE, &folder, NULL))
    return 0;
  numbers = list_numbers (&folder, NULL);
  for (guint i = 0; numbers != NULL && i < MIN (numbers->len, MAX_OLDER); i++)
    {
      guint number = g_array_index (numbers, guint, numbers->len - 1 - i);
      g_autoptr (ShBrain) brain =
          load (store, name, number, load_version, NULL, NULL);

      if (brain != NULL && brain->policy != NULL)
        return number;
    }
  return 0;
}

ShBrain *
sh_store_load (ShStore *store, const char *name, guint number, GError **error)
{
  g_autoptr (GError) own_error = NULL;
  ShBrain *brain = load (store, name, number, load_version, NULL, &own_error);
  guint whole = 0;

  if (brain != NULL)
    return brain;
  /* Who wants any can have an older one, but is to know. */
  if (number == 0 && g_error_matches (own_error, SH_ERROR, SH_ERROR_CORRUPT))
    whole = find_whole (store, name);
  if (whole > 0)
    g_set_error (error, SH_ERROR, SH_ERROR_CORRUPT,
                 "%s; version %u is whole, ask for that one",
                 own_error->message, whole);
  else
    g_propagate_error (error, g_steal_pointer (&own_error));
  return NULL;
}

ShBrain *
sh_store_load_whole (ShStore *store,
                     const char *name,
                     guint number,
                     GError **error)
{
  g_autoptr (ShBrain) brain = sh_store_load (store, name, number, error);
  g_autoptr (GError) own_error = NULL;
  guint whole;

  if (brain == NULL || sh_brain_check_whole (brain, &own_error))
    return g_steal_pointer (&brain);
  whole = number == 0 ? find_whole (store, name) : 0;
  if (whole > 0)
    g_set_error (error, SH_ERROR, SH_ERROR_NOT_FOUND,
                 "%s, or ask for version %u, which is whole",
                 own_error->message, whole);
  else
    g_propagate_error (error, g_steal_pointer (&own_error));
  return NULL;
}

static gpointer
load_program (const ShFolder *folder,
              const char *name,
              guint number,
              const char *concept,
              GError **error)
{
  char *sums[SH_BRAIN_N_FILES] = { NULL };
  g_autoptr (ShBrainInfo) info = read_info (folder, name, number, sums, error);
  GBytes *bytes = NULL;

  if (info != NULL)
    bytes = read_checked (folder, SH_BRAIN_FILE_PROGRAM, SH_PROGRAM_MAX_BYTES,
                          sums[SH_BRAIN_FILE_PROGRAM], error);
  clear_sums (sums);
  return bytes;
}

GBytes *
sh_store_load_program (ShStore *store,
                       const char *name,
                       guint number,
                       GError **error)
{
  return load (store, name, number, load_program, NULL, error);
}

/* The file of a concept's learner, NULL: the one trained last; SH_BRAIN_N_FILES:
 * there is no such concept. */
static guint
find_learner (const ShBrainInfo *info, const char *concept)
{
  const char *wanted = concept != NULL ? concept : info->concept;

  if (info->concepts == NULL)
    return strcmp (wanted, info->concept) == 0 ? SH_BRAIN_FILE_LEARNER
                                               : SH_BRAIN_N_FILES;
  for (guint i = 0; info->concepts[i] != NULL; i++)
    if (strcmp (wanted, info->concepts[i]) == 0)
      return SH_BRAIN_FILE_FIRST_LEARNER + i;
  return SH_BRAIN_N_FILES;
}

static gpointer
load_learner (const ShFolder *folder,
              const char *name,
              guint number,
              const char *concept,
              GError **error)
{
  char *sums[SH_BRAIN_N_FILES] = { NULL };
  g_autoptr (ShBrainInfo) info = read_info (folder, name, number, sums, error);
  GBytes *state = NULL;
  guint file;

  if (info == NULL)
    return NULL;
  file = find_learner (info, concept);
  if (file < SH_BRAIN_N_FILES && sums[file] != NULL)
    state =
        read_checked (folder, file, SH_STORE_MAX_LEARNER, sums[file], error);
  else
    g_set_error (error, SH_ERROR, SH_ERROR_NOT_FOUND,
                 "there is nothing that its training could go on from");
  clear_sums (sums);
  return state;
}

GBytes *
sh_store_load_learner (ShStore *store,
                       const char *name,
                       guint number,
                       const char *concept,
                       GError **error)
{
  return load (store, name, number, load_learner, concept, error);
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
  numbers = list_numbers (&brain, NULL);
  for (guint i = 0; numbers != NULL && i < numbers->len; i++)
    {
      g_auto (ShFolder) folder = SH_FOLDER_CLOSED;
      g_autoptr (GError) error = NULL;
      guint number = g_array_index (numbers, guint, i);
      g_autofree char *text = g_strdup_printf ("%u", number);
      ShBrainInfo *info = NULL;

      if (sh_folder_open (&folder, &brain, text, &error))
        info = read_info (&folder, name, number, NULL, &error);
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
