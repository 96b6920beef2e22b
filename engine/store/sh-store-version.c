/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Writing a version.
 *
 * In a brain's folder stand the versions, "3", and, with a dot in front, what
 * is not one: ".4" is the claim to a number, ".4.RANDOM" a version that is
 * being written, or an old one that is being removed. Who holds such a folder
 * has it locked; locks end with their process, so that what is not locked is
 * left behind. Claims and renames are single calls to the file system; waited for
 * is only who claims, or who deletes a brain (sh_store_hold_brain).
 */

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sh-brain-json.h"
#include "sh-error.h"
#include "sh-policy-onnx.h"
#include "sh-store-private.h"

#define MAX_TRIES 1000u
/* Microseconds between two looks whether a folder is free. */
#define HOLD_INTERVAL 1000u

/* One of a version's files. */
typedef struct
{
  GBytes *before; /* of a concept before the one that is saved; or NULL */
  char *before_sum; /* SHA-256 of that; NULL: not known yet */
  char *sum; /* of what was written last; NULL: nothing was */
  struct stat written;
} File;

struct ShStoreVersion
{
  ShStore *store; /* a copy */
  char *name;
  guint number;
  char *number_text;
  gboolean saved;
  GBytes *learner; /* may be NULL */
  File files[SH_BRAIN_N_FILES];
  ShFolder claim;
};

/* Claiming */

/* It may have been moved away before it was locked. */
static gboolean
is_in_place (const ShFolder *folder)
{
  struct stat own, there;

  return fstat (folder->fd, &own) == 0 && stat (folder->path, &there) == 0 &&
         own.st_dev == there.st_dev && own.st_ino == there.st_ino;
}

gboolean
sh_store_hold_brain (ShStore *store,
                     const char *name,
                     gboolean make,
                     gboolean alone,
                     ShFolder *folder,
                     GError **error)
{
  const gint64 deadline = g_get_monotonic_time () +
                          SH_STORE_HOLD_PATIENCE * G_TIME_SPAN_MILLISECOND;

  while (sh_store_open_brain (store, name, make, folder, error))
    {
      if ((alone ? sh_folder_lock (folder) : sh_folder_lock_shared (folder)) &&
          is_in_place (folder))
        return TRUE;
      sh_folder_close (folder);
      if (g_get_monotonic_time () >= deadline)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
                       "brain '%s' is being changed by somebody else; try "
                       "again later",
                       name);
          return FALSE;
        }
      g_usleep (HOLD_INTERVAL);
    }
  return FALSE;
}

/* The number after the highest version or claim. */
static gboolean
get_next_number (const ShFolder *brain, guint *next, GError **error)
{
  g_autoptr (GPtrArray) names = sh_folder_list (brain, error);

  if (names == NULL)
    return FALSE;
  *next = 1;
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = names->pdata[i];
      guint number = sh_store_parse_number (name[0] == '.' ? name + 1 : name);

      *next = MAX (*next, number + 1);
    }
  return TRUE;
}

/*
 * Claims `number`; FALSE without an error if somebody else has. The claim is
 * locked before it gets its name, so that nobody takes it for left behind, and
 * holds something, as a folder may be renamed to an empty one's name.
 */
static gboolean
make_claim (ShStoreVersion *version,
            const ShFolder *brain,
            guint number,
            GError **error)
{
  g_autofree char *name = g_strdup_printf (".%u", number);
  g_autofree char *temporary = NULL;

  if (!sh_folder_open_temporary (&version->claim, brain, "0", &temporary,
                                 error))
    return FALSE;
  if (sh_folder_make (&version->claim, "claim", error) &&
      renameat (brain->fd, temporary, brain->fd, name) == 0)
    {
      g_free (version->claim.path);
      version->claim.path = g_build_filename (brain->path, name, NULL);
      return TRUE;
    }
  sh_folder_remove (brain, temporary);
  sh_folder_close (&version->claim);
  return FALSE;
}

