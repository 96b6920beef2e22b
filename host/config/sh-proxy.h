/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Which http proxy to use. Proxies are asked for a tunnel (CONNECT), for ws and
 * for wss.
 */

#pragma once

#include <gio/gio.h>

#include "sh-setting.h"

G_BEGIN_DECLS

/*
 * Brings an address into the form http://[USER:PASSWORD@]HOST:PORT; one without
 * a scheme is an http one, one without a port has port 80. NULL: it is none.
 * The caller frees it.
 */
char *sh_proxy_normalise (const char *address);

/* Sends every connection through this proxy, given as above; NULL for NULL. GIO
 * asks an http proxy for a tunnel, whatever it is for. */
GProxyResolver *sh_proxy_new_resolver (const char *proxy);

/*
 * The proxy for the engine at `url`. When `setting` has a value that counts; an
 * empty one means no proxy. Otherwise the environment's: https_proxy for https
 * and wss, http_proxy, all_proxy, in this order and in small letters before
 * capitals; unless no_proxy names the host, or it is this machine. The result
 * is stored in `setting`. Errors: SH_ERROR_USAGE for what is no http proxy.
 */
gboolean sh_proxy_resolve (ShSetting *setting, const char *url, GError **error);

G_END_DECLS
