/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The schema, brains and projects.
 */

#include "sh-history.h"

#include "sh-error.h"

#define FILE_NAME "history.db"

struct ShHistory
{
  ShDatabase *database;
};

static const char *const migrations[] = {
  "CREATE TABLE brain ("
  "  id INTEGER PRIMARY KEY,"
  "  key TEXT NOT NULL UNIQUE," /* the name in lower case */
  "  name TEXT NOT NULL,"
  "  description TEXT NOT NULL DEFAULT '',"
  "  created INTEGER NOT NULL,"
  "  modified INTEGER NOT NULL,"
  "  deleted INTEGER NOT NULL DEFAULT 0,"
  "  project INTEGER NOT NULL DEFAULT 0," /* created, not just trained */
  "  loaded INTEGER NOT NULL DEFAULT 0);"
  "CREATE TABLE file ("
  "  brain INTEGER NOT NULL REFERENCES brain ON DELETE CASCADE,"
  "  path TEXT NOT NULL,"
  "  content BLOB NOT NULL,"
  "  PRIMARY KEY (brain, path)) WITHOUT ROWID;"
  "CREATE TABLE run ("
  "  id INTEGER PRIMARY KEY,"
  "  brain INTEGER NOT NULL REFERENCES brain ON DELETE CASCADE,"
  "  version INTEGER NOT NULL,"
  "  concept TEXT NOT NULL,"
  "  algorithm TEXT NOT NULL,"
  "  simulator TEXT NOT NULL,"
  "  seed TEXT NOT NULL," /* 64 bits without a sign */
  "  started INTEGER NOT NULL,"
  "  ended INTEGER NOT NULL DEFAULT 0,"
  "  reason TEXT NOT NULL DEFAULT 'none',"
  "  iterations INTEGER NOT NULL DEFAULT 0,"
  "  episodes INTEGER NOT NULL DEFAULT 0,"
  "  served INTEGER NOT NULL DEFAULT 0);"
  "CREATE INDEX run_of_brain ON run (brain, version);"
  "CREATE TABLE lesson ("
  "  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
  "  number INTEGER NOT NULL,"
  "  name TEXT NOT NULL,"
  "  first_iteration INTEGER NOT NULL,"
  "  last_iteration INTEGER NOT NULL,"
  "  reason TEXT NOT NULL DEFAULT '',"
  "  PRIMARY KEY (run, number)) WITHOUT ROWID;"
  "CREATE TABLE point ("
  "  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
  "  metric INTEGER NOT NULL,"
  "  number INTEGER NOT NULL,"
  "  episode INTEGER NOT NULL,"
  "  iteration INTEGER NOT NULL,"
  "  lesson TEXT NOT NULL,"
  "  value REAL,"
  "  time INTEGER NOT NULL,"
  "  PRIMARY KEY (run, metric, number)) WITHOUT ROWID;",
  NULL,
};

ShHistory *
sh_history_open (const ShStore *store, gboolean create, GError **error)
{
  g_autofree char *home = g_path_get_dirname (sh_store_get_folder (store));
  g_autofree char *path = g_build_filename (home, FILE_NAME, NULL);
  ShDatabase *database = sh_database_open (path, create, migrations, error);
  ShHistory *self;

  if (database == NULL)
    return NULL;
  self = g_new0 (ShHistory, 1);
  self->database = database;
  return self;
}

void
sh_history_free (ShHistory *self)
{
  if (self == NULL)
    return;
  sh_database_free (self->database);
  g_free (self);
}

ShDatabase *
sh_history_get_database (ShHistory *self)
{
  return self->database;
}

static char *
get_key (const char *name)
{
  return g_ascii_strdown (name, -1);
}

static gint64
get_now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

/* Brains. */

void
sh_history_brain_free (ShHistoryBrain *brain)
{
  if (brain == NULL)
    return;
  g_free (brain->name);
  g_free (brain->description);
  g_free (brain);
}

#define BRAIN_COLUMNS                                                          \
  "name, description, created, modified, deleted, loaded, project"

static ShHistoryBrain *
read_brain (sqlite3_stmt *row)
{
  ShHistoryBrain *brain = g_new0 (ShHistoryBrain, 1);

  brain->name = sh_database_dup_text (row, 0);
  brain->description = sh_database_dup_text (row, 1);
  brain->created = sqlite3_column_int64 (row, 2);
  brain->modified = sqlite3_column_int64 (row, 3);
  brain->deleted = sqlite3_column_int64 (row, 4);
  brain->loaded = sqlite3_column_int (row, 5) != 0;
  brain->has_project = sqlite3_column_int (row, 6) != 0;
  return brain;
}

static gboolean
take_brain (sqlite3_stmt *row, gpointer data)
{
  *(ShHistoryBrain **) data = read_brain (row);
  return FALSE;
}

static gboolean
add_brain (sqlite3_stmt *row, gpointer data)
{
  g_ptr_array_add (data, read_brain (row));
  return TRUE;
}

ShHistoryBrain *
sh_history_get_brain (ShHistory *self, const char *name, GError **error)
{
  g_autofree char *key = get_key (name);
  ShHistoryBrain *brain = NULL;

  sh_database_query (self->database, take_brain, &brain, error,
                     "SELECT " BRAIN_COLUMNS " FROM brain WHERE key = ?", "t",
                     key);
  return brain;
}