/* Whoever has claimed it has it locked alone. To share the lock is enough to see
 * that, and lets others look at the same time. */
static gboolean
is_claimed (const ShFolder *brain, guint number)
{
  g_auto (ShFolder) claim = SH_FOLDER_CLOSED;
  g_autofree char *name = g_strdup_printf (".%u", number);

  return sh_folder_open (&claim, brain, name, NULL) &&
         !sh_folder_lock_shared (&claim);
}

static void
set_number (ShStoreVersion *version, guint number)
{
  version->number = number;
  version->number_text = g_strdup_printf ("%u", number);
}

/* Claims `number` if it is free; FALSE without an error if it is not. */
static gboolean
try_claim (ShStoreVersion *version,
           const ShFolder *brain,
           guint number,
           GError **error)
{
  g_autofree char *text = g_strdup_printf ("%u", number);
  g_autofree char *name = g_strdup_printf (".%u", number);

  if (!make_claim (version, brain, number, error))
    return FALSE;
  /* Somebody may have made that version since we looked. */
  if (sh_folder_has (brain, text))
    {
      sh_folder_remove (brain, name);
      sh_folder_close (&version->claim);
      return FALSE;
    }
  set_number (version, number);
  return TRUE;
}

ShStoreVersion *
sh_store_begin_version (ShStore *store, const char *name, GError **error)
{
  g_autoptr (ShStoreVersion) version = NULL;
  g_auto (ShFolder) all = SH_FOLDER_CLOSED;
  g_autoptr (GError) last = NULL;
  guint number;

  g_return_val_if_fail (store != NULL && name != NULL, NULL);

  if (!sh_store_check_name (name, error))
    return NULL;
  version = g_new0 (ShStoreVersion, 1);
  version->claim = (ShFolder) SH_FOLDER_CLOSED;
  version->store = sh_store_copy (store);
  version->name = g_strdup (name);
  for (guint i = 0; i < MAX_TRIES; i++)
    {
      g_auto (ShFolder) brain = SH_FOLDER_CLOSED;
      g_autoptr (GError) own_error = NULL;

      /* Anew each time: a folder without versions may be removed at any
       * moment. */
      if (sh_store_hold_brain (store, name, TRUE, FALSE, &brain, &own_error) &&
          get_next_number (&brain, &number, &own_error) &&
          try_claim (version, &brain, number, &own_error))
        {
          sh_folder_remove_leftovers (&brain);
          if (sh_folder_open (&all, NULL, store->folder, NULL))
            sh_folder_remove_leftovers (&all);
          return g_steal_pointer (&version);
        }
      g_clear_error (&last);
      last = g_steal_pointer (&own_error);
      if (last != NULL &&
          !g_error_matches (last, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        break;
    }
  if (last != NULL)
    {
      const gboolean is_folder =
          g_error_matches (last, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ||
          g_error_matches (last, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED) ||
          g_error_matches (last, G_IO_ERROR, G_IO_ERROR_READ_ONLY);

      g_set_error (error, last->domain, last->code,
                   "cannot save brain '%s': %s%s", name, last->message,
                   is_folder ? "; SIMHOST_DATA_HOME can name another folder"
                             : "");
      return NULL;
    }
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
               "cannot save brain '%s': every version number in %s was taken "
               "by somebody else",
               name, store->folder);
  return NULL;
}

/* Claims version `number`, or says who has it. What a dead process claimed is free,
 * but stays where it is while somebody looks whether it is. */
static gboolean
claim_existing (ShStoreVersion *version,
                const ShFolder *brain,
                guint number,
                GError **error)
{
  const gint64 deadline = g_get_monotonic_time () +
                          SH_STORE_HOLD_PATIENCE * G_TIME_SPAN_MILLISECOND;
  g_autoptr (GError) own_error = NULL;

  for (;;)
    {
      sh_folder_remove_leftovers (brain);
      if (make_claim (version, brain, number, &own_error))
        return TRUE;
      if (own_error != NULL || is_claimed (brain, number) ||
          g_get_monotonic_time () >= deadline)
        break;
      g_usleep (HOLD_INTERVAL);
    }
  if (own_error == NULL)
    sh_store_set_busy (version->name, number, &own_error);
  g_propagate_error (error, g_steal_pointer (&own_error));
  return FALSE;
}

ShStoreVersion *
sh_store_resume_version (ShStore *store,
                         const char *name,
                         guint number,
                         GError **error)
{
  g_autoptr (ShStoreVersion) version = NULL;
  g_auto (ShFolder) brain = SH_FOLDER_CLOSED;
  g_auto (ShFolder) folder = SH_FOLDER_CLOSED;

  g_return_val_if_fail (store != NULL && name != NULL, NULL);

  if (!sh_store_hold_brain (store, name, FALSE, FALSE, &brain, error) ||
      !sh_store_open_version (store, name, &number, &brain, &folder, error))
    return NULL;
  version = g_new0 (ShStoreVersion, 1);
  version->claim = (ShFolder) SH_FOLDER_CLOSED;
  version->store = sh_store_copy (store);
  version->name = g_strdup (name);
  if (!claim_existing (version, &brain, number, error))
    return NULL;
  set_number (version, number);
  version->saved = TRUE;
  return g_steal_pointer (&version);
}

gboolean
sh_store_is_claimed (ShStore *store, const char *name, guint number)
{
  g_auto (ShFolder) brain = SH_FOLDER_CLOSED;

  g_return_val_if_fail (store != NULL && name != NULL, FALSE);

  return sh_store_open_brain (store, name, FALSE, &brain, NULL) &&
         is_claimed (&brain, number);
}

void
sh_store_version_set_before (ShStoreVersion *version,
                             GPtrArray *onnx,
                             GPtrArray *learners)
{
  g_return_if_fail (version != NULL);
  g_return_if_fail ((onnx == NULL) == (learners == NULL));

  for (guint i = 0; i < SH_BRAIN_N_FILES; i++)
    {
      g_clear_pointer (&version->files[i].before, g_bytes_unref);
      g_clear_pointer (&version->files[i].before_sum, g_free);
    }
  if (onnx == NULL)
    return;
  g_return_if_fail (onnx->len == learners->len &&
                    onnx->len < SH_PROGRAM_MAX_LEARNED);
  for (guint i = 0; i < onnx->len; i++)
    {
      GBytes *learner = learners->pdata[i];

      version->files[SH_BRAIN_FILE_FIRST_POLICY + i].before =
          g_bytes_ref (onnx->pdata[i]);
      version->files[SH_BRAIN_FILE_FIRST_LEARNER + i].before =
          learner != NULL ? g_bytes_ref (learner) : NULL;
    }
}

void
sh_store_version_set_learner (ShStoreVersion *version, GBytes *state)
{
  g_return_if_fail (version != NULL);

  g_clear_pointer (&version->learner, g_bytes_unref);
  version->learner = state != NULL ? g_bytes_ref (state) : NULL;
}

guint
sh_store_version_get_number (const ShStoreVersion *version)
{
  g_return_val_if_fail (version != NULL, 0);

  return version->number;
}

void
sh_store_version_free (ShStoreVersion *version)
{
  if (version == NULL)
    return;
  if (version->number_text != NULL)
    {
      g_auto (ShFolder) all = SH_FOLDER_CLOSED, brain = SH_FOLDER_CLOSED;
      g_autofree char *lower = g_ascii_strdown (version->name, -1);
      g_autofree char *claim = g_strconcat (".", version->number_text, NULL);

      if (sh_folder_open (&all, NULL, version->store->folder, NULL) &&
          sh_folder_open (&brain, &all, lower, NULL) &&
          sh_folder_is_at (&version->claim, &brain, claim))
        sh_folder_remove (&brain, claim);
      /* The brain's folder goes too if there is nothing in it. */
      unlinkat (all.fd, lower, AT_REMOVEDIR);
    }
  sh_folder_close (&version->claim);
  g_clear_pointer (&version->learner, g_bytes_unref);
  sh_store_version_set_before (version, NULL, NULL);
  for (guint i = 0; i < SH_BRAIN_N_FILES; i++)
    g_free (version->files[i].sum);
  g_free (version->number_text);
  g_free (version->name);
  sh_store_free (version->store);
  g_free (version);
}

/* Saving */

static char *
make_json (const ShStoreVersion *version,
           const ShBrainInfo *info,
           const ShProgram *program,
           const ShConcept *concept,
           const char *const sums[SH_BRAIN_N_FILES])
{
  /* Borrows its text. */
  ShBrainInfo whole = *info;
  g_autofree char *state = sh_type_to_string (concept->source.state);
  g_autofree char *action = sh_type_to_string (concept->source.action);
  g_autofree char *config = sh_type_to_string (concept->source.config);

  char *names[SH_PROGRAM_MAX_LEARNED + 1] = { NULL };

  for (guint i = 0; i <= concept->place; i++)
    names[i] = program->concepts[i].name;
  whole.concepts = program->n_concepts > 1 ? names : NULL;
  whole.name = version->name;
  whole.version = version->number;
  whole.created = g_get_real_time () / G_USEC_PER_SEC;
  whole.simulator = concept->source.name;
  whole.concept = concept->name;
  whole.state = state;
  whole.action = action;
  whole.config = config;
  if (whole.reason == NULL)
    whole.reason = (char *) "none";
  return sh_brain_info_to_json (&whole, sums);
}

static GBytes *
make_onnx (const ShBrainInfo *info,
           const ShConcept *concept,
           const ShPolicy *policy)
{
  g_autofree char *state = sh_type_to_string (concept->source.state);
  g_autofree char *input = sh_type_to_string (concept->input);
  g_autofree char *output = sh_type_to_string (concept->output);
  g_autofree char *action = sh_type_to_string (concept->source.action);
  const ShPolicyOnnxTexts texts = {
    .simulator = concept->source.name,
    .concept = concept->name,
    .algorithm = info->algorithm,
    .state = state,
    .input = input,
    .output = output,
    .action = action,
  };

  return sh_policy_to_onnx (policy, &texts);
}

/* The check sum of what a file is to hold. Of concepts before it is worked out
 * once. */
static char *
get_sum (File *file, GBytes *bytes)
{
  if (bytes != file->before)
    return g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  if (file->before_sum == NULL)
    file->before_sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  return g_strdup (file->before_sum);
}

/* What stands in `old` already is not written again. */
static gboolean
put_file (File *file,
          const char *name,
          GBytes *bytes,
          const char *sum,
          const ShFolder *old,
          const ShFolder *folder,
          GError **error)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);

  if (g_strcmp0 (file->sum, sum) == 0 &&
      sh_folder_link (old, folder, name, &file->written))
    return TRUE;
  g_clear_pointer (&file->sum, g_free);
  if (!sh_folder_write (folder, name, data, size, &file->written, error))
    return FALSE;
  file->sum = g_strdup (sum);
  return TRUE;
}

