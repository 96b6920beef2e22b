/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-log.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "sh-text.h"

/* The field of a line that names its domain. */
#define DOMAIN_FIELD "SIMHOST_DOMAIN"

static const char *const names[] = {
  [SH_LOG_NETWORK] = "network",
  [SH_LOG_EVENT] = "event",
  [SH_LOG_SIMULATOR_WS] = "simulator_ws",
};

G_STATIC_ASSERT (G_N_ELEMENTS (names) == SH_N_LOG_DOMAINS);

guint sh_log_domains;

static const char *prefix;
static gboolean timed, muted;

static const char *
find_field (const GLogField *fields, gsize n_fields, const char *key)
{
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, key) == 0 && fields[i].length == -1)
      return fields[i].value;
  return NULL;
}

static void
write_timed (const char *domain, const char *message)
{
  time_t now = time (NULL);
  char when[sizeof "[YYYY-MM-DD HH:MM:SS]" + 8];
  struct tm local;

  localtime_r (&now, &local);
  strftime (when, sizeof when, "[%Y-%m-%d %H:%M:%S]", &local);
  fprintf (stderr, "%s[%s] %s\n", when, domain, message);
}

static GLogWriterOutput
write_line (GLogLevelFlags level,
            const GLogField *fields,
            gsize n_fields,
            gpointer user_data)
{
  const char *message = find_field (fields, n_fields, "MESSAGE");
  const char *domain = find_field (fields, n_fields, DOMAIN_FIELD);
  gboolean warning = (level & G_LOG_LEVEL_WARNING) != 0;
  g_autofree char *line = NULL;

  if (message == NULL || (domain == NULL && !(level & (G_LOG_LEVEL_WARNING |
                                                       G_LOG_LEVEL_MESSAGE))))
    return g_log_writer_default (level, fields, n_fields, NULL);
  if (muted && !warning)
    return G_LOG_WRITER_HANDLED;
  /* What a user or an engine wrote may be part of it. */
  line = sh_text_to_line (message, -1);
  if (timed)
    write_timed (domain != NULL ? domain : warning ? "error" : "info", line);
  else if (domain != NULL)
    fprintf (stderr, "%s[%s] %s\n", prefix, domain, line);
  else
    fprintf (stderr, "%s%s%s\n", prefix, warning ? "warning: " : "", line);
  return G_LOG_WRITER_HANDLED;
}

void
sh_log_init (const char *own_prefix)
{
  prefix = own_prefix;
  g_log_set_writer_func (write_line, NULL, NULL);
}

void
sh_log_init_timed (void)
{
  timed = TRUE;
  sh_log_init ("");
}

void
sh_log_enable (const char *domain)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (domain, names[i]) == 0)
      sh_log_domains |= 1u << i;
}

void
sh_log_enable_all (void)
{
  sh_log_domains = (1u << SH_N_LOG_DOMAINS) - 1;
}

char **
sh_log_get_enabled (void)
{
  g_autoptr (GStrvBuilder) enabled = g_strv_builder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (sh_log_domains & (1u << i))
      g_strv_builder_add (enabled, names[i]);
  return g_strv_builder_end (enabled);
}

void
sh_log_mute (void)
{
  muted = TRUE;
}

void
sh_log_write (ShLogDomain domain, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_INFO, DOMAIN_FIELD, names[domain],
                    "MESSAGE", "%s", text);
}

const char *
sh_log_parse (const char *line, ShLogDomain *domain)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      gsize length = strlen (names[i]);

      if (line[0] != '[' || strncmp (line + 1, names[i], length) != 0 ||
          strncmp (line + 1 + length, "] ", 2) != 0 ||
          !(sh_log_domains & (1u << i)))
        continue;
      *domain = (ShLogDomain) i;
      return line + 1 + length + 2;
    }
  return NULL;
}
