/* libmimeo, whole. */
#ifndef MIMEO_MIMEO_H
#define MIMEO_MIMEO_H

#include <mimeo/charter.h>
#include <mimeo/context.h>
#include <mimeo/error.h>
#include <mimeo/export.h>
#include <mimeo/extract.h>
#include <mimeo/gather.h>
#include <mimeo/import.h>
#include <mimeo/input.h>
#include <mimeo/key.h>
#include <mimeo/library.h>
#include <mimeo/mirror.h>
#include <mimeo/page.h>
#include <mimeo/proof.h>
#include <mimeo/publish.h>
#include <mimeo/sync.h>
#include <mimeo/time.h>
#include <mimeo/trust.h>
#include <mimeo/verdict.h>

#endif
