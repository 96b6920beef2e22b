/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Checks of what a plugin does to the process's descriptors, and of what it
 * prints.
 */

#include "sh-conform-run.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sh-fd.h"
#include "sh-text.h"

/* Where descriptors are kept that a plugin should not hit by chance. */
#define FAR_AWAY 400
/* Bytes on stderr, the log's included, that are not yet too many. */
#define MAX_STDERR (64 * 1024)

/* ---- output ---- */

/* Lets what is written to `target` go into a file in memory. */
static void
divert (ShConformRun *run, int target)
{
  sh_autofd file = memfd_create ("simhost-check", MFD_CLOEXEC);
  int kept = fcntl (target, F_DUPFD_CLOEXEC, FAR_AWAY);

  if (kept < 0)
    kept = fcntl (target, F_DUPFD_CLOEXEC, 3);
  run->mark = GINT_TO_POINTER (kept);
  if (file >= 0)
    dup2 (file, target);
}

static void
restore (ShConformRun *run, int target)
{
  int kept = GPOINTER_TO_INT (g_steal_pointer (&run->mark));

  if (kept >= 0)
    dup2 (kept, target);
  sh_fd_clear (&kept);
}

static goffset
written (int target)
{
  struct stat info;

  return fstat (target, &info) == 0 ? info.st_size : 0;
}

void
sh_conform_stdout_begin (ShConformRun *run)
{
  fflush (stdout);
  divert (run, STDOUT_FILENO);
}

char *
sh_conform_stdout_look (ShConformRun *run)
{
  g_autofree char *line = NULL;
  char bytes[80];
  gssize n;

  fflush (stdout);
  if (written (STDOUT_FILENO) == 0)
    return NULL;
  n = pread (STDOUT_FILENO, bytes, sizeof bytes, 0);
  line = sh_text_to_line (bytes, MAX (n, 0));
  return g_strdup_printf ("it printed on stdout, which is the host's: %s",
                          line);
}

char *
sh_conform_stdout_end (ShConformRun *run)
{
  fflush (stdout);
  restore (run, STDOUT_FILENO);
  return NULL;
}

void
sh_conform_stderr_begin (ShConformRun *run)
{
  divert (run, STDERR_FILENO);
}

char *
sh_conform_stderr_look (ShConformRun *run)
{
  return written (STDERR_FILENO) <= MAX_STDERR
             ? NULL
             : g_strdup_printf ("it flooded the log and stderr with more than "
                                "%d bytes",
                                MAX_STDERR);
}

char *
sh_conform_stderr_end (ShConformRun *run)
{
  restore (run, STDERR_FILENO);
  return NULL;
}

/* ---- descriptors ---- */

typedef struct
{
  int fd;
  dev_t device;
  ino_t inode;
} Descriptor;

typedef struct
{
  GArray *known; /* of Descriptor */
  int own[2]; /* so that there are some to be closed */
} DescriptorMark;

static GArray *
list_descriptors (void)
{
  g_autoptr (GDir) folder = g_dir_open ("/proc/self/fd", 0, NULL);
  GArray *list = g_array_new (FALSE, TRUE, sizeof (Descriptor));
  g_autoptr (GArray) numbers = g_array_new (FALSE, TRUE, sizeof (int));
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      int number = (int) g_ascii_strtoll (name, NULL, 10);

      g_array_append_val (numbers, number);
    }
  /* Without the folder's own. */
  g_clear_pointer (&folder, g_dir_close);
  for (guint i = 0; i < numbers->len; i++)
    {
      int fd = g_array_index (numbers, int, i);
      struct stat info;

      if (fstat (fd, &info) == 0)
        {
          Descriptor one = { fd, info.st_dev, info.st_ino };

          g_array_append_val (list, one);
        }
    }
  return list;
}

void
sh_conform_descriptors_begin (ShConformRun *run)
{
  DescriptorMark *mark = g_new0 (DescriptorMark, 1);

  /* It has a descriptor of its own from its first use on. */
  g_main_context_default ();
  mark->own[0] = memfd_create ("simhost-check", MFD_CLOEXEC);
  mark->own[1] = fcntl (mark->own[0], F_DUPFD_CLOEXEC, 64);
  mark->known = list_descriptors ();
  run->mark = mark;
}

char *
sh_conform_descriptors_look (ShConformRun *run)
{
  const DescriptorMark *mark = run->mark;

  for (guint i = 0; i < mark->known->len; i++)
    {
      const Descriptor *known = &g_array_index (mark->known, Descriptor, i);
      struct stat info;

      if (fstat (known->fd, &info) != 0)
        return g_strdup_printf ("it closed descriptor %d, which is the host's",
                                known->fd);
      if (info.st_dev != known->device || info.st_ino != known->inode)
        return g_strdup_printf ("it replaced descriptor %d, which is the "
                                "host's",
                                known->fd);
    }
  return NULL;
}

static gboolean
is_known (const DescriptorMark *mark, const Descriptor *descriptor)
{
  for (guint i = 0; i < mark->known->len; i++)
    if (g_array_index (mark->known, Descriptor, i).fd == descriptor->fd)
      return TRUE;
  return FALSE;
}

/* The host itself keeps the plugin's file open. */
static char *
find_left_open (ShConformRun *run)
{
  g_autoptr (GArray) now = list_descriptors ();
  struct stat plugin = { .st_ino = 0 };

  if (stat (run->path, &plugin) != 0)
    return NULL;
  for (guint i = 0; i < now->len; i++)
    {
      const Descriptor *one = &g_array_index (now, Descriptor, i);
      g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", one->fd);
      g_autofree char *target = NULL;

      if (is_known (run->mark, one) ||
          (one->device == plugin.st_dev && one->inode == plugin.st_ino))
        continue;
      target = g_file_read_link (link, NULL);
      return g_strdup_printf ("it left descriptor %d open, %s", one->fd,
                              target != NULL ? target : "which is nameless");
    }
  return NULL;
}

char *
sh_conform_descriptors_end (ShConformRun *run)
{
  char *problem = run->problem == NULL ? find_left_open (run) : NULL;
  DescriptorMark *mark = g_steal_pointer (&run->mark);

  /* The plugin may have closed them, and their numbers may be others'. */
  if (run->problem == NULL)
    {
      sh_fd_clear (&mark->own[0]);
      sh_fd_clear (&mark->own[1]);
    }
  g_array_unref (mark->known);
  g_free (mark);
  return problem;
}