/* `old`: the version as it is; not open if it has not been saved yet. */
static gboolean
write_files (ShStoreVersion *version,
             const ShFolder *old,
             const ShFolder *folder,
             const ShBrainInfo *info,
             const ShProgram *program,
             const ShConcept *concept,
             const ShPolicy *policy,
             GError **error)
{
  g_autoptr (GBytes) onnx = make_onnx (info, concept, policy);
  g_autoptr (GBytes) text =
      g_bytes_new_static (program->text, strlen (program->text));
  GBytes *contents[SH_BRAIN_N_FILES];
  const gboolean one = program->n_concepts == 1;
  const guint place = concept->place;
  char *sums[SH_BRAIN_N_FILES] = { NULL };
  g_autofree char *json = NULL;
  gboolean done = TRUE;

  for (guint i = 0; i < SH_BRAIN_N_FILES; i++)
    contents[i] = version->files[i].before;
  contents[SH_BRAIN_FILE_PROGRAM] = text;
  contents[one ? SH_BRAIN_FILE_POLICY : SH_BRAIN_FILE_FIRST_POLICY + place] =
      onnx;
  contents[one ? SH_BRAIN_FILE_LEARNER : SH_BRAIN_FILE_FIRST_LEARNER + place] =
      version->learner;
  for (guint i = 0; i < SH_BRAIN_N_FILES && done; i++)
    if (contents[i] != NULL)
      {
        sums[i] = get_sum (&version->files[i], contents[i]);
        done = put_file (&version->files[i], sh_brain_file_get_name (i),
                         contents[i], sums[i], old, folder, error);
      }
  json =
      make_json (version, info, program, concept, (const char *const *) sums);
  for (guint i = 0; i < SH_BRAIN_N_FILES; i++)
    g_free (sums[i]);
  return done &&
         sh_folder_write (folder, SH_STORE_INFO_NAME, json, strlen (json), NULL,
                          error) &&
         sh_folder_sync (folder, error);
}

