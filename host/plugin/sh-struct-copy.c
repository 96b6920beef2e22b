/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-struct-copy.h"

#include <string.h>

#include "sh-error.h"

struct ShStructCopy
{
  const SimhostSchema *schema;
  guint8 *data;
  float *pixels; /* of all images, one after the other */
  gsize n_pixels; /* room */
};

ShStructCopy *
sh_struct_copy_new (const SimhostSchema *schema)
{
  ShStructCopy *copy = g_new0 (ShStructCopy, 1);

  copy->schema = schema;
  copy->data = g_malloc0 (MAX (schema->size, 1));
  return copy;
}

void
sh_struct_copy_free (ShStructCopy *copy)
{
  if (copy == NULL)
    return;
  g_free (copy->data);
  g_free (copy->pixels);
  g_free (copy);
}

/* A struct may lie at any address in a plugin's memory. */
static SimhostLuminance
read_image (const ShStructCopy *copy, const SimhostField *field, guint index)
{
  SimhostLuminance image;

  memcpy (&image, copy->data + field->offset + index * sizeof image,
          sizeof image);
  return image;
}

static gsize
count_pixels (const SimhostLuminance *image)
{
  return image->pixels != NULL ? (gsize) image->width * image->height : 0;
}

/* How many pixels all images have; FALSE when those of one are too many. */
static gboolean
measure (const ShStructCopy *copy, gsize *n_pixels, GError **error)
{
  *n_pixels = 0;
  for (guint i = 0; i < copy->schema->n_fields; i++)
    {
      const SimhostField *field = &copy->schema->fields[i];

      if (field->type != SIMHOST_TYPE_LUMINANCE)
        continue;
      for (guint k = 0; k < field->count; k++)
        {
          SimhostLuminance image = read_image (copy, field, k);

          *n_pixels += count_pixels (&image);
          if (*n_pixels <= SH_STRUCT_COPY_MAX_PIXELS / sizeof (float))
            continue;
          g_set_error (error, SH_ERROR, SH_ERROR_LIMIT,
                       "field '%s': the image has %u x %u pixels, more than "
                       "fit a message",
                       field->name, image.width, image.height);
          return FALSE;
        }
    }
  return TRUE;
}

static void
copy_pixels (ShStructCopy *copy)
{
  float *at = copy->pixels;

  for (guint i = 0; i < copy->schema->n_fields; i++)
    {
      const SimhostField *field = &copy->schema->fields[i];

      if (field->type != SIMHOST_TYPE_LUMINANCE)
        continue;
      for (guint k = 0; k < field->count; k++)
        {
          SimhostLuminance image = read_image (copy, field, k);
          gsize n = count_pixels (&image);

          if (n == 0)
            continue;
          memcpy (at, image.pixels, n * sizeof *at);
          image.pixels = at;
          at += n;
          memcpy (copy->data + field->offset + k * sizeof image, &image,
                  sizeof image);
        }
    }
}

gboolean
sh_struct_copy_set (ShStructCopy *copy, gconstpointer from, GError **error)
{
  gsize n_pixels;

  g_return_val_if_fail (copy != NULL && from != NULL, FALSE);

  if (copy->schema->size > 0)
    memcpy (copy->data, from, copy->schema->size);
  if (!measure (copy, &n_pixels, error))
    {
      memset (copy->data, 0, copy->schema->size);
      return FALSE;
    }
  if (n_pixels == 0)
    return TRUE;
  /* The old ones may be what is copied from. */
  if (n_pixels > copy->n_pixels)
    {
      float *old = copy->pixels;

      copy->pixels = g_new (float, n_pixels);
      copy->n_pixels = n_pixels;
      copy_pixels (copy);
      g_free (old);
    }
  else
    copy_pixels (copy);
  return TRUE;
}

gconstpointer
sh_struct_copy_get (const ShStructCopy *copy)
{
  return copy->data;
}
