/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Log lines for people, on stderr, in one of three shapes:
 *
 *   most commands    simhost: train: warning: TEXT
 *   simhost run      [2026-01-31 12:00:00][error] TEXT
 *   a child process  warning: TEXT          its parent puts it into its shape
 *
 * g_warning is domain "error", g_message is domain "info"; these are always
 * shown. Further domains are shown when they were asked for: SH_LOG. A line
 * about a simulator, or by it, begins with the simulator's name. Debug and info
 * lines stay GLib's, and are shown as G_MESSAGES_DEBUG says.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Those of the original library's domains in which there is something to
 * say. */
typedef enum
{
  SH_LOG_NETWORK, /* connections */
  SH_LOG_EVENT, /* episodes and steps */
  SH_LOG_SIMULATOR_WS, /* messages */
  SH_N_LOG_DOMAINS
} ShLogDomain;

/* Bits; set before there are threads. */
extern guint sh_log_domains;

/* Costs next to nothing when the domain is not shown. */
#define SH_LOG(DOMAIN, ...)                                                    \
  G_STMT_START                                                                 \
  {                                                                            \
    if (G_UNLIKELY (sh_log_domains & (1u << (DOMAIN))))                        \
      sh_log_write ((DOMAIN), __VA_ARGS__);                                    \
  }                                                                            \
  G_STMT_END

void sh_log_write (ShLogDomain domain, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

/* These are called once in a process, before there are threads. */

/* `prefix` stands before each line; "" for a process whose parent adds one.
 * It must stay valid. */
void sh_log_init (const char *prefix);
/* Time and domain stand before each line. */
void sh_log_init_timed (void);

/* Shows a domain; names that are not known have no effect. */
void sh_log_enable (const char *domain);
void sh_log_enable_all (void);
/* The names of those that are shown, NULL-terminated; freed by the caller. */
char **sh_log_get_enabled (void);
/* Shows warnings only. */
void sh_log_mute (void);

/* Takes "[network] TEXT" apart, as a child process writes it: where the text
 * begins, or NULL when the line begins with no domain that is shown. */
const char *sh_log_parse (const char *line, ShLogDomain *domain);

G_END_DECLS
