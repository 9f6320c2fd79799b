/* What may stand in what: see article/nest.h. */
#include "article/nest.h"

enum shape nest_shape(enum tag tag)
{
    switch (tag) {
    case TAG_ROOT: case TAG_BLOCKQUOTE: case TAG_LI: case TAG_DD: case TAG_DT: case TAG_TD:
    case TAG_TH: case TAG_FIGURE: case TAG_FIGCAPTION: case TAG_CAPTION:
        return SHAPE_FLOW;
    case TAG_UL: case TAG_OL: case TAG_DL: case TAG_TABLE: case TAG_THEAD: case TAG_TBODY:
    case TAG_TFOOT: case TAG_TR: case TAG_COLGROUP:
        return SHAPE_PARTS;
    case TAG_P: case TAG_H2: case TAG_H3: case TAG_H4: case TAG_H5: case TAG_H6: case TAG_PRE:
        return SHAPE_LINE;
    case TAG_TEXT: case TAG_BR: case TAG_IMG: case TAG_WBR:
        return SHAPE_INLINE_VOID;
    case TAG_HR: case TAG_COL:
        return SHAPE_BLOCK_VOID;
    default:
        return SHAPE_INLINE;
    }
}

static bool is_section(enum tag tag)
{
    return tag == TAG_THEAD || tag == TAG_TBODY || tag == TAG_TFOOT;
}

static bool is_cell(enum tag tag) { return tag == TAG_TD || tag == TAG_TH; }

static enum tag implied_by_child(enum tag child)
{
    if (child == TAG_LI)
        return TAG_UL;
    if (child == TAG_DT || child == TAG_DD)
        return TAG_DL;
    bool table_part = is_section(child) || is_cell(child) || child == TAG_TR ||
                      child == TAG_CAPTION || child == TAG_COLGROUP || child == TAG_COL;
    return table_part ? TAG_TABLE : TAG_TEXT;
}

enum tag nest_implied(enum tag container, enum tag child)
{
    switch (container) {
    case TAG_UL: case TAG_OL: return child == TAG_LI ? TAG_TEXT : TAG_LI;
    case TAG_DL: return child == TAG_DT || child == TAG_DD ? TAG_TEXT : TAG_DD;
    case TAG_TABLE:
        if (child == TAG_COL)
            return TAG_COLGROUP;
        return is_section(child) || child == TAG_CAPTION || child == TAG_COLGROUP ? TAG_TEXT
                                                                                  : TAG_TBODY;
    case TAG_THEAD: case TAG_TBODY: case TAG_TFOOT: return child == TAG_TR ? TAG_TEXT : TAG_TR;
    case TAG_TR: return is_cell(child) ? TAG_TEXT : TAG_TD;
    case TAG_COLGROUP: return TAG_TEXT; /* nothing but col is given to it */
    default: return implied_by_child(child);
    }
}

bool nest_keeps_empty(enum tag tag)
{
    return tag == TAG_LI || is_cell(tag);
}
