/* address_test.c - pasted addresses are taken apart, however people write them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "shop/checkout/address_text.h"
#include "unit.h"
#include <stdio.h>
#include <string.h>

struct sample {
    const char *text;
    const char *name;
    const char *phone;
    const char *region;
    const char *line;
};

static const struct sample samples[] = {
    {"张三 13812345678 浙江省杭州市西湖区文三路100号", "张三", "13812345678", "浙江省 杭州市 西湖区",
     "文三路100号"},
    {"张三，138-1234-5678，浙江省 杭州市 西湖区 文三路 100 号 2 单元", "张三", "13812345678",
     "浙江省 杭州市 西湖区", "文三路 100 号 2 单元"},
    {"浙江杭州西湖区文三路100号 李小明收 +86 13812345678", "李小明", "13812345678", "浙江省 杭州市 西湖区",
     "文三路100号"},
    {"收货人：王芳\n手机号码：13912345678\n所在地区：北京市北京市朝阳区\n详细地址：建国路88号院3号楼1201室",
     "王芳", "13912345678", "北京市 朝阳区", "建国路88号院3号楼1201室"},
    {"北京市朝阳区望京街道阜通东大街6号 欧阳娜娜 13612345678", "欧阳娜娜", "13612345678", "北京市 朝阳区",
     "望京街道阜通东大街6号"},
    {"13712345678 陈先生 广东省深圳市南山区科技园南区深南大道9988号", "陈先生", "13712345678",
     "广东省 深圳市 南山区", "科技园南区深南大道9988号"},
    {"东莞市长安镇振安路1号 刘洋 13512345678", "刘洋", "13512345678", "广东省 东莞市", "长安镇振安路1号"},
    {"新疆维吾尔自治区伊犁哈萨克自治州伊宁市解放路1号，古丽娜尔，13412345678", "古丽娜尔", "13412345678",
     "新疆维吾尔自治区 伊犁哈萨克自治州 伊宁市", "解放路1号"},
    {"湖北省仙桃市沔阳大道12号赵强15912345678", "赵强", "15912345678", "湖北省 仙桃市", "沔阳大道12号"},
    {"吉林市昌邑区天津街5号 孙丽 15812345678", "孙丽", "15812345678", "吉林省 吉林市 昌邑区", "天津街5号"},
    {"重庆市县丰都县三合街道平都大道1号 周杰 15012345678", "周杰", "15012345678", "重庆市 丰都县",
     "三合街道平都大道1号"},
    {"上海 浦东新区 世纪大道 100 号 John Smith 18612345678", "John Smith", "18612345678", "上海市 浦东新区",
     "世纪大道 100 号"},
    {"地址：江苏省南京市鼓楼区上海路1号 电话：025-83212345 姓名：何静", "何静", "025-83212345",
     "江苏省 南京市 鼓楼区", "上海路1号"},
    {"西双版纳勐海县布朗山乡 岩温 17012345678转1234", "岩温", "17012345678转1234",
     "云南省 西双版纳傣族自治州 勐海县", "布朗山乡"},
    {"１３８１２３４５６７８　张三　浙江省　杭州市　西湖区　文三路１００号", "张三", "13812345678",
     "浙江省 杭州市 西湖区", "文三路100号"},
    {"所在地区: 四川省成都市武侯区桂溪街道 详细地址: 天府大道北段1480号 收货人: 黄蓉 手机: 13812345678",
     "黄蓉", "13812345678", "四川省 成都市 武侯区", "桂溪街道天府大道北段1480号"},
    {"浙江省杭州市西湖区 浙江省杭州市西湖区文三路100号 张三 13812345678", "张三", "13812345678",
     "浙江省 杭州市 西湖区", "文三路100号"},
    {"杭州西湖大道1号 张三 13812345678", "张三", "13812345678", "浙江省 杭州市", "西湖大道1号"},
    {"只有一句话", "只有一句话", "", "", ""},
    {"", "", "", "", ""},
};

static struct arena *arena;

static bool is_right(const struct sample *sample)
{
    struct address got = address_from_text(arena, sample->text);
    bool is_same = strcmp(got.name, sample->name) == 0 && strcmp(got.phone, sample->phone) == 0 &&
                   strcmp(got.region, sample->region) == 0 && strcmp(got.line, sample->line) == 0;
    if (!is_same)
        fprintf(stderr, "%s\n  got  [%s] [%s] [%s] [%s]\n  want [%s] [%s] [%s] [%s]\n", sample->text,
                got.name, got.phone, got.region, got.line, sample->name, sample->phone, sample->region,
                sample->line);
    return is_same;
}

static void addresses_are_taken_apart(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        wrong += !is_right(&samples[i]);
    assert_int_equal(wrong, 0);
}

/* ---- many ways of writing the same ---- */

