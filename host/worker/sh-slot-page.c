/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Call slots in shared memory.
 */

#include "sh-slot-page.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "sh-error.h"
#include "sh-fd.h"

#define PRIVATE_SLOTS 64u

G_STATIC_ASSERT (sizeof (ShCallSlot) % _Alignof(ShReport) == 0);

static gsize
get_size (guint n_slots)
{
  return n_slots * sizeof (ShCallSlot) + sizeof (ShReport);
}

static ShCallSlot *
map (int fd, guint n_slots)
{
  gsize size = get_size (n_slots);
  void *memory =
      mmap (NULL, size, PROT_READ | PROT_WRITE,
            fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED, fd, 0);

  return memory != MAP_FAILED ? memory : NULL;
}

static ShSlotPage *
page_new (int fd, guint n_slots, ShCallSlot *slots)
{
  ShSlotPage *page = g_new (ShSlotPage, 1);

  page->fd = fd;
  page->n_slots = n_slots;
  page->slots = slots;
  page->report = slots != NULL ? (ShReport *) (slots + n_slots) : NULL;
  return page;
}

ShSlotPage *
sh_slot_page_new (guint n_slots, GError **error)
{
  sh_autofd fd = -1;
  ShCallSlot *slots = NULL;

  g_return_val_if_fail (n_slots > 0 && n_slots <= SH_SLOT_PAGE_MAX, NULL);

  fd = memfd_create ("simhost-slots", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd >= 0 && ftruncate (fd, (off_t) get_size (n_slots)) == 0 &&
      fcntl (fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
    slots = map (fd, n_slots);
  if (slots == NULL)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_FAILED,
                   "cannot share memory with a worker: %s", g_strerror (errno));
      return NULL;
    }
  return page_new (g_steal_fd (&fd), n_slots, slots);
}

/* The mapping of the inherited page, or NULL. */
static ShCallSlot *
map_inherited (const char *number, guint *n_slots)
{
  guint64 value;
  sh_autofd fd = -1;
  struct stat info;

  if (!g_ascii_string_to_unsigned (number, 10, 3, G_MAXINT, &value, NULL))
    return NULL;
  fd = (int) value;
  if (fstat (fd, &info) != 0 || !S_ISREG (info.st_mode) ||
      info.st_size < (off_t) get_size (1) ||
      info.st_size > (off_t) get_size (SH_SLOT_PAGE_MAX))
    return NULL;
  *n_slots = (guint) ((info.st_size - (off_t) sizeof (ShReport)) /
                      (off_t) sizeof (ShCallSlot));
  return map (fd, *n_slots);
}

ShSlotPage *
sh_slot_page_new_from_environment (void)
{
  const char *number = g_getenv (SH_SLOT_PAGE_VARIABLE);
  guint n_slots = PRIVATE_SLOTS;
  ShCallSlot *slots = number ? map_inherited (number, &n_slots) : NULL;

  /* What a plugin starts is not to find it. */
  g_unsetenv (SH_SLOT_PAGE_VARIABLE);
  if (slots == NULL)
    slots = map (-1, n_slots = PRIVATE_SLOTS);
  return page_new (-1, slots != NULL ? n_slots : 0, slots);
}

void
sh_slot_page_free (ShSlotPage *page)
{
  if (page == NULL)
    return;
  if (page->slots != NULL)
    munmap (page->slots, get_size (page->n_slots));
  sh_fd_clear (&page->fd);
  g_free (page);
}

void
sh_slot_page_clear (ShSlotPage *page)
{
  sh_report_clear (page->report);
  for (guint i = 0; i < page->n_slots; i++)
    {
      ShCallSlot *slot = &page->slots[i];

      atomic_store (&slot->word, 0);
      atomic_store (&slot->iterations, 0);
      atomic_store (&slot->episodes, 0);
      atomic_store (&slot->losses, 0);
      atomic_store (&slot->link, 0);
      atomic_store (&slot->sim_id, 0);
      atomic_store (&slot->reward, 0);
    }
}

char *
sh_slot_page_describe (const ShSlotPage *page)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint64 seen = 0;

  for (guint i = 0; i < page->n_slots; i++)
    {
      guint call = (guint) (atomic_load (&page->slots[i].word) & 0xff);

      if (call == SH_CALL_NONE || (seen >> MIN (call, 63)) & 1)
        continue;
      seen |= G_GUINT64_CONSTANT (1) << MIN (call, 63);
      g_string_append_printf (text, "%s%s", text->len > 0 ? " or " : "",
                              sh_call_to_string ((ShCall) call));
    }
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}
