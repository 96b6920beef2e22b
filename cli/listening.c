/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Keys and descriptors of commands that listen.
 */

#include "listening.h"

#include <stdio.h>
#include <sys/resource.h>

#include "sh-access.h"
#include "sh-worker-options.h"

#define WANTED_DESCRIPTORS 8192u

char *
sh_listening_choose_key (const char *given, gboolean *generated, GError **error)
{
  if (given == NULL)
    given = g_getenv (SH_ACCESS_KEY_VARIABLE);
  *generated = given == NULL;
  return given != NULL ? g_strdup (given) : sh_access_generate_key (error);
}

void
sh_listening_tell_key (const char *key,
                       const char *url,
                       const char *simulator,
                       const char *brain)
{
  fprintf (stderr,
           "The access key is %s. To connect a simulator:\n"
           "  " SH_ACCESS_KEY_VARIABLE
           "=%s simhost run %s --url %s --brain %s\n",
           key, key, simulator != NULL ? simulator : "SIMULATOR", url,
           brain != NULL ? brain : "NAME");
}

void
sh_listening_raise_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 ||
      limit.rlim_cur >= WANTED_DESCRIPTORS)
    return;
  limit.rlim_cur = MIN (limit.rlim_max, (rlim_t) WANTED_DESCRIPTORS);
  setrlimit (RLIMIT_NOFILE, &limit);
}
