/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-tick.h"

#include <math.h>
#include <string.h>

#define NARROW_SPACE "\xe2\x80\xaf"
#define MINUS "\xe2\x88\x92"
#define UNKNOWN "\xe2\x80\x93"

guint
sh_ticks (double low,
          double high,
          guint most,
          double ticks[SH_TICKS_MAX],
          double *step)
{
  static const double steps[] = { 0.5, 1, 2, 5, 10 };
  double rough, power, first;
  guint n = 0;
  guint i;

  g_return_val_if_fail (most >= 2 && most < SH_TICKS_MAX, 0);

  *step = 1;
  rough = (high - low) / most;
  if (!isfinite (rough) || rough <= 0)
    return 0;
  power = pow (10, floor (log10 (rough)));
  if (!(power > 0))
    return 0;
  for (i = 1; i < G_N_ELEMENTS (steps) - 1; i++)
    if (steps[i] * power >= rough)
      break;
  *step = steps[i] * power;
  /* One tick alone says nothing of the scale. */
  if (floor (high / *step) < ceil (low / *step) + 1)
    *step = steps[i - 1] * power;
  first = ceil (low / *step);
  for (i = 0; i < MAX (most + 1, 6); i++)
    {
      double value = (first + i) * *step;

      if (value > high)
        break;
      /* No "-0". */
      ticks[n++] = fabs (value) < *step / 2 ? 0 : value;
    }
  return n;
}

/* Sets a real minus, as wide as a plus, before what is negative. */
static char *
with_minus (const char *text)
{
  return text[0] == '-' ? g_strconcat (MINUS, text + 1, NULL) : g_strdup (text);
}

/* After the point, so that multiples of `step` differ. */
static int
get_digits (double step)
{
  return CLAMP ((int) ceil (-log10 (step) - 1e-9), 0, 8);
}

char *
sh_tick_text (double value, double step, double largest)
{
  /* "1000" and "0.25M" are easier to read than "1.0k" and "0.00025G"; three
   * digits are enough. */
  static const struct
  {
    double size, from;
    const char *suffix;
  } units[] = {
    { 1e9, 1e9, "G" }, { 1e6, 1e6, "M" }, { 1e3, 1e4, "k" }, { 1, 0, "" }
  };
  char format[16], buffer[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *number = NULL;
  int digits = 0;
  guint i;

  if (largest >= 1e13 || step < 1e-6)
    {
      g_ascii_formatd (buffer, sizeof buffer, "%.3g", value);
      return with_minus (buffer);
    }
  for (i = 0; i < G_N_ELEMENTS (units) - 1; i++)
    {
      double most = log10 (MAX (largest / units[i].size, 1));

      digits = get_digits (step / units[i].size);
      if (digits <= MAX (2 - (int) most, 0) &&
          (largest >= units[i].from || step >= units[i].size))
        break;
    }
  digits = get_digits (step / units[i].size);
  g_snprintf (format, sizeof format, "%%.%df", digits);
  g_ascii_formatd (buffer, sizeof buffer, format, value / units[i].size);
  if (fabs (value) <= 0)
    return g_strdup (buffer);
  number = with_minus (buffer);
  return g_strconcat (number, units[i].suffix, NULL);
}

char *
sh_count_text (double count)
{
  GString *text;
  char digits[32];
  int length, i;

  if (!isfinite (count) || fabs (count) >= 1e18)
    return sh_number_text (count);
  text = g_string_new (count < 0 ? MINUS : NULL);
  length = g_snprintf (digits, sizeof digits, "%" G_GINT64_FORMAT,
                       (gint64) fabs (count));
  for (i = 0; i < length; i++)
    {
      if (i > 0 && (length - i) % 3 == 0)
        g_string_append (text, NARROW_SPACE);
      g_string_append_c (text, digits[i]);
    }
  return g_string_free (text, FALSE);
}

char *
sh_number_text (double number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (number))
    return g_strdup (UNKNOWN);
  if (fabs (number) >= 1000 && fabs (number) < 1e9)
    return sh_count_text (round (number));
  g_ascii_formatd (buffer, sizeof buffer, "%.4g", number);
  return with_minus (buffer);
}

char *
sh_path_text (const char *path)
{
  const char *home = g_get_home_dir ();
  gsize length;

  g_return_val_if_fail (path != NULL, NULL);

  length = home == NULL ? 0 : strlen (home);
  if (length > 1 && strncmp (path, home, length) == 0 && path[length] == '/')
    return g_strconcat ("~", path + length, NULL);
  return g_strdup (path);
}
