/* A query and a title of any bytes: read, found, corrected, completed and marked. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "search/index.h"

#define TEXT_LIMIT 4096

static struct search_index *index_of_goods(void)
{
    static const char *const titles[] = {"山海蓝牙耳机 降噪 LM-2034", "保温杯 1.5L 黑色", "东北大米5kg",
                                         "iPhone 15 Pro 手机壳",      "纯棉T恤 女",       NULL};
    struct search_index *index = search_open();
    for (int64_t i = 0; titles[i]; i++)
        search_put(index, 1, &(struct search_document){.id = i + 1, .title = titles[i]});
    search_commit(index, 1);
    return index;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct search_index *index;
    char text[TEXT_LIMIT + 1];
    struct search_answer answer;
    struct search_suggestion suggestions[SEARCH_SUGGESTION_LIMIT];
    struct search_span spans[8];
    if (!index)
        index = index_of_goods();
    size_t length = size < TEXT_LIMIT ? size : TEXT_LIMIT;
    memcpy(text, data, length);
    text[length] = 0;
    struct arena *arena = arena_open((size_t)256 << 20);
    const char *title = text[0] ? text + strlen(text) / 2 : text;
    search_put(index, 1, &(struct search_document){.id = 99, .title = title});
    search_commit(index, 1);
    search_ask(index, arena,
               &(struct search_query){.space_id = 1, .text = text, .limit = 10, .explains = true}, &answer);
    search_suggest(index, arena, 1, text, suggestions, SEARCH_SUGGESTION_LIMIT);
    size_t count = search_highlight(arena, text, title, spans, 8);
    for (size_t i = 0; i < count; i++)
        if (spans[i].from >= spans[i].to || spans[i].to > strlen(title))
            abort();
    search_pinyin(arena, text, false);
    arena_close(arena);
    return 0;
}