/* The brain's folder may have been removed by hand, claim and all. Then what is
 * saved comes back, but takes the place of nobody else's version. */
static gboolean
keep_claim (ShStoreVersion *version, const ShFolder *brain, GError **error)
{
  g_autofree char *name = g_strconcat (".", version->number_text, NULL);

  if (sh_folder_is_at (&version->claim, brain, name))
    return TRUE;
  sh_folder_close (&version->claim);
  version->saved = FALSE;
  return claim_existing (version, brain, version->number, error);
}

/* Puts the folder that was written in the version's place. */
static gboolean
put_in_place (ShStoreVersion *version,
              const ShFolder *brain,
              const char *temporary,
              GError **error)
{
  /* A version of ours that has been deleted meanwhile comes back. */
  if (version->saved && sh_folder_has (brain, version->number_text))
    return sh_folder_exchange (brain, temporary, version->number_text, error);
  /* Fails if there is such a version, as its folder is not empty. */
  return sh_folder_rename (brain, temporary, version->number_text, error);
}

gboolean
sh_store_version_save (ShStoreVersion *version,
                       const ShBrainInfo *info,
                       const ShProgram *program,
                       const ShConcept *concept,
                       const ShPolicy *policy,
                       GError **error)
{
  g_auto (ShFolder) brain = SH_FOLDER_CLOSED;
  g_auto (ShFolder) old = SH_FOLDER_CLOSED;
  g_auto (ShFolder) folder = SH_FOLDER_CLOSED;
  g_autofree char *temporary = NULL;
  gboolean done;

  g_return_val_if_fail (version != NULL && info != NULL, FALSE);
  g_return_val_if_fail (program != NULL && concept != NULL, FALSE);
  g_return_val_if_fail (policy != NULL, FALSE);
  for (guint i = 0; i < concept->place; i++)
    g_return_val_if_fail (
        version->files[SH_BRAIN_FILE_FIRST_POLICY + i].before != NULL, FALSE);

  done = sh_store_open_brain (version->store, version->name, TRUE, &brain,
                              error) &&
         keep_claim (version, &brain, error) &&
         sh_folder_open_temporary (&folder, &brain, version->number_text,
                                   &temporary, error);
  if (done)
    {
      sh_folder_open (&old, &brain, version->number_text, NULL);
      done = write_files (version, &old, &folder, info, program, concept,
                          policy, error) &&
             put_in_place (version, &brain, temporary, error) &&
             sh_folder_sync (&brain, error);
    }
  /* What is left under that name: nothing, the version before, or a version
   * that could not be finished. */
  if (temporary != NULL)
    sh_folder_remove (&brain, temporary);
  if (!done)
    g_prefix_error (error, "cannot save brain '%s' version %u: ", version->name,
                    version->number);
  version->saved = version->saved || done;
  return done;
}
