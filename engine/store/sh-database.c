/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * ShDatabase: SQLite with our manners.
 */

#include "sh-database.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdarg.h>

#include "sh-error.h"

/* Microseconds between two tries while others make the file. */
#define TRY_INTERVAL 10000u

struct ShDatabase
{
  sqlite3 *handle;
  char *path;
  GHashTable *statements; /* SQL: sqlite3_stmt */
  guint patience; /* milliseconds */
};

static void
finalize (gpointer statement)
{
  sqlite3_finalize (statement);
}

static gboolean
fail (const char *path, int code, const char *text, GError **error)
{
  switch (code & 0xff)
    {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
      g_set_error (error, SH_ERROR, SH_ERROR_CORRUPT,
                   "%s is damaged (%s); move it away: the brains themselves "
                   "are not in it",
                   path, text);
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      g_set_error (error, SH_ERROR, SH_ERROR_TIMEOUT,
                   "%s is kept busy by another process", path);
      break;
    default:
      g_set_error (error, SH_ERROR, SH_ERROR_FAILED, "%s: %s", path, text);
      break;
    }
  return FALSE;
}

static gboolean
fail_here (ShDatabase *self, GError **error)
{
  return fail (self->path, sqlite3_errcode (self->handle),
               sqlite3_errmsg (self->handle), error);
}

/* Statements. */

static sqlite3_stmt *
prepare (ShDatabase *self, const char *sql, GError **error)
{
  sqlite3_stmt *statement = g_hash_table_lookup (self->statements, sql);

  if (statement != NULL)
    return statement;
  if (sqlite3_prepare_v3 (self->handle, sql, -1, SQLITE_PREPARE_PERSISTENT,
                          &statement, NULL) != SQLITE_OK)
    {
      fail_here (self, error);
      return NULL;
    }
  g_hash_table_insert (self->statements, g_strdup (sql), statement);
  return statement;
}

static void
bind (sqlite3_stmt *statement, const char *types, va_list args)
{
  for (int i = 0; types[i] != '\0'; i++)
    {
      double number;
      GBytes *bytes;
      gsize size;
      gconstpointer data;

      switch (types[i])
        {
        case 't':
          sqlite3_bind_text (statement, i + 1, va_arg (args, const char *), -1,
                             SQLITE_TRANSIENT);
          break;
        case 'i':
          sqlite3_bind_int64 (statement, i + 1, va_arg (args, gint64));
          break;
        case 'd':
          number = va_arg (args, double);
          if (isnan (number))
            sqlite3_bind_null (statement, i + 1);
          else
            sqlite3_bind_double (statement, i + 1, number);
          break;
        case 'b':
          bytes = va_arg (args, GBytes *);
          data = g_bytes_get_data (bytes, &size);
          sqlite3_bind_blob64 (statement, i + 1, data != NULL ? data : "", size,
                               SQLITE_TRANSIENT);
          break;
        default:
          g_assert_not_reached ();
        }
    }
}

static gboolean
step_all (ShDatabase *self,
          sqlite3_stmt *statement,
          ShDatabaseFunc func,
          gpointer data,
          GError **error)
{
  int code;
  gboolean done;

  while ((code = sqlite3_step (statement)) == SQLITE_ROW)
    if (func == NULL || !func (statement, data))
      {
        code = SQLITE_DONE;
        break;
      }
  done = code == SQLITE_DONE || fail_here (self, error);
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  return done;
}

static gboolean
run (ShDatabase *self,
     ShDatabaseFunc func,
     gpointer data,
     GError **error,
     const char *sql,
     const char *types,
     va_list args)
{
  sqlite3_stmt *statement = prepare (self, sql, error);

  if (statement == NULL)
    return FALSE;
  bind (statement, types, args);
  return step_all (self, statement, func, data, error);
}

gboolean
sh_database_run (ShDatabase *self,
                 GError **error,
                 const char *sql,
                 const char *types,
                 ...)
{
  va_list args;
  gboolean done;

  va_start (args, types);
  done = run (self, NULL, NULL, error, sql, types, args);
  va_end (args);
  return done;
}

gboolean
sh_database_query (ShDatabase *self,
                   ShDatabaseFunc func,
                   gpointer data,
                   GError **error,
                   const char *sql,
                   const char *types,
                   ...)
{
  va_list args;
  gboolean done;

  va_start (args, types);
  done = run (self, func, data, error, sql, types, args);
  va_end (args);
  return done;
}

void
sh_database_set_patience (ShDatabase *self, guint milliseconds)
{
  self->patience = milliseconds;
  sqlite3_busy_timeout (self->handle, (int) milliseconds);
}

guint
sh_database_get_patience (const ShDatabase *self)
{
  return self->patience;
}

guint
sh_database_get_n_changes (ShDatabase *self)
{
  return (guint) sqlite3_changes (self->handle);
}

gint64
sh_database_get_last_id (ShDatabase *self)
{
  return sqlite3_last_insert_rowid (self->handle);
}

