/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-camera.h"

#include <errno.h>
#include <unistd.h>

#include "sh-error.h"
#include "sh-picture-header.h"

struct ShCamera
{
  SimhostRender render;
  SimhostFrame frame; /* its pixels are owned */
  guint32 step;
  int fd;
};

static gboolean
is_side (guint asked, guint32 min, guint32 max)
{
  return asked >= min && asked <= max;
}

ShCamera *
sh_camera_new (const SimhostSimulator *simulator,
               ShCallSlot *slot,
               guint width,
               guint height,
               int fd,
               GError **error)
{
  SimhostRender render;
  ShCamera *camera;

  if (!sh_extension_get_render (simulator, slot, &render, error))
    return NULL;
  width = width != 0 ? width : render.width;
  height = height != 0 ? height : render.height;
  if (!is_side (width, render.min_width, render.max_width) ||
      !is_side (height, render.min_height, render.max_height))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "simulator '%s' draws pictures from %ux%u to %ux%u, not "
                   "%ux%u",
                   simulator->name, render.min_width, render.min_height,
                   render.max_width, render.max_height, width, height);
      return NULL;
    }
  camera = g_new0 (ShCamera, 1);
  camera->render = render;
  camera->fd = fd;
  camera->frame = (SimhostFrame){
    .struct_size = sizeof (SimhostFrame),
    .width = width,
    .height = height,
    .stride = width * 4,
    .pixels = g_malloc0 ((gsize) width * height * 4 + SH_INSTANCE_FRAME_GUARD),
  };
  return camera;
}

void
sh_camera_free (ShCamera *camera)
{
  if (camera == NULL)
    return;
  g_free (camera->frame.pixels);
  g_free (camera);
}

static gboolean
write_all (int fd, gconstpointer data, gsize size, GError **error)
{
  const guint8 *bytes = data;

  while (size > 0)
    {
      gssize n = write (fd, bytes, size);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          g_set_error (error, SH_ERROR, SH_ERROR_FAILED,
                       "a picture could not be handed on: %s",
                       g_strerror (errno));
          return FALSE;
        }
      bytes += n;
      size -= (gsize) n;
    }
  return TRUE;
}

static gboolean
on_observed (ShInstance *instance, gpointer data, GError **error)
{
  ShCamera *camera = data;
  const SimhostFrame *frame = &camera->frame;
  ShPictureHeader header;

  camera->step = sh_instance_is_first (instance) ? 0 : camera->step + 1;
  header = (ShPictureHeader){
    .magic = SH_PICTURE_MAGIC,
    .width = frame->width,
    .height = frame->height,
    .step = camera->step,
    .step_time = camera->render.step_time,
  };
  return sh_instance_render (instance, &camera->render, frame, error) &&
         write_all (camera->fd, &header, sizeof header, error) &&
         write_all (camera->fd, frame->pixels,
                    (gsize) frame->stride * frame->height, error);
}

void
sh_camera_watch (ShCamera *camera, ShInstance *instance)
{
  sh_instance_set_observed (instance, on_observed, camera);
}
