/* batch_main.c - `yundian liquid --batch` alone, for tests of the language without the whole program. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "liquid/liquid.h"

int main(void)
{
    return liquid_batch(stdin, stdout);
}