char *
sh_database_dup_text (sqlite3_stmt *row, int column)
{
  const char *text = (const char *) sqlite3_column_text (row, column);

  return g_utf8_make_valid (text != NULL ? text : "", -1);
}

double
sh_database_get_double (sqlite3_stmt *row, int column)
{
  return sqlite3_column_type (row, column) == SQLITE_NULL
             ? NAN
             : sqlite3_column_double (row, column);
}

gboolean
sh_database_begin (ShDatabase *self, GError **error)
{
  return sh_database_run (self, error, "BEGIN IMMEDIATE", "");
}

gboolean
sh_database_commit (ShDatabase *self, GError **error)
{
  if (sh_database_run (self, error, "COMMIT", ""))
    return TRUE;
  sh_database_rollback (self);
  return FALSE;
}

void
sh_database_rollback (ShDatabase *self)
{
  if (!sqlite3_get_autocommit (self->handle))
    sh_database_run (self, NULL, "ROLLBACK", "");
}

/* Opening. */

static gboolean
read_int (sqlite3_stmt *row, gpointer data)
{
  *(gint64 *) data = sqlite3_column_int64 (row, 0);
  return FALSE;
}

/* Another process may be about the same. */
static gboolean
migrate (ShDatabase *self, const char *const *migrations, GError **error)
{
  gint64 version = 0, known = 0;

  while (migrations[known] != NULL)
    known++;
  if (!sh_database_query (self, read_int, &version, error,
                          "PRAGMA user_version", ""))
    return FALSE;
  if (version == known)
    return TRUE;
  if (version > known)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_CORRUPT,
                   "%s is that of a newer Simhost (version %" G_GINT64_FORMAT
                   "; this one knows %" G_GINT64_FORMAT ")",
                   self->path, version, known);
      return FALSE;
    }
  if (!sh_database_begin (self, error))
    return FALSE;
  if (!sh_database_query (self, read_int, &version, error,
                          "PRAGMA user_version", ""))
    {
      sh_database_rollback (self);
      return FALSE;
    }
  for (; version < known; version++)
    {
      g_autofree char *pragma = g_strdup_printf (
          "PRAGMA user_version = %" G_GINT64_FORMAT, version + 1);

      if (sqlite3_exec (self->handle, migrations[version], NULL, NULL, NULL) !=
              SQLITE_OK ||
          sqlite3_exec (self->handle, pragma, NULL, NULL, NULL) != SQLITE_OK)
        {
          fail_here (self, error);
          sh_database_rollback (self);
          return FALSE;
        }
    }
  return sh_database_commit (self, error);
}

static gboolean
open_file (ShDatabase *self, gboolean create, GError **error)
{
  const guint patience =
      create ? SH_DATABASE_LONG_PATIENCE : SH_DATABASE_PATIENCE;
  const gint64 deadline =
      g_get_monotonic_time () + patience * G_TIME_SPAN_MILLISECOND;
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
  int code = sqlite3_open_v2 (self->path, &self->handle,
                              flags | (create ? SQLITE_OPEN_CREATE : 0), NULL);

  if (code != SQLITE_OK)
    return fail (self->path, code,
                 self->handle != NULL ? sqlite3_errmsg (self->handle)
                                      : sqlite3_errstr (code),
                 error);
  sh_database_set_patience (self, patience);
  /* NORMAL: a commit survives the end of the process at any moment; the last
   * ones may be undone when the machine loses power. A change of the mode does
   * not wait for others by itself. */
  while ((code = sqlite3_exec (
              self->handle,
              "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
              "PRAGMA foreign_keys = ON;",
              NULL, NULL, NULL)) == SQLITE_BUSY &&
         g_get_monotonic_time () < deadline)
    g_usleep (TRY_INTERVAL);
  return code == SQLITE_OK || fail_here (self, error);
}

ShDatabase *
sh_database_open (const char *path,
                  gboolean create,
                  const char *const *migrations,
                  GError **error)
{
  g_autoptr (ShDatabase) self = NULL;
  g_autofree char *folder = g_path_get_dirname (path);

  g_return_val_if_fail (migrations != NULL, NULL);

  if (create && g_mkdir_with_parents (folder, 0700) != 0)
    {
      int code = errno;

      g_set_error (error, SH_ERROR, SH_ERROR_FAILED,
                   "cannot make the folder %s: %s", folder, g_strerror (code));
      return NULL;
    }
  if (!create && g_access (path, F_OK) != 0)
    return NULL;
  self = g_new0 (ShDatabase, 1);
  self->path = g_strdup (path);
  self->statements =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, finalize);
  if (!open_file (self, create, error) || !migrate (self, migrations, error))
    return NULL;
  sh_database_set_patience (self, SH_DATABASE_PATIENCE);
  return g_steal_pointer (&self);
}

void
sh_database_free (ShDatabase *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->statements);
  sqlite3_close (self->handle);
  g_free (self->path);
  g_free (self);
}
