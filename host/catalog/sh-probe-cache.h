/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What probes have found, from one call of simhost to the next. A cache that
 * cannot be read or makes no sense is as good as none.
 */

#pragma once

#include <glib.h>
#include <sys/stat.h>

#include "sh-catalog.h"

G_BEGIN_DECLS

typedef struct ShProbeCache ShProbeCache;

/* Reads $XDG_CACHE_HOME/simhost/plugins.json. Never NULL. */
ShProbeCache *sh_probe_cache_load (void);

/* What is known of the file as `info` (of fstat) shows it; NULL: nothing. The
 * caller unrefs it. */
ShPluginInfo *sh_probe_cache_find (ShProbeCache *cache,
                                   const char *path,
                                   const struct stat *info);

/* `answer`: as ShProbeDone gives it. `seconds`: how long it is to be believed,
 * 0 for as long as the file stays as it is. */
void sh_probe_cache_add (ShProbeCache *cache,
                         const char *path,
                         const struct stat *info,
                         const char *answer,
                         guint seconds);

/* Adds what a probe has found, or removes what was known before if that is not
 * to be believed: the file is no longer what it was `before` the probe, or the
 * failure may pass. The arguments after `before` are those of ShProbeDone. FALSE:
 * the file has changed. */
gboolean sh_probe_cache_keep (ShProbeCache *cache,
                              const struct stat *before,
                              const ShPluginInfo *info,
                              const char *answer,
                              gboolean died);

/* The same file with the same contents, as far as its times and size tell. */
gboolean sh_probe_cache_is_same_file (const struct stat *a,
                                      const struct stat *b);

void sh_probe_cache_remove (ShProbeCache *cache, const char *path);

/* Writes the file, if anything was added or removed, without the files that are
 * gone. That it cannot be written is only logged. */
void sh_probe_cache_save (ShProbeCache *cache);

void sh_probe_cache_free (ShProbeCache *cache);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShProbeCache, sh_probe_cache_free)

G_END_DECLS
