/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a worker is told by the process that starts it: a struct on both sides,
 * arguments of `simhost worker` between them. The access key and the proxy are
 * not among these, since everybody can read a process's arguments: they travel
 * in the environment.
 */

#pragma once

#include "sh-child.h"
#include "sh-link-settings.h"

G_BEGIN_DECLS

/* The environment variable with the access key. */
#define SH_ACCESS_KEY_VARIABLE "SIMHOST_ACCESS_KEY"
/* The same with the proxy, which may have a password. */
#define SH_PROXY_VARIABLE "SIMHOST_PROXY"
#define SH_WORKER_MAX_INSTANCES 1024u

typedef struct
{
  char *file; /* of the plugin */
  char *simulator; /* in that file */
  char *name; /* to register under; NULL: the simulator's */
  char *record; /* the file of the record; NULL: none */
  char **set; /* "FIELD=VALUE", for every episode's config; NULL: none */
  char **log; /* domains to be shown; NULL: none */
  gboolean strict;
  gboolean render; /* one instance's states are drawn */
  guint frame_width, frame_height; /* 0: as the simulator prefers */
  int frame_fd; /* where frames go; not owned, and no argument; -1: none */
  ShChildLimits limits; /* no argument */
  ShLinkSettings link;
  guint n_instances;
  guint64 seed; /* of the run */
  /* Episodes of each instance that are over already: their seeds are used. */
  guint64 first_episode;
} ShWorkerOptions;

/* One instance, seed 0. */
void sh_worker_options_init (ShWorkerOptions *options);
void sh_worker_options_clear (ShWorkerOptions *options);

/* The arguments that say all of this but key and proxy; they follow
 * "worker". */
char **sh_worker_options_to_arguments (const ShWorkerOptions *options);

/* Reads them back; argv[0] is skipped. `options` was initialised. Key and
 * proxy are taken from the environment and wiped there, so that a plugin does
 * not see them. Errors: SH_ERROR_USAGE. */
gboolean sh_worker_options_parse (ShWorkerOptions *options,
                                  int argc,
                                  char **argv,
                                  GError **error);

/* Key and proxy as variables of the worker's environment, see ShChildSetup. The
 * caller frees them. */
char **sh_worker_options_to_variables (const ShWorkerOptions *options);

/* Moves a text out of a place that others can read: its copy, or NULL. */
char *sh_take_secret (char *text);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ShWorkerOptions, sh_worker_options_clear)

G_END_DECLS
