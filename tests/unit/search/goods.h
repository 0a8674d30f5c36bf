/* goods.h - product titles of our own making, for tests and figures: brand, what it is, what it is like. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct good {
    const char *noun; /* what people look for */
    const char *pinyin;
    const char *initials;
};

#define GOODS(X)                                                                                             \
    X("蓝牙耳机", "lanyaerji", "lyej")                                                                       \
    X("保温杯", "baowenbei", "bwb")                                                                          \
    X("羽绒服", "yurongfu", "yrf")                                                                           \
    X("连衣裙", "lianyiqun", "lyq")                                                                          \
    X("充电宝", "chongdianbao", "cdb")                                                                       \
    X("电饭煲", "dianfanbao", "dfb")                                                                         \
    X("洗面奶", "ximiannai", "xmn")                                                                          \
    X("瑜伽垫", "yujiadian", "yjd")                                                                          \
    X("行李箱", "xinglixiang", "xlx")                                                                        \
    X("双肩包", "shuangjianbao", "sjb")                                                                      \
    X("牛仔裤", "niuzaiku", "nzk")                                                                           \
    X("运动鞋", "yundongxie", "ydx")                                                                         \
    X("吹风机", "chuifengji", "cfj")                                                                         \
    X("空气炸锅", "kongqizhaguo", "kqzg")                                                                    \
    X("扫地机器人", "saodijiqiren", "sdjqr")                                                                 \
    X("机械键盘", "jixiejianpan", "jxjp")                                                                    \
    X("儿童水杯", "ertongshuibei", "etsb")                                                                   \
    X("防晒霜", "fangshaishuang", "fss")                                                                     \
    X("护手霜", "hushoushuang", "hss")                                                                       \
    X("电动牙刷", "diandongyashua", "ddys")                                                                  \
    X("婴儿湿巾", "yingershijin", "yesj")                                                                    \
    X("坚果礼盒", "jianguolihe", "jglh")                                                                     \
    X("茉莉花茶", "molihuacha", "mlhc")                                                                      \
    X("普洱茶饼", "puerchabing", "pecb")                                                                     \
    X("陶瓷餐具", "taocicanju", "tccj")                                                                      \
    X("不粘锅", "buzhanguo", "bzg")                                                                          \
    X("登山鞋", "dengshanxie", "dsx")                                                                        \
    X("露营帐篷", "luyingzhangpeng", "lyzp")                                                                 \
    X("投影仪", "touyingyi", "tyy")                                                                          \
    X("平板支架", "pingbanzhijia", "pbzj")                                                                   \
    X("加湿器", "jiashiqi", "jsq")                                                                           \
    X("记忆棉枕头", "jiyimianzhentou", "jymzt")                                                              \
    X("纯棉四件套", "chunmiansijiantao", "cmsjt")                                                            \
    X("狗粮", "gouliang", "gl")                                                                              \
    X("猫砂盆", "maoshapen", "msp")                                                                          \
    X("太阳镜", "taiyangjing", "tyj")                                                                        \
    X("手机壳", "shoujike", "sjk")                                                                           \
    X("数据线", "shujuxian", "sjx")                                                                          \
    X("显示器", "xianshiqi", "xsq")                                                                          \
    X("沐浴露", "muyulu", "myl")

static const struct good goods[] = {
#define X(noun, pinyin, initials) {noun, pinyin, initials},
    GOODS(X)
#undef X
};
#define GOOD_COUNT (sizeof goods / sizeof *goods)

static const char *const good_brands[] = {"华为",     "小米", "素日", "山海经",  "Apple", "南极人",
                                          "三只松鼠", "SONY", "云间", "Philips", "九阳",  "苏泊尔",
                                          "李宁",     "安踏", "良品", "Logitech"};
static const char *const good_manners[] = {"轻薄便携", "加厚保暖", "大容量",   "家用静音", "夏季新款",
                                           "男女通用", "学生宿舍", "高颜值",   "办公室",   "户外旅行",
                                           "送礼佳品", "超长续航", "透气舒适", "防水耐磨", "简约百搭",
                                           "智能升级", "可折叠",   "儿童安全", "日式复古", "北欧风格"};
static const char *const good_colours[] = {"黑色", "白色",   "雾霾蓝", "樱花粉",
                                           "墨绿", "奶茶色", "银灰",   "焦糖色"};
static const char *const good_sizes[] = {"500ml",    "1.5L", "5kg",   "10斤",   "2公斤", "128G",
                                         "15.6英寸", "A4",   "3件装", "2024款", "Pro",   "Max"};

#define PICK(list, number) (list)[(number) % (sizeof(list) / sizeof *(list))]

/* A number that looks random and is the same at every run. */
static inline uint64_t good_mix(uint64_t number)
{
    number = (number + 0x9E3779B97F4A7C15U) * 0xBF58476D1CE4E5B9U;
    number = (number ^ number >> 27) * 0x94D049BB133111EBU;
    return number ^ number >> 31;
}

/* The title of the product with this number; most have a model, all a noun. */
static inline void good_title(size_t number, char *title, size_t size)
{
    uint64_t mixed = good_mix(number);
    const struct good *good = &goods[number % GOOD_COUNT];
    const char *brand = PICK(good_brands, mixed), *first = PICK(good_manners, mixed >> 8),
               *second = PICK(good_manners, mixed >> 16);
    const char *colour = PICK(good_colours, mixed >> 24), *extent = PICK(good_sizes, mixed >> 32);
    switch (mixed >> 40 & 3) {
    case 0:
        snprintf(title, size, "%s %s%s %s %s", brand, first, good->noun, colour, extent);
        break;
    case 1:
        snprintf(title, size, "【%s】%s%s%s（%s）", brand, good->noun, first, second, colour);
        break;
    case 2:
        snprintf(title, size, "%s%s %s %s XR-%u", brand, good->noun, second, extent,
                 (unsigned)(mixed >> 44 & 0xFFF));
        break;
    default:
        snprintf(title, size, "%s %s %s%s", brand, extent, second, good->noun);
        break;
    }
}
