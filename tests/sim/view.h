/* Custom views: named choices of a module's records. */
#ifndef VIEW_H
#define VIEW_H

#include "call.h"
#include "world.h"

enum view { VIEW_ALL, VIEW_MINE, VIEW_RECENT, VIEWS };

/* The view of this number; VIEWS where the module has none such. */
enum view view_find(const struct module *m, const char *id);

/* The view that cvid asks for, VIEW_ALL without one. False, and answered,
 * where there is none of this number. */
bool view_read(struct call *c, const struct module *m, enum view *view);

bool view_holds(struct world *w, struct module *m, uint32_t n, enum view view);

#endif
