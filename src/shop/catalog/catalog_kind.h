/* catalog_kind.h - of catalog.h: what an attribute is answered with. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

enum attribute_kind {
    ATTRIBUTE_TEXT = 1,
    ATTRIBUTE_NUMBER = 2,  /* at most 3 decimals, with a unit */
    ATTRIBUTE_CHOICE = 3,  /* one of the choices */
    ATTRIBUTE_CHOICES = 4, /* several of them */
    ATTRIBUTE_FLAG = 5,    /* "1" or no value */
    ATTRIBUTE_DATE = 6,    /* YYYY-MM-DD */
};
