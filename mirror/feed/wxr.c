/* WordPress's export. */
#include "feed/parse.h"

void wxr_closed(struct parse *p, enum feed_field field, struct view text)
{
    (void)p;
    (void)field;
    (void)text;
}
