/* script.h - the statements of a migration file. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/text.h"
#include <stdbool.h>

/* Takes the next statement off the front of a script, without its semicolon and without what is only blanks
 * and comments before it; false at the end. Semicolons in quotes and comments do not count. */
bool script_next(const char **script, struct slice *statement);
/* True for a CREATE TABLE whose primary key is declared for the table and not behind a column. */
bool script_has_table_key(struct slice statement);