static const char *const names[] = {"张伟",   "王秀英", "李娜",   "刘洋",   "陈静",   "杨秀兰", "欧阳修",
                                    "司马光", "赵先生", "林女士", "诸葛亮", "古丽娜", "何家骏", "高圆圆"};
static const char *const regions[][4] = {
    {"浙江省", "杭州市", "余杭区", "浙江省 杭州市 余杭区"},
    {"广东省", "广州市", "天河区", "广东省 广州市 天河区"},
    {"江苏省", "苏州市", "昆山市", "江苏省 苏州市 昆山市"},
    {"上海市", "", "徐汇区", "上海市 徐汇区"},
    {"内蒙古自治区", "呼和浩特市", "赛罕区", "内蒙古自治区 呼和浩特市 赛罕区"},
    {"广西壮族自治区", "南宁市", "青秀区", "广西壮族自治区 南宁市 青秀区"},
    {"湖南省", "湘西土家族苗族自治州", "凤凰县", "湖南省 湘西土家族苗族自治州 凤凰县"},
    {"海南省", "", "文昌市", "海南省 文昌市"},
    {"黑龙江省", "哈尔滨市", "道里区", "黑龙江省 哈尔滨市 道里区"},
    {"西藏自治区", "拉萨市", "城关区", "西藏自治区 拉萨市 城关区"},
};
static const char *const lines[] = {
    "中山路18号",         "五常街道文一西路969号",    "阳光花园3栋2单元501室",
    "珠江新城华夏路10号", "人民南路二段88号保利中心", "工业园区星湖街328号6幢",
    "建设村5组12号",      "大学城外环东路132号"};

static const char *write_as(size_t way, const char *const *region, const struct sample *of)
{
    const char *glued = arena_format(arena, "%s%s%s", region[0], region[1], region[2]);
    const char *apart = arena_format(arena, "%s %s %s", region[0], region[1], region[2]);
    switch (way) {
    case 0:
        return arena_format(arena, "%s %s %s%s", of->name, of->phone, glued, of->line);
    case 1:
        return arena_format(arena, "%s%s，%s，%s", glued, of->line, of->name, of->phone);
    case 2:
        return arena_format(arena, "%s,%s,%s %s", of->name, of->phone, apart, of->line);
    case 3:
        return arena_format(arena, "收货人: %s\n手机号: %s\n所在地区: %s\n详细地址: %s", of->name, of->phone,
                            glued, of->line);
    case 4:
        return arena_format(arena, "%s\n%s\n%s%s", of->name, of->phone, glued, of->line);
    case 5:
        return arena_format(arena, "%s%s%s%s", of->name, of->phone, glued, of->line);
    case 6:
        return arena_format(arena, "%s%s %s %s", glued, of->line, of->phone, of->name);
    default:
        return arena_format(arena, "地址：%s%s 联系人：%s 电话：%s", glued, of->line, of->name, of->phone);
    }
}

static void at_most_two_of_a_hundred_are_wrong(void **state)
{
    (void)state;
    size_t wrong = 0, count = 0;
    for (size_t r = 0; r < sizeof regions / sizeof *regions; r++)
        for (size_t l = 0; l < sizeof lines / sizeof *lines; l++)
            for (size_t way = 0; way < 8; way++) {
                size_t n = (r * 7 + l * 3 + way) % (sizeof names / sizeof *names);
                struct sample sample = {
                    .name = names[n],
                    .phone = arena_format(arena, "1%zu%07zu%zu", 38 + l, 123456 * (r + 1), way),
                    .region = regions[r][3],
                    .line = lines[l]};
                sample.text = write_as(way, regions[r], &sample);
                wrong += !is_right(&sample);
                count++;
            }
    assert_int_equal(count, 640);
    assert_true(wrong * 50 <= count);
}

static int open_arena(void **state)
{
    (void)state;
    arena = arena_open((size_t)1 << 30);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_close(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_taken_apart),
        cmocka_unit_test(at_most_two_of_a_hundred_are_wrong),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
