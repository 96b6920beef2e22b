/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * An SQLite file that several processes use at once: write-ahead log, a bounded
 * wait for others, statements kept, a schema with a version.
 *
 * Errors are SH_ERROR: CORRUPT when the file is damaged or of a newer version,
 * TIMEOUT when others kept it to themselves for too long, FAILED otherwise; each
 * names the file. One thread.
 */

#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/* Milliseconds to wait for another process; and for whom nobody else waits: the
 * disk may keep the other one waiting. */
#define SH_DATABASE_PATIENCE 2000u
#define SH_DATABASE_LONG_PATIENCE 15000u

typedef struct ShDatabase ShDatabase;

/*
 * Opens the file; makes it, and its folder, if `create`, and waits for long for
 * others that do. A missing file is else NULL without an error. `migrations[i]`
 * is SQL that takes the schema from version i to i + 1, up to NULL.
 */
ShDatabase *sh_database_open (const char *path,
                              gboolean create,
                              const char *const *migrations,
                              GError **error);
void sh_database_free (ShDatabase *database);

/* How long statements wait for another process from now on; at first
 * SH_DATABASE_PATIENCE. */
void sh_database_set_patience (ShDatabase *database, guint milliseconds);
guint sh_database_get_patience (const ShDatabase *database);

/*
 * Runs a statement that gives no rows. `types` has a letter for each of its
 * parameters, in order: t text (const char *, may be NULL), i gint64, d double
 * (NaN is NULL), b GBytes *. The statement is prepared once.
 */
gboolean sh_database_run (ShDatabase *database,
                          GError **error,
                          const char *sql,
                          const char *types,
                          ...);

/* Rows changed by the last statement, and the id of the last row inserted. */
guint sh_database_get_n_changes (ShDatabase *database);
gint64 sh_database_get_last_id (ShDatabase *database);

/* Calls `func` with each row; it stops when FALSE is returned. */
typedef gboolean (*ShDatabaseFunc) (sqlite3_stmt *row, gpointer data);
gboolean sh_database_query (ShDatabase *database,
                            ShDatabaseFunc func,
                            gpointer data,
                            GError **error,
                            const char *sql,
                            const char *types,
                            ...);

/* A new text: "" for NULL, and UTF-8 whatever is in the file. */
char *sh_database_dup_text (sqlite3_stmt *row, int column);
/* NaN for NULL. */
double sh_database_get_double (sqlite3_stmt *row, int column);

/* Statements between begin and commit are done all or not at all; an abandoned
 * one is rolled back. Not nested. */
gboolean sh_database_begin (ShDatabase *database, GError **error);
gboolean sh_database_commit (ShDatabase *database, GError **error);
void sh_database_rollback (ShDatabase *database);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShDatabase, sh_database_free)

G_END_DECLS
