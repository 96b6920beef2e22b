/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * simhost.conf, which says what the daemon keeps running:
 *
 *   [daemon]
 *   metrics=127.0.0.1:9100
 *   [engine]
 *   autostart=true
 *   [session pole]
 *   simulator=cartpole
 *   instances=16
 *
 * The format is GKeyFile's. What is wrong costs a warning, a line with the
 * file's name and the number of the line, and nothing else: the rest of the file
 * counts. What each key means is in simhost.conf(5).
 */

#pragma once

#include "sh-unit-settings.h"

G_BEGIN_DECLS

/* Of these, others are not read. */
#define SH_CONF_FILE_MAX_SESSIONS 1024u
#define SH_CONF_FILE_MAX_WARNINGS 100u

typedef struct
{
  gboolean autostart; /* the daemon's own engine starts with the daemon */
  char *listen; /* "HOST:PORT" of that; NULL: loopback, a free port */
  char *access_key; /* of that, or of the one at `url`; NULL: a new one */
  /* An engine elsewhere, for sessions that name none; NULL: the daemon's own. */
  char *url;
} ShConfEngine;

typedef struct
{
  char *metrics; /* "HOST:PORT" where its numbers can be read; NULL: nowhere */
  guint trainings; /* that may go on at the same time */
  gboolean notifications; /* tell the desktop of what ends, and what fails */
} ShConfDaemon;

typedef struct
{
  char *path;
  GPtrArray *sessions; /* of ShUnitSettings, checked, in the file's order */
  ShConfEngine engine;
  ShConfDaemon daemon;
  GPtrArray *warnings; /* of char *, a line each */
  gboolean unreadable; /* it is there, and nobody knows what it says */
} ShConfFile;

/* $XDG_CONFIG_HOME/simhost/simhost.conf; the caller frees it. */
char *sh_conf_file_get_path (void);

/* Reads it; a file that is not there is an empty one, and one that cannot be
 * read is one with a warning. Never NULL. */
ShConfFile *sh_conf_file_load (const char *path);
/* The same of a text; `path` is for the warnings. */
ShConfFile *sh_conf_file_parse (const char *path, const char *text);
void sh_conf_file_free (ShConfFile *file);

typedef struct ShConfWatch ShConfWatch;

/* Calls `changed` from the main loop when the file has changed, come or gone,
 * and was left alone for SH_CONF_WATCH_SETTLE milliseconds, or is changed all
 * the time, every SH_CONF_WATCH_PATIENCE. It must not free the
 * watch. Thread: the main context in which it was made. */
#define SH_CONF_WATCH_SETTLE 250u
#define SH_CONF_WATCH_PATIENCE 2000u
ShConfWatch *sh_conf_watch_new (const char *path,
                                void (*changed) (gpointer data),
                                gpointer data);
void sh_conf_watch_free (ShConfWatch *watch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShConfFile, sh_conf_file_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShConfWatch, sh_conf_watch_free)

G_END_DECLS