GPtrArray *
sh_history_list_brains (ShHistory *self, GError **error)
{
  g_autoptr (GPtrArray) brains =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_history_brain_free);

  if (!sh_database_query (
          self->database, add_brain, brains, error,
          "SELECT " BRAIN_COLUMNS
          " FROM brain WHERE project AND deleted = 0 ORDER BY key",
          ""))
    return NULL;
  return g_steal_pointer (&brains);
}

gboolean
sh_history_create_brain (ShHistory *self,
                         const char *name,
                         const char *description,
                         GError **error)
{
  g_autofree char *key = get_key (name);
  g_autoptr (ShHistoryBrain) old = NULL;

  if (!sh_database_run (self->database, error,
                        "INSERT INTO brain (key, name, description, created, "
                        "modified, project) VALUES (?1, ?2, ?3, ?4, ?5, 1) ON "
                        "CONFLICT (key) DO UPDATE SET name = ?2, description = "
                        "?3, created = ?4, modified = ?5, project = 1 WHERE "
                        "deleted = 0 AND project = 0",
                        "tttii", key, name, description, get_now (),
                        get_now ()))
    return FALSE;
  if (sh_database_get_n_changes (self->database) > 0)
    return TRUE;
  old = sh_history_get_brain (self, name, NULL);
  g_set_error (error, SH_ERROR, SH_ERROR_REFUSED,
               old != NULL && old->deleted != 0
                   ? "there was a brain '%s', and the name of a deleted brain "
                     "cannot be used again"
                   : "there is a brain '%s' already",
               name);
  return FALSE;
}

/* The brain has a row, and the row no files. */
static gboolean
know_without_files (ShDatabase *database,
                    const char *key,
                    const char *name,
                    GError **error)
{
  return sh_database_run (database, error,
                          "INSERT OR IGNORE INTO brain (key, name, created, "
                          "modified) VALUES (?, ?, ?, ?)",
                          "ttii", key, name, get_now (), get_now ()) &&
         sh_database_run (database, error,
                          "DELETE FROM file WHERE brain = "
                          "(SELECT id FROM brain WHERE key = ?)",
                          "t", key);
}

gboolean
sh_history_delete_brain (ShHistory *self, const char *name, GError **error)
{
  g_autofree char *key = get_key (name);
  ShDatabase *database = self->database;

  if (!sh_database_begin (database, error))
    return FALSE;
  if (know_without_files (database, key, name, error) &&
      sh_database_run (database, error,
                       "DELETE FROM run WHERE brain = "
                       "(SELECT id FROM brain WHERE key = ?)",
                       "t", key) &&
      sh_database_run (database, error,
                       "UPDATE brain SET deleted = ?, loaded = 0, project = 0, "
                       "description = '' WHERE key = ?",
                       "it", get_now (), key))
    return sh_database_commit (database, error);
  sh_database_rollback (database);
  return FALSE;
}

/* Projects. */

ShProjectFile *
sh_project_file_new (const char *path, GBytes *content)
{
  ShProjectFile *file = g_new0 (ShProjectFile, 1);

  file->path = g_strdup (path);
  file->content = g_bytes_ref (content);
  return file;
}

void
sh_project_file_free (ShProjectFile *file)
{
  if (file == NULL)
    return;
  g_free (file->path);
  g_bytes_unref (file->content);
  g_free (file);
}

static gboolean
add_file (sqlite3_stmt *row, gpointer data)
{
  g_autoptr (GBytes) content = g_bytes_new (
      sqlite3_column_blob (row, 1), (gsize) sqlite3_column_bytes (row, 1));
  g_autofree char *path = sh_database_dup_text (row, 0);

  g_ptr_array_add (data, sh_project_file_new (path, content));
  return TRUE;
}

GPtrArray *
sh_history_get_files (ShHistory *self, const char *name, GError **error)
{
  g_autofree char *key = get_key (name);
  g_autoptr (GPtrArray) files =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_project_file_free);

  if (!sh_database_query (self->database, add_file, files, error,
                          "SELECT path, content FROM file WHERE brain = "
                          "(SELECT id FROM brain WHERE key = ?) ORDER BY path",
                          "t", key))
    return NULL;
  return g_steal_pointer (&files);
}

static gboolean
insert_files (ShDatabase *database,
              const char *key,
              const GPtrArray *files,
              GError **error)
{
  for (guint i = 0; i < files->len; i++)
    {
      const ShProjectFile *file = files->pdata[i];

      if (!sh_database_run (
              database, error,
              "INSERT OR REPLACE INTO file (brain, path, content) VALUES "
              "((SELECT id FROM brain WHERE key = ?), ?, ?)",
              "ttb", key, file->path, file->content))
        return FALSE;
    }
  return TRUE;
}

gboolean
sh_history_set_files (ShHistory *self,
                      const char *name,
                      const GPtrArray *files,
                      gboolean loaded,
                      GError **error)
{
  g_autofree char *key = get_key (name);
  ShDatabase *database = self->database;

  if (!sh_database_begin (database, error))
    return FALSE;
  if (know_without_files (database, key, name, error) &&
      insert_files (database, key, files, error) &&
      sh_database_run (
          database, error,
          "UPDATE brain SET modified = ?, loaded = ?, project = 1, "
          "deleted = 0 WHERE key = ?",
          "iit", get_now (), (gint64) loaded, key))
    return sh_database_commit (database, error);
  sh_database_rollback (database);
  return FALSE;
}
