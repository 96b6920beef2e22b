/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The worker's end of pictures: draws every state that an instance gives and
 * writes the frame to a descriptor. It is written before the state is sent to
 * the engine, so that whoever has the state can have the frame.
 *
 * Thread: that of the instance.
 */

#pragma once

#include "sh-extension.h"
#include "sh-instance.h"

G_BEGIN_DECLS

typedef struct ShCamera ShCamera;

/*
 * `width` and `height`: 0 for what the simulator prefers. `fd`, a blocking one,
 * is not owned. Errors: those of sh_extension_get_render; SH_ERROR_USAGE for a
 * size that the simulator does not draw.
 */
ShCamera *sh_camera_new (const SimhostSimulator *simulator,
                         ShCallSlot *slot,
                         guint width,
                         guint height,
                         int fd,
                         GError **error);

/* One instance; the camera must outlive it. A frame that cannot be written is
 * SH_ERROR_FAILED from sh_instance_observe. */
void sh_camera_watch (ShCamera *camera, ShInstance *instance);

void sh_camera_free (ShCamera *camera);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShCamera, sh_camera_free)

G_END_DECLS
