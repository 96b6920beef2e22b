/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What strict mode finds: values that are not as declared, and a process that
 * is not as it was.
 */

#include <fenv.h>
#include <float.h>
#include <locale.h>
#include <math.h>

#include "logs.h"
#include "obedient.h"
#include "sh-error.h"

static const float pixels[4];

static const struct
{
  const char *name;
  State state;
  const char *problem; /* NULL: none */
} states[] = {
  { "all good", { .value = 1.0, .part = 0.1f, .choice = -1, .flag = 1 }, NULL },
  { "full text", { .choice = 5, .label = "123456" }, NULL },
  { "image",
    { .choice = 5, .image = { .width = 2, .height = 2, .pixels = pixels } },
    NULL },
  { "nan",
    { .value = (double) NAN, .choice = 5 },
    "state field 'value' is not a finite number" },
  { "infinite",
    { .value = (double) INFINITY, .choice = 5 },
    "state field 'value' is not a finite number" },
  { "below",
    { .value = -1.5, .choice = 5 },
    "state field 'value' is -1.5, below its min -1" },
  { "above",
    { .part = 0.11f, .choice = 5 },
    "state field 'part' is 0.10999999940395355, above its max 0.1" },
  { "no value",
    { .choice = 2 },
    "state field 'choice' is 2, none of its values" },
  { "bool",
    { .choice = 5, .flag = 2 },
    "state field 'flag' is 2, and a bool is 0 or 1" },
  { "endless text",
    { .choice = 5, .label = { '1', '2', '3', '4', '5', '6', '7' } },
    "state field 'label' does not end within its 7 bytes" },
  { "not utf-8",
    { .choice = 5, .label = "\xff" },
    "state field 'label' is not UTF-8" },
  { "no pixels",
    { .choice = 5, .image = { .width = 2, .height = 2 } },
    "state field 'image' is an image of 2 x 2 without pixels" },
};

static void
test_strict_values (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *message = g_strdup_printf (
          "simulator 'lift': get_state failed: %s", states[i].problem);
      ShInstance *instance;

      g_test_message ("%s", states[i].name);
      /* Otherwise values pass as they are. */
      begin_case ();
      instance = reach (ROW_STARTED);
      sim.state = states[i].state;
      g_assert_true (call (instance, SH_CALL_GET_STATE, NULL));
      sh_instance_free (instance);

      begin_case ();
      instance = reach (ROW_STARTED);
      sim.state = states[i].state;
      sh_instance_set_strict (instance, TRUE);
      if (states[i].problem == NULL)
        g_assert_true (call (instance, SH_CALL_GET_STATE, NULL));
      else
        {
          g_assert_false (call (instance, SH_CALL_GET_STATE, &error));
          g_assert_error (error, SH_ERROR, SH_ERROR_SIMULATOR);
          g_assert_cmpstr (error->message, ==, message);
        }
      sh_instance_free (instance);
    }
}

static void
change_locale (void)
{
  setlocale (LC_ALL, "C");
}

static void
change_thread_locale (void)
{
  static locale_t locale;

  if (locale == (locale_t) 0)
    locale = newlocale (LC_ALL_MASK, "C", (locale_t) 0);
  uselocale (locale);
}

static void
change_rounding (void)
{
  fesetround (FE_UPWARD);
}

static void
change_traps (void)
{
  feenableexcept (FE_OVERFLOW);
}

static void
raise_exception (void)
{
  feraiseexcept (FE_DIVBYZERO | FE_INEXACT);
}

#ifdef __SSE2__
static void
flush_denormals (void)
{
  __builtin_ia32_ldmxcsr (__builtin_ia32_stmxcsr () | 0x8040);
}
#endif

static const struct
{
  void (*deed) (void);
  const char *problem;
} deeds[] = {
  { change_locale, "it changed the locale from C.UTF-8 to C" },
  { change_thread_locale, "it changed the thread's locale" },
  { change_rounding, "it changed the rounding of floating-point numbers" },
  { change_traps, "it changed the trapping of floating-point exceptions" },
#ifdef __SSE2__
  { flush_denormals, "it changed the treatment of denormal numbers" },
#endif
  { raise_exception, NULL },
};

static void
test_strict_process (void)
{
  volatile double smallest = DBL_MIN;

  for (guint i = 0; i < G_N_ELEMENTS (deeds); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *message = g_strdup_printf (
          "simulator 'lift': advance failed: %s", deeds[i].problem);
      ShInstance *instance;

      begin_case ();
      instance = reach (ROW_OBSERVED);
      sh_instance_set_strict (instance, TRUE);
      sim.call = SH_CALL_ADVANCE;
      sim.deed = deeds[i].deed;
      if (deeds[i].problem == NULL)
        g_assert_true (call (instance, SH_CALL_ADVANCE, NULL));
      else
        {
          g_assert_false (call (instance, SH_CALL_ADVANCE, &error));
          g_assert_error (error, SH_ERROR, SH_ERROR_SIMULATOR);
          g_assert_cmpstr (error->message, ==, message);
        }
      sh_instance_free (instance);

      /* All is as it was. */
      g_assert_cmpstr (setlocale (LC_ALL, NULL), ==, "C.UTF-8");
      g_assert_true (uselocale ((locale_t) 0) == LC_GLOBAL_LOCALE);
      g_assert_cmpint (fegetround (), ==, FE_TONEAREST);
      g_assert_cmpint (fegetexcept (), ==, 0);
      g_assert_true (smallest / 2.0 != 0.0);
    }
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  logs_keep ();

  g_test_add_func ("/instance/strict/values", test_strict_values);
  g_test_add_func ("/instance/strict/process", test_strict_process);
  return g_test_run ();
}
