/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The sub-commands of `simhost`, one file each. A command gets its own
 * arguments, argv[0] being its name, and returns the process's exit status:
 * SH_EXIT_DONE, SH_EXIT_FAILED, SH_EXIT_USAGE.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SH_EXIT_DONE 0
#define SH_EXIT_FAILED 1
#define SH_EXIT_USAGE 2

int sh_cmd_list (int argc, char **argv);
int sh_cmd_inspect (int argc, char **argv);
int sh_cmd_new (int argc, char **argv);
int sh_cmd_check (int argc, char **argv);
int sh_cmd_check_one (int argc, char **argv);
int sh_cmd_probe (int argc, char **argv);
int sh_cmd_run (int argc, char **argv);
int sh_cmd_worker (int argc, char **argv);
int sh_cmd_muscle (int argc, char **argv);
int sh_cmd_train (int argc, char **argv);
int sh_cmd_predict (int argc, char **argv);
int sh_cmd_serve (int argc, char **argv);
int sh_cmd_brain (int argc, char **argv);
int sh_cmd_daemon (int argc, char **argv);
int sh_cmd_start (int argc, char **argv);
int sh_cmd_stop (int argc, char **argv);
int sh_cmd_restart (int argc, char **argv);
int sh_cmd_status (int argc, char **argv);
int sh_cmd_logs (int argc, char **argv);

/* A whole number in decimal: what the arg_data of an entry with
 * G_OPTION_ARG_INT points to. `value` stays as it is unless it is given. */
typedef struct
{
  int least, most;
  int value;
  gboolean is_given;
} ShCmdNumber;

#define SH_CMD_NUMBER(least, most, value)                                      \
  {                                                                            \
    (least), (most), (value), FALSE                                            \
  }

/* Parses flags with GOption; on --help or a wrong flag *status is set and FALSE
 * returned, the text having been printed. What follows "--" is no flag; that
 * itself is taken out. `summary` ends in a full stop. */
gboolean sh_cmd_parse (int *argc,
                       char ***argv,
                       const GOptionEntry *entries,
                       const char *parameters,
                       const char *summary,
                       int *status);

/* Reads a --seed, or takes one at random when `text` is NULL. Errors:
 * SH_ERROR_USAGE. */
gboolean sh_cmd_read_seed (const char *text, guint64 *seed, GError **error);

/* Reads "NAME" or "NAME:VERSION"; *version stays as it is without one. Errors:
 * SH_ERROR_USAGE, also when *version was not 0. */
gboolean sh_cmd_read_brain (const char *text,
                            char **name,
                            guint *version,
                            GError **error);

/* Reads a whole file of at most `max` bytes, no pipe and no device; a NUL
 * follows. *size: in bytes. Errors: one that names `path`; SH_ERROR_LIMIT. */
char *
sh_cmd_read_file (const char *path, gsize max, gsize *size, GError **error);

/* Writes a whole file: beside `path` and renamed, so that what was there stays
 * if it fails; a pipe or a device always does. Errors: one that names `path`. */
gboolean sh_cmd_write_file (const char *path,
                            gconstpointer data,
                            gsize size,
                            GError **error);

/* Everybody can read the arguments of a process: the value of --accesskey is
 * replaced by a copy, which is returned; g_free it. */
char *sh_cmd_hide_key (int argc, char **argv);

/* "simhost: run: no simulator named 'lift'; ..." on stderr, and the exit status
 * that fits the error: 2 for SH_ERROR_USAGE, else 1. */
int sh_cmd_fail (const char *command, const GError *error);
int sh_cmd_usage (const char *command, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

G_END_DECLS
