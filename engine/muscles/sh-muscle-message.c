/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Packets on a pair of sockets.
 */

#include "sh-muscle-message.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "sh-error.h"
#include "sh-fd.h"

const char *
sh_muscle_task_to_string (guint32 task)
{
  static const char *const names[] = {
    [SH_MUSCLE_SET_UP] = "set-up", [SH_MUSCLE_ROLL_OUT] = "roll-out",
    [SH_MUSCLE_TEST] = "test",     [SH_MUSCLE_PASS] = "pass",
    [SH_MUSCLE_FINISH] = "finish",
  };

  return task < G_N_ELEMENTS (names) && names[task] != NULL ? names[task] : "?";
}

gboolean
sh_muscle_open_pair (int fds[2], GError **error)
{
  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) == 0)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_FAILED, "socketpair: %s",
               g_strerror (errno));
  return FALSE;
}

gboolean
sh_muscle_send (int socket,
                gconstpointer packet,
                gsize size,
                int fd,
                GError **error)
{
  struct iovec part = { (gpointer) packet, size };
  union
  {
    struct cmsghdr header;
    char room[CMSG_SPACE (sizeof (int))];
  } control;
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
  gssize n;

  if (fd >= 0)
    {
      struct cmsghdr *header;

      memset (&control, 0, sizeof control);
      message.msg_control = &control;
      message.msg_controllen = sizeof control;
      header = CMSG_FIRSTHDR (&message);
      header->cmsg_level = SOL_SOCKET;
      header->cmsg_type = SCM_RIGHTS;
      header->cmsg_len = CMSG_LEN (sizeof (int));
      memcpy (CMSG_DATA (header), &fd, sizeof fd);
    }
  do
    n = sendmsg (socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);
  if (n == (gssize) size)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_FAILED, "cannot send: %s",
               g_strerror (errno));
  return FALSE;
}

/* Takes the descriptor out of a received message; closes what nobody wants. */
static void
take_fd (struct msghdr *message, int *fd)
{
  sh_autofd received = -1;

  for (struct cmsghdr *header = CMSG_FIRSTHDR (message); header != NULL;
       header = CMSG_NXTHDR (message, header))
    if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
        header->cmsg_len == CMSG_LEN (sizeof (int)))
      {
        sh_fd_clear (&received);
        memcpy (&received, CMSG_DATA (header), sizeof received);
      }
  if (fd != NULL)
    *fd = g_steal_fd (&received);
}

int
sh_muscle_receive (int socket,
                   gpointer packet,
                   gsize size,
                   gboolean wait,
                   int *fd,
                   GError **error)
{
  struct iovec part = { packet, size };
  union
  {
    struct cmsghdr header;
    char room[CMSG_SPACE (sizeof (int))];
  } control;
  struct msghdr message = {
    .msg_iov = &part,
    .msg_iovlen = 1,
    .msg_control = &control,
    .msg_controllen = sizeof control,
  };
  gssize n;

  do
    n = recvmsg (socket, &message,
                 MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT));
  while (n < 0 && errno == EINTR);
  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
    return 0;
  if (n >= 0)
    take_fd (&message, fd);
  if (n == (gssize) size && !(message.msg_flags & MSG_TRUNC))
    return 1;
  /* Reset: it died before it had read what it was sent. */
  if (n <= 0)
    g_set_error (error, SH_ERROR, SH_ERROR_NETWORK,
                 "the other end has gone%s%s", n < 0 ? ": " : "",
                 n < 0 ? g_strerror (errno) : "");
  else
    g_set_error (error, SH_ERROR, SH_ERROR_PROTOCOL,
                 "received %" G_GSSIZE_FORMAT " bytes, not %" G_GSIZE_FORMAT, n,
                 size);
  return -1;
}
