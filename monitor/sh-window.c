/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-window.h"

#include <string.h>

#include "sh-item-page.h"
#include "sh-item-row.h"
#include "sh-tick.h"
#include "sh-verbs.h"
#include "sh-window-state.h"

struct _ShWindow
{
  AdwApplicationWindow parent;
  ShHostModel *model;
  GtkFilterListModel *items; /* of the model, those that are searched for */
  GtkFilter *filter; /* belongs to `items` */
  ShItem *item; /* that is shown */
  char *wanted; /* path to be shown once it is there */
  AdwToast *toast; /* the last thing said; NULL once it is gone */

  AdwToastOverlay *toasts;
  GtkStack *stack;
  AdwStatusPage *absent_page;
  AdwStatusPage *empty_page;
  AdwLeaflet *leaflet;
  GtkWidget *list_bar;
  GtkToggleButton *search_button;
  GtkSearchBar *search_bar;
  GtkSearchEntry *search_entry;
  GtkListBox *list;
  GtkLabel *footer;
  AdwWindowTitle *page_title;
  AdwBin *content;
};

G_DEFINE_FINAL_TYPE (ShWindow, sh_window, ADW_TYPE_APPLICATION_WINDOW)

ShHostModel *
sh_window_get_model (ShWindow *window)
{
  g_return_val_if_fail (SH_IS_WINDOW (window), NULL);

  return window->model;
}

ShItem *
sh_window_get_item (ShWindow *window)
{
  g_return_val_if_fail (SH_IS_WINDOW (window), NULL);

  return window->item;
}

void
sh_window_say (ShWindow *window, const char *text)
{
  AdwToast *toast;
  GtkWidget *label;

  g_return_if_fail (SH_IS_WINDOW (window) && text != NULL);

  /* One is enough: the last. */
  if (window->toast != NULL)
    adw_toast_dismiss (window->toast);
  toast = adw_toast_new ("");
  label = gtk_label_new (text);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (GTK_LABEL (label), 4);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "heading");
  adw_toast_set_custom_title (toast, label);
  adw_toast_set_timeout (toast, 10);
  g_set_weak_pointer (&window->toast, toast);
  adw_toast_overlay_add_toast (window->toasts, toast);
}

/* ---- the page ---- */

/* The folder to drop a simulator into: the user's own, if it is one of them. */
static char *
dup_folder (ShWindow *window)
{
  g_auto (GStrv) folders = sh_host_model_dup_folders (window->model);
  guint i;

  for (i = 0; folders[i] != NULL; i++)
    if (g_str_has_prefix (folders[i], g_get_user_data_dir ()))
      return g_strdup (folders[i]);
  return g_strdup (folders[0]);
}

static GtkWidget *
make_nothing (void)
{
  GtkWidget *page = adw_status_page_new ();

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (page),
                                 "sh-simulator-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (page), "Nothing Is Chosen");
  adw_status_page_set_description (
      ADW_STATUS_PAGE (page),
      "Choose a simulator to train a brain on it, or to start a session.");
  return page;
}

static void
on_item_changed (ShItem *item, ShWindow *window)
{
  sh_verbs_update (window);
}

static void
show_item (ShWindow *window, ShItem *item)
{
  if (item != NULL && item == window->item)
    return;
  if (window->item != NULL)
    g_signal_handlers_disconnect_by_data (window->item, window);
  g_set_object (&window->item, item);
  if (item == NULL)
    {
      adw_window_title_set_title (window->page_title, "");
      adw_window_title_set_subtitle (window->page_title, "");
      adw_bin_set_child (window->content, make_nothing ());
    }
  else
    {
      adw_window_title_set_title (window->page_title, sh_item_get_name (item));
      adw_window_title_set_subtitle (window->page_title,
                                     sh_item_get_kind_name (item));
      adw_bin_set_child (window->content,
                         sh_item_page_new (window->model, item));
      g_signal_connect (item, "changed", G_CALLBACK (on_item_changed), window);
    }
  sh_verbs_update (window);
}

/* ---- the list ---- */

