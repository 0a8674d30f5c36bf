/* catalog_kits.c - the table of kits: what merchants of common goods ask of their products. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_kit.h"

#include "base/text.h"

#define ONE(name, name_en, choices)                                                                          \
    {                                                                                                        \
        name, name_en, ATTRIBUTE_CHOICE, "", choices, true                                                   \
    }
#define SEVERAL(name, name_en, choices)                                                                      \
    {                                                                                                        \
        name, name_en, ATTRIBUTE_CHOICES, "", choices, true                                                  \
    }
#define FLAG(name, name_en)                                                                                  \
    {                                                                                                        \
        name, name_en, ATTRIBUTE_FLAG, "", NULL, true                                                        \
    }
#define WORDS(name, name_en)                                                                                 \
    {                                                                                                        \
        name, name_en, ATTRIBUTE_TEXT, "", NULL, false                                                       \
    }
#define NUMBER(name, name_en, unit)                                                                          \
    {                                                                                                        \
        name, name_en, ATTRIBUTE_NUMBER, unit, NULL, false                                                   \
    }

const struct kit kits[] = {
    {"clothing",
     "服饰",
     "Clothing",
     "服|衣|装|裤|裙|衫|Cloth|Apparel|Wear|Fashion",
     {ONE("性别", "For", "男|女|不限"), SEVERAL("年龄段", "Age", "儿童|青年|中年|年长"),
      SEVERAL("季节", "Season", "春|夏|秋|冬"),
      SEVERAL("风格", "Style", "时尚潮流|舒适休闲|简约通勤|运动户外|复古文艺"),
      SEVERAL("面料", "Fabric", "棉|麻|羊毛|真丝|涤纶|混纺|其他"), WORDS("洗涤方式", "Care")},
     {"时尚潮流", "舒适休闲", "适合夏季穿着"}},
    {"shoes",
     "鞋靴",
     "Shoes",
     "鞋|靴|Shoe|Boot|Sneaker",
     {ONE("性别", "For", "男|女|不限"), SEVERAL("季节", "Season", "春|夏|秋|冬"),
      ONE("鞋面材质", "Upper", "真皮|超纤|网布|帆布|其他"), ONE("鞋底材质", "Sole", "橡胶|EVA|TPU|牛筋|其他"),
      ONE("闭合方式", "Fastening", "系带|套脚|魔术贴|拉链"), NUMBER("跟高", "Heel", "cm")},
     {"舒适好走", "适合通勤"}},
    {"food",
     "食品",
     "Food",
     "食|零嘴|零食|茶|咖啡|粮|酒|饮|Food|Pantry|Tea|Coffee|Snack",
     {SEVERAL("口味", "Flavour", "原味|甜|咸|辣|酸"), ONE("储存方式", "Storage", "常温|冷藏|冷冻|避光干燥"),
      NUMBER("净含量", "Net weight", "g"), FLAG("无添加糖", "No added sugar"), FLAG("有机认证", "Organic"),
      SEVERAL("过敏原", "Allergens", "麸质|花生|坚果|大豆|牛奶|鸡蛋|鱼虾"), WORDS("配料", "Ingredients")},
     {"适合送礼", "早餐搭配"}},
    {"digital",
     "数码",
     "Electronics",
     "数码|电|手机|耳机|设备|Device|Electronic|Phone|Gadget",
     {SEVERAL("接口", "Ports", "USB-C|USB-A|Lightning|HDMI|3.5 mm"),
      SEVERAL("连接方式", "Connection", "有线|蓝牙|Wi-Fi|2.4 GHz"), NUMBER("额定功率", "Power", "W"),
      NUMBER("电池容量", "Battery", "mAh"),
      ONE("防水等级", "Water resistance", "不防水|IPX4|IPX5|IPX7|IP67|IP68"),
      FLAG("支持快充", "Fast charging"), WORDS("包装清单", "In the box")},
     {"适合出差", "学生常用"}},
    {"beauty",
     "美妆",
     "Beauty",
     "妆|护肤|美容|洗护|香|Beauty|Cosmetic|Skin|Makeup",
     {SEVERAL("适合肤质", "Skin type", "干性|油性|混合性|中性|敏感肌"),
      SEVERAL("功效", "Effect", "清洁|保湿|防晒|修护|提亮"), ONE("质地", "Texture", "水|乳|霜|凝胶|油|粉"),
      NUMBER("容量", "Volume", "ml"), FLAG("无香精", "Fragrance-free"),
      WORDS("备案编号", "Registration number")},
     {"敏感肌可用", "旅行装"}},
    {"books",
     "图书",
     "Books",
     "书|刊|绘本|文学|Book|Magazine",
     {ONE("装帧", "Binding", "平装|精装|线装|其他"),
      ONE("语言", "Language", "中文|英文|中英双语|其他"),
      ONE("适读年龄", "Reading age", "0–3 岁|4–6 岁|7–12 岁|13–17 岁|成人"),
      SEVERAL("题材", "Subject", "文学|历史|艺术|科普|生活|商业|童书"),
      WORDS("作者", "Author"),
      WORDS("出版社", "Publisher"),
      NUMBER("页数", "Pages", "页"),
      {"出版日期", "Published on", ATTRIBUTE_DATE, "", NULL, false}},
     {"适合送礼", "亲子共读"}},
    {"home",
     "家居",
     "Home",
     "家|居|厨|卧|床|灯|杯|Home|Kitchen|Furniture|Living",
     {SEVERAL("适用空间", "Room", "客厅|卧室|厨房|卫浴|书房|户外"),
      SEVERAL("材质", "Material", "木|竹|陶瓷|玻璃|金属|塑料|布艺"),
      ONE("家居风格", "Look", "简约|北欧|中式|日式|复古"), FLAG("需要安装", "Needs assembly"),
      FLAG("可用洗碗机", "Dishwasher-safe"), NUMBER("长度", "Length", "cm"), NUMBER("承重", "Load", "kg")},
     {"小户型", "适合送礼"}},
    {0},
};

const struct kit *kit_of_key(const char *key)
{
    for (const struct kit *kit = kits; kit->key; kit++)
        if (text_is(kit->key, key))
            return kit;
    return NULL;
}

/* The next word of a list, or NULL at its end; *at goes behind it. */
static const char *next_word(struct ctx *ctx, const char **at)
{
    if (!*at || !**at)
        return NULL;
    size_t length = strcspn(*at, "|");
    const char *word = arena_format(ctx->arena, "%.*s", (int)length, *at);
    *at += length + ((*at)[length] == '|');
    return word;
}

struct value *kit_choices(struct ctx *ctx, const struct kit_attribute *attribute)
{
    struct value *list = value_list(ctx->arena);
    const char *at = attribute->choices, *word;
    while ((word = next_word(ctx, &at)))
        value_add(ctx->arena, list, value_text(word));
    return list;
}

static bool is_choosing(enum attribute_kind kind)
{
    return kind == ATTRIBUTE_CHOICE || kind == ATTRIBUTE_CHOICES;
}

bool kit_goes_with(const struct kit_attribute *attribute, enum attribute_kind kind)
{
    return attribute->kind == kind || (is_choosing(attribute->kind) && is_choosing(kind));
}

bool kit_fits(const struct kit *kit, const char *category_name)
{
    char word[64];
    for (const char *at = kit->words; *at;) {
        size_t length = strcspn(at, "|");
        if (length < sizeof word) {
            memcpy(word, at, length);
            word[length] = 0;
            if (strstr(category_name, word))
                return true;
        }
        at += length + (at[length] == '|');
    }
    return false;
}
