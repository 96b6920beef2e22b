/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The checks of strict mode.
 */

#include "sh-strict.h"

#include <float.h>
#include <string.h>

#include "sh-field-type.h"
#include "sh-plugin-check.h"

/* A half of the smallest normal number is 0 once denormals are flushed. */
static gboolean
has_denormals (void)
{
  volatile double smallest = DBL_MIN;
  volatile double half = smallest / 2.0;

  return half != 0.0;
}

void
sh_strict_mark (ShStrictMark *mark)
{
  mark->locale = g_strdup (setlocale (LC_ALL, NULL));
  mark->thread_locale = uselocale ((locale_t) 0);
  fegetenv (&mark->floating_point);
  mark->rounding = fegetround ();
  mark->traps = fegetexcept ();
  mark->has_denormals = has_denormals ();
}

char *
sh_strict_compare (ShStrictMark *mark)
{
  g_autofree char *locale = g_steal_pointer (&mark->locale);
  const char *now = setlocale (LC_ALL, NULL);
  const char *changed = NULL;
  char *text;

  if (fegetround () != mark->rounding)
    changed = "the rounding of floating-point numbers";
  else if (fegetexcept () != mark->traps)
    changed = "the trapping of floating-point exceptions";
  else if (has_denormals () != mark->has_denormals)
    changed = "the treatment of denormal numbers";
  if (changed != NULL)
    {
      fesetenv (&mark->floating_point);
      return g_strdup_printf ("it changed %s", changed);
    }
  if (uselocale ((locale_t) 0) != mark->thread_locale)
    {
      uselocale (mark->thread_locale);
      return g_strdup ("it changed the thread's locale");
    }
  if (g_strcmp0 (now, locale) == 0)
    return NULL;
  text = g_strdup_printf ("it changed the locale from %s to %s", locale, now);
  setlocale (LC_ALL, locale);
  return text;
}

static char *
check_image (const SimhostField *field, const guint8 *values)
{
  for (guint i = 0; i < field->count; i++)
    {
      SimhostLuminance image;

      memcpy (&image, values + field->offset + i * sizeof image, sizeof image);
      if (image.pixels == NULL && image.width != 0 && image.height != 0)
        return g_strdup_printf ("is an image of %u x %u without pixels",
                                image.width, image.height);
    }
  return NULL;
}

static char *
check_text (const SimhostField *field, const guint8 *values)
{
  const char *text = (const char *) values + field->offset;
  gsize length = strnlen (text, field->size);

  if (length == field->size)
    return g_strdup_printf ("does not end within its %u bytes", field->size);
  return g_utf8_validate (text, (gssize) length, NULL)
             ? NULL
             : g_strdup ("is not UTF-8");
}

static char *
check_numbers (const SimhostField *field, gconstpointer values)
{
  for (guint i = 0; i < field->count; i++)
    {
      char *problem =
          sh_plugin_check_value (field, sh_field_read (field, values, i));

      if (problem != NULL)
        return problem;
    }
  return NULL;
}

char *
sh_strict_check_values (const char *what,
                        const SimhostSchema *schema,
                        gconstpointer values)
{
  for (guint i = 0; i < schema->n_fields; i++)
    {
      const SimhostField *field = &schema->fields[i];
      const ShFieldType *type = sh_field_type_get (field->type);
      g_autofree char *problem =
          type->kind == SH_FIELD_IMAGE  ? check_image (field, values)
          : type->kind == SH_FIELD_TEXT ? check_text (field, values)
                                        : check_numbers (field, values);

      if (problem != NULL)
        return g_strdup_printf ("%s field '%s' %s", what, field->name, problem);
    }
  return NULL;
}
