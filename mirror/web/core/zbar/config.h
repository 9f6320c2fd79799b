/*
 * What zbar's qrcode/ asks of its configuration: nothing.
 */
#ifndef MIMEO_WEB_CORE_ZBAR_CONFIG_H
#define MIMEO_WEB_CORE_ZBAR_CONFIG_H
/* No talk: it would bring in printf. */
#define ZNO_MESSAGES 1
#endif
