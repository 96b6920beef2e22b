/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Where an engine is, who we are there, and how patient to be.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SH_LINK_DEFAULT_URL "http://127.0.0.1:8010"
#define SH_LINK_DEFAULT_USERNAME "local"
#define SH_LINK_DEFAULT_RETRY_TIMEOUT 300
#define SH_LINK_DEFAULT_NETWORK_TIMEOUT 60

typedef struct
{
  char *url; /* http, https, ws or wss; its path has no effect */
  char *username;
  char *brain;
  char *access_key;
  char *proxy; /* "http://[USER:PASSWORD@]HOST:PORT"; NULL: none */
  gboolean own; /* the engine is the user's own command: that connections come
                 * and go is told at debug level only */
  gboolean predict;
  guint version; /* of the brain, to predict with; 0: the latest */
  gboolean await_brain; /* one that the engine does not have is no reason to
                         end: it is asked for again */
  int retry_timeout; /* seconds; SH_RETRY_NEVER, SH_RETRY_FOREVER */
  guint network_timeout; /* seconds that connecting may take */
  guint pulse; /* milliseconds between signs of life; 0: SH_LINK_PULSE */
} ShLinkSettings;

/* The defaults; no brain and no key. */
void sh_link_settings_init (ShLinkSettings *settings);
void sh_link_settings_clear (ShLinkSettings *settings);

/*
 * The address of the websocket: ws://HOST/v1/USER/BRAIN/sims/ws to train, and
 * ws://HOST/v1/USER/BRAIN/VERSION/predictions/ws to predict, VERSION being a
 * number or "latest". Errors: SH_ERROR_USAGE naming the flag that is missing
 * or wrong.
 */
GUri *sh_link_settings_build_uri (const ShLinkSettings *settings,
                                  GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ShLinkSettings, sh_link_settings_clear)

G_END_DECLS