static GtkWidget *
make_row (gpointer item, gpointer unused)
{
  return sh_item_row_new (item);
}

static gboolean
matches (gpointer item, gpointer data)
{
  ShWindow *window = data;

  return sh_item_matches (
      item, gtk_editable_get_text (GTK_EDITABLE (window->search_entry)));
}

static void
on_search (GtkSearchEntry *entry, ShWindow *window)
{
  gtk_filter_changed (window->filter, GTK_FILTER_CHANGE_DIFFERENT);
}

/* The bar has the focus before it is drawn, which may take a while; an entry that is not
 * realized loses what is typed until then. */
static void
on_search_mode (GtkSearchBar *bar, GParamSpec *spec, ShWindow *window)
{
  GtkEditable *text =
      gtk_editable_get_delegate (GTK_EDITABLE (window->search_entry));

  if (gtk_search_bar_get_search_mode (bar))
    gtk_widget_realize (GTK_WIDGET (text));
}

static GtkListBoxRow *
find_row (ShWindow *window, ShItem *item)
{
  GtkListBoxRow *row;
  int i;

  for (i = 0; (row = gtk_list_box_get_row_at_index (window->list, i)) != NULL;
       i++)
    if (sh_item_row_get_item (SH_ITEM_ROW (row)) == item)
      return row;
  return NULL;
}

/* Once it has its place. */
static gboolean
scroll_to_row (GtkWidget *list, GdkFrameClock *clock, gpointer unused)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (GTK_LIST_BOX (list));
  graphene_rect_t bounds;

  if (row == NULL)
    return G_SOURCE_REMOVE;
  if (!gtk_widget_compute_bounds (GTK_WIDGET (row), list, &bounds) ||
      bounds.size.height < 1)
    return G_SOURCE_CONTINUE;
  gtk_adjustment_clamp_page (gtk_list_box_get_adjustment (GTK_LIST_BOX (list)),
                             bounds.origin.y,
                             bounds.origin.y + bounds.size.height);
  return G_SOURCE_REMOVE;
}

static void
select_row (ShWindow *window, GtkListBoxRow *row)
{
  gtk_list_box_select_row (window->list, row);
  gtk_widget_add_tick_callback (GTK_WIDGET (window->list), scroll_to_row, NULL,
                                NULL);
}

static void
on_row_selected (GtkListBox *list, GtkListBoxRow *row, ShWindow *window)
{
  /* None is while the list is searched; what was chosen is still shown. */
  if (row != NULL)
    show_item (window, sh_item_row_get_item (SH_ITEM_ROW (row)));
}

static void
on_row_activated (GtkListBox *list, GtkListBoxRow *row, ShWindow *window)
{
  g_clear_pointer (&window->wanted, g_free);
  adw_leaflet_navigate (window->leaflet, ADW_NAVIGATION_DIRECTION_FORWARD);
}

/* A list box goes from row to row by Tab, and selects each; but Tab is for going past
 * the list, and the arrows are for going along it. */
