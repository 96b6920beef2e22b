/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Values that a user gives to fields of a simulator's config, whatever an
 * engine sends: --set FIELD=VALUE.
 */

#pragma once

#include <glib.h>
#include <simhost/plugin.h>

G_BEGIN_DECLS

typedef struct ShOverrides ShOverrides;

/*
 * From texts "FIELD=VALUE"; NULL or none gives none. The last of several for
 * one field counts. `simulator` must outlive it. Errors: SH_ERROR_USAGE naming
 * the field: unknown (with those that are near), an image or an array, a value
 * of another type, out of range or none of those enumerated.
 */
ShOverrides *sh_overrides_new (const SimhostSimulator *simulator,
                               const char *const *texts,
                               GError **error);
void sh_overrides_free (ShOverrides *overrides);

/* `config` is the config schema's struct; NULL has no overrides. */
void sh_overrides_apply (const ShOverrides *overrides, gpointer config);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShOverrides, sh_overrides_free)

G_END_DECLS
