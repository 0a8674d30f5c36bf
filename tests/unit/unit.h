/* unit.h - what every unit test includes, and the only thing that includes cmocka. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* Last, and kept there by the blank line: it needs the four above. */

#include <cmocka.h>