static gboolean
on_list_key (GtkEventControllerKey *controller,
             guint key,
             guint code,
             GdkModifierType modifiers,
             ShWindow *window)
{
  gboolean folded = adw_leaflet_get_folded (window->leaflet);
  gboolean searched = gtk_search_bar_get_search_mode (window->search_bar);

  if ((modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  if (key == GDK_KEY_Tab)
    return gtk_widget_child_focus (folded ? window->list_bar
                                          : GTK_WIDGET (window->content),
                                   GTK_DIR_TAB_FORWARD);
  if (key == GDK_KEY_ISO_Left_Tab)
    return gtk_widget_child_focus (searched ? GTK_WIDGET (window->search_bar)
                                            : window->list_bar,
                                   GTK_DIR_TAB_BACKWARD);
  return GDK_EVENT_PROPAGATE;
}

/* Side by side, something is always shown. */
static void
choose_something (ShWindow *window)
{
  if (window->item == NULL && !adw_leaflet_get_folded (window->leaflet))
    gtk_list_box_select_row (window->list,
                             gtk_list_box_get_row_at_index (window->list, 0));
  if (window->item == NULL)
    show_item (window, NULL);
}

static void
on_folded (AdwLeaflet *leaflet, GParamSpec *spec, ShWindow *window)
{
  if (sh_host_model_get_state (window->model) == SH_HOST_PRESENT)
    choose_something (window);
}

static void
on_items_changed (GListModel *items,
                  guint position,
                  guint removed,
                  guint added,
                  ShWindow *window)
{
  ShItem *wanted = NULL;

  if (window->wanted != NULL)
    wanted = sh_host_model_get_listed (window->model, window->wanted);
  if (find_row (window, wanted) != NULL)
    {
      select_row (window, find_row (window, wanted));
      adw_leaflet_navigate (window->leaflet, ADW_NAVIGATION_DIRECTION_FORWARD);
      g_clear_pointer (&window->wanted, g_free);
    }
  else if (sh_host_model_get_state (window->model) == SH_HOST_PRESENT)
    choose_something (window);
}

static gboolean
is_page_seen (ShWindow *window)
{
  return !adw_leaflet_get_folded (window->leaflet) ||
         g_str_equal (adw_leaflet_get_visible_child_name (window->leaflet),
                      "page");
}

static void
on_item_removed (ShHostModel *model, ShItem *item, ShWindow *window)
{
  ShItem *instead = sh_host_model_get_listed (model, sh_item_get_path (item));

  if (item != window->item)
    return;
  /* All go with the daemon; when it is there again, this one is shown again. */
  if (sh_host_model_get_state (model) != SH_HOST_PRESENT)
    {
      if (is_page_seen (window))
        {
          g_free (window->wanted);
          window->wanted = g_strdup (sh_item_get_path (item));
        }
      show_item (window, NULL);
      return;
    }
  /* A run's brain, from when there is one. */
  if (find_row (window, instead) != NULL)
    {
      select_row (window, find_row (window, instead));
      return;
    }
  show_item (window, NULL);
  adw_leaflet_navigate (window->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
  choose_something (window);
}

void
sh_window_show_path (ShWindow *window, const char *path)
{
  g_return_if_fail (SH_IS_WINDOW (window) && path != NULL);

  g_free (window->wanted);
  window->wanted = g_strdup (path);
  on_items_changed (NULL, 0, 0, 0, window);
}

/* ---- the daemon ---- */

static void
set_description (AdwStatusPage *page, const char *text)
{
  g_autofree char *markup = g_markup_escape_text (text, -1);

  adw_status_page_set_description (page, markup);
}

static void
show_absent (ShWindow *window)
{
  const char *problem = sh_host_model_get_problem (window->model);

  set_description (
      window->absent_page,
      problem[0] != '\0'
          ? problem
          : "It watches the plugin folders, and keeps sessions and trainings "
            "going.");
}

/* What concerns the daemon as a whole. */
static char *
dup_notes (ShWindow *window)
{
  g_autofree char *engine = sh_host_model_dup_engine_text (window->model);
  g_auto (GStrv) warnings = sh_host_model_dup_warnings (window->model);
  g_autofree char *lines = g_strjoinv ("\n", warnings);

  return g_strconcat (engine, engine[0] != '\0' && lines[0] != '\0' ? "\n" : "",
                      lines, NULL);
}

static void
show_empty (ShWindow *window)
{
  g_autofree char *notes = dup_notes (window);
  g_autofree char *folder = dup_folder (window);
  g_autofree char *path = folder == NULL ? NULL : sh_path_text (folder);
  g_autofree char *hint =
      path == NULL
          ? g_strdup ("The daemon looks into no folder for simulators.")
          : g_strdup_printf ("Put the .so file of a simulator into %s,\n"
                             "and it appears here.",
                             path);
  g_autofree char *text =
      g_strconcat (hint, notes[0] == '\0' ? "" : "\n\n", notes, NULL);

  set_description (window->empty_page, text);
}

/* It stands below the list. */
static void
show_footer (ShWindow *window)
{
  g_autofree char *notes = dup_notes (window);

  gtk_label_set_label (window->footer, notes);
  gtk_widget_set_visible (GTK_WIDGET (window->footer), notes[0] != '\0');
}

/* A stack's other pages are there for screen readers, unless they are hidden. */
static void
show_stack_page (ShWindow *window, const char *name)
{
  GtkWidget *shown = gtk_stack_get_child_by_name (window->stack, name);
  GtkWidget *child;

  gtk_widget_set_visible (shown, TRUE);
  gtk_stack_set_visible_child (window->stack, shown);
  for (child = gtk_widget_get_first_child (GTK_WIDGET (window->stack));
       child != NULL; child = gtk_widget_get_next_sibling (child))
    gtk_widget_set_visible (child, child == shown);
}

static void
show_present (ShWindow *window)
{
  gboolean empty =
      g_list_model_get_n_items (sh_host_model_get_items (window->model)) == 0;

  if (empty)
    show_empty (window);
  else
    show_footer (window);
  show_stack_page (window, empty ? "empty" : "present");
}

static void
on_state_changed (ShHostModel *model, ShWindow *window)
{
  switch (sh_host_model_get_state (model))
    {
    case SH_HOST_ABSENT:
      show_absent (window);
      show_stack_page (window, "absent");
      break;
    case SH_HOST_LOADING:
      show_stack_page (window, "loading");
      break;
    case SH_HOST_PRESENT:
    default:
      show_present (window);
      choose_something (window);
      if (window->item == NULL)
        adw_leaflet_navigate (window->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
      break;
    }
  sh_verbs_update (window);
}

/* A property of the daemon, or whether there is anything. */
static void
on_manager_changed (ShWindow *window)
{
  if (sh_host_model_get_state (window->model) != SH_HOST_PRESENT)
    return;
  show_present (window);
  sh_verbs_update (window);
}

/* ---- actions of the window itself ---- */

static void
on_start_daemon (GtkWidget *widget, const char *name, GVariant *parameter)
{
  sh_host_model_start (SH_WINDOW (widget)->model);
}

static void
on_back (GtkWidget *widget, const char *name, GVariant *parameter)
{
  adw_leaflet_navigate (SH_WINDOW (widget)->leaflet,
                        ADW_NAVIGATION_DIRECTION_BACK);
}

static void
on_start_search (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ShWindow *window = SH_WINDOW (widget);

  adw_leaflet_navigate (window->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
  gtk_search_bar_set_search_mode (window->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (window->search_entry));
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ShWindow) window = SH_WINDOW (source);
  g_autofree char *folder = data;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (gtk_show_uri_full_finish (GTK_WINDOW (window), result, &error))
    return;
  text = g_strdup_printf ("%s cannot be shown: %s", folder, error->message);
  sh_window_say (window, text);
}

static void
on_open_folder (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ShWindow *window = SH_WINDOW (widget);
  g_autofree char *folder = dup_folder (window);
  g_autofree char *uri = NULL;
  g_autofree char *text = NULL;

  if (folder == NULL)
    return;
  if (g_mkdir_with_parents (folder, 0755) != 0)
    {
      text = g_strdup_printf ("%s: %s", folder, g_strerror (errno));
      sh_window_say (window, text);
      return;
    }
  uri = g_filename_to_uri (folder, NULL, NULL);
  if (uri != NULL)
    gtk_show_uri_full (GTK_WINDOW (g_object_ref (window)), uri,
                       GDK_CURRENT_TIME, NULL, on_opened,
                       sh_path_text (folder));
}

/* ---- the widget ---- */

static gboolean
on_close_request (GtkWindow *window)
{
  sh_window_state_save (window);
  return GTK_WINDOW_CLASS (sh_window_parent_class)->close_request (window);
}

static void
sh_window_dispose (GObject *object)
{
  ShWindow *window = SH_WINDOW (object);

  if (window->model != NULL)
    {
      g_signal_handlers_disconnect_by_data (window->model, window);
      g_signal_handlers_disconnect_by_data (
          sh_host_model_get_items (window->model), window);
      g_signal_handlers_disconnect_by_data (window->items, window);
      gtk_custom_filter_set_filter_func (GTK_CUSTOM_FILTER (window->filter),
                                         NULL, NULL, NULL);
    }
  g_clear_weak_pointer (&window->toast);
  g_clear_object (&window->items);
  if (window->item != NULL)
    g_signal_handlers_disconnect_by_data (window->item, window);
  g_clear_object (&window->item);
  g_clear_object (&window->model);
  g_clear_pointer (&window->wanted, g_free);
  G_OBJECT_CLASS (sh_window_parent_class)->dispose (object);
}

static void
sh_window_class_init (ShWindowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sh_window_dispose;
  GTK_WINDOW_CLASS (class)->close_request = on_close_request;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/simhost/Monitor/sh-window.ui");
  gtk_widget_class_bind_template_child (widget_class, ShWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, ShWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, ShWindow, absent_page);
  gtk_widget_class_bind_template_child (widget_class, ShWindow, empty_page);
  gtk_widget_class_bind_template_child (widget_class, ShWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, ShWindow, list_bar);
  gtk_widget_class_bind_template_child (widget_class, ShWindow, search_button);
  gtk_widget_class_bind_template_child (widget_class, ShWindow, search_bar);
  gtk_widget_class_bind_template_child (widget_class, ShWindow, search_entry);
  gtk_widget_class_bind_template_child (widget_class, ShWindow, list);
  gtk_widget_class_bind_template_child (widget_class, ShWindow, footer);
  gtk_widget_class_bind_template_child (widget_class, ShWindow, page_title);
  gtk_widget_class_bind_template_child (widget_class, ShWindow, content);
  gtk_widget_class_bind_template_callback (widget_class, on_folded);
  gtk_widget_class_bind_template_callback (widget_class, on_list_key);
  gtk_widget_class_bind_template_callback (widget_class, on_search);
  gtk_widget_class_bind_template_callback (widget_class, on_search_mode);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_row_selected);
  gtk_widget_class_install_action (widget_class, "win.start-daemon", NULL,
                                   on_start_daemon);
  gtk_widget_class_install_action (widget_class, "win.back", NULL, on_back);
  gtk_widget_class_install_action (widget_class, "win.search", NULL,
                                   on_start_search);
  gtk_widget_class_install_action (widget_class, "win.open-folder", NULL,
                                   on_open_folder);
  sh_verbs_install (widget_class);
}

static void
sh_window_init (ShWindow *window)
{
  gtk_widget_init_template (GTK_WIDGET (window));
  gtk_list_box_set_header_func (window->list, sh_item_row_update_header, NULL,
                                NULL);
  gtk_search_bar_connect_entry (window->search_bar,
                                GTK_EDITABLE (window->search_entry));
}

GtkWidget *
sh_window_new (GtkApplication *application, ShHostModel *model)
{
  ShWindow *window =
      g_object_new (SH_TYPE_WINDOW, "application", application, NULL);

  window->model = g_object_ref (model);
  window->filter = GTK_FILTER (gtk_custom_filter_new (matches, window, NULL));
  window->items = gtk_filter_list_model_new (
      g_object_ref (sh_host_model_get_items (model)), window->filter);
  sh_window_state_load (GTK_WINDOW (window));
  gtk_list_box_bind_model (window->list, G_LIST_MODEL (window->items), make_row,
                           NULL, NULL);
  /* After the list's own handler: rows are there. */
  g_signal_connect (window->items, "items-changed",
                    G_CALLBACK (on_items_changed), window);
  g_signal_connect (model, "item-removed", G_CALLBACK (on_item_removed),
                    window);
  g_signal_connect (model, "state-changed", G_CALLBACK (on_state_changed),
                    window);
  g_signal_connect_swapped (model, "manager-changed",
                            G_CALLBACK (on_manager_changed), window);
  g_signal_connect_swapped (sh_host_model_get_items (model), "items-changed",
                            G_CALLBACK (on_manager_changed), window);
  on_state_changed (model, window);
  return GTK_WIDGET (window);
}
