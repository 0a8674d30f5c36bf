#include "db/engine.h"
const struct engine postgres_engine = {.kind = DB_POSTGRES, .name = "postgres"};
