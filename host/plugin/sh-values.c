/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-values.h"

#include <string.h>

#include "sh-error.h"

struct ShValues
{
  const SimhostSchema *schema;
  guint8 *data;
  float *pixels; /* of all images, one after the other */
  gsize n_pixels; /* room */
};

ShValues *
sh_values_new (const SimhostSchema *schema)
{
  ShValues *values = g_new0 (ShValues, 1);

  values->schema = schema;
  values->data = g_malloc0 (MAX (schema->size, 1));
  return values;
}

void
sh_values_free (ShValues *values)
{
  if (values == NULL)
    return;
  g_free (values->data);
  g_free (values->pixels);
  g_free (values);
}

/* A struct may lie at any address in a plugin's memory. */
static SimhostLuminance
read_image (const ShValues *values, const SimhostField *field, guint index)
{
  SimhostLuminance image;

  memcpy (&image, values->data + field->offset + index * sizeof image,
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
measure (const ShValues *values, gsize *n_pixels, GError **error)
{
  *n_pixels = 0;
  for (guint i = 0; i < values->schema->n_fields; i++)
    {
      const SimhostField *field = &values->schema->fields[i];

      if (field->type != SIMHOST_TYPE_LUMINANCE)
        continue;
      for (guint k = 0; k < field->count; k++)
        {
          SimhostLuminance image = read_image (values, field, k);

          *n_pixels += count_pixels (&image);
          if (*n_pixels <= SH_VALUES_MAX_PIXELS / sizeof (float))
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
copy_pixels (ShValues *values)
{
  float *at = values->pixels;

  for (guint i = 0; i < values->schema->n_fields; i++)
    {
      const SimhostField *field = &values->schema->fields[i];

      if (field->type != SIMHOST_TYPE_LUMINANCE)
        continue;
      for (guint k = 0; k < field->count; k++)
        {
          SimhostLuminance image = read_image (values, field, k);
          gsize n = count_pixels (&image);

          if (n == 0)
            continue;
          memcpy (at, image.pixels, n * sizeof *at);
          image.pixels = at;
          at += n;
          memcpy (values->data + field->offset + k * sizeof image, &image,
                  sizeof image);
        }
    }
}

gboolean
sh_values_set (ShValues *values, gconstpointer from, GError **error)
{
  gsize n_pixels;

  g_return_val_if_fail (values != NULL && from != NULL, FALSE);

  if (values->schema->size > 0)
    memcpy (values->data, from, values->schema->size);
  if (!measure (values, &n_pixels, error))
    {
      memset (values->data, 0, values->schema->size);
      return FALSE;
    }
  if (n_pixels == 0)
    return TRUE;
  /* The old ones may be what is copied from. */
  if (n_pixels > values->n_pixels)
    {
      g_autofree float *old = values->pixels;

      values->pixels = g_new (float, n_pixels);
      values->n_pixels = n_pixels;
      copy_pixels (values);
    }
  else
    copy_pixels (values);
  return TRUE;
}

gconstpointer
sh_values_get (const ShValues *values)
{
  return values->data;
}
