/* Addresses in signed notes and links: a few schemes, no surprises (FORMAT.md sections 2, 3 and 10). */
#ifndef TRUST_URL_H
#define TRUST_URL_H

#include "base/bytes.h"

/* http or https with a host; no spaces or controls (notes have none of the latter). */
bool url_is_site(struct view v);
/* http, https, git or ssh with a host, which does not begin with "-" (nor does a user name), so that
 * no program it is handed to takes it for an option. */
bool url_is_mirror(struct view v);

#endif
