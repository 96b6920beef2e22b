/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-window-state.h"

#define GROUP "window"
#define WIDTH 980
#define HEIGHT 720
#define SIZE_MAX_PIXELS 16384

static char *
make_path (void)
{
  return g_build_filename (g_get_user_state_dir (), "simhost", "monitor.ini",
                           NULL);
}

static int
get_size (GKeyFile *file, const char *key, int usual)
{
  int size = g_key_file_get_integer (file, GROUP, key, NULL);

  return size > 0 && size <= SIZE_MAX_PIXELS ? size : usual;
}

void
sh_window_state_load (GtkWindow *window)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *path = make_path ();

  g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL);
  gtk_window_set_default_size (window, get_size (file, "width", WIDTH),
                               get_size (file, "height", HEIGHT));
  if (g_key_file_get_boolean (file, GROUP, "maximized", NULL))
    gtk_window_maximize (window);
}

void
sh_window_state_save (GtkWindow *window)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *path = make_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;
  int width, height;

  gtk_window_get_default_size (window, &width, &height);
  g_key_file_set_integer (file, GROUP, "width", width);
  g_key_file_set_integer (file, GROUP, "height", height);
  g_key_file_set_boolean (file, GROUP, "maximized",
                          gtk_window_is_maximized (window));
  g_mkdir_with_parents (folder, 0700);
  if (!g_key_file_save_to_file (file, path, &error))
    g_debug ("%s", error->message);
}
