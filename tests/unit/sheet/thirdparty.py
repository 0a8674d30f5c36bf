"""Makes a workbook with openpyxl, or prints one as text: what another program thinks of our files, and we of its."""
import datetime
import sys
from openpyxl import Workbook, load_workbook

if sys.argv[1] == "make":
    book = Workbook()
    hidden = book.active
    hidden.title = "隐藏"
    hidden.sheet_state = "hidden"
    hidden.append(["不应读到"])
    sheet = book.create_sheet("商品")
    sheet.append(["名称", "条码", "价格", "日期", "时刻", "真假", "文字", ""])
    sheet.append(["茶 & <杯>", 6901234567892, 12.5, datetime.date(2026, 3, 1), datetime.datetime(2026, 3, 1, 8, 30, 15), True, "第一行\n第二行", None])
    sheet.append([])
    sheet.append(["只有一格"])
    sheet["A6"] = "'=1+1"
    sheet["C6"] = -0.1
    sheet["D6"] = 1234567.89
    sheet["D6"].number_format = '"day" #,##0.00'
    book.active = 1
    book.save(sys.argv[2])
elif sys.argv[1] == "print":
    for row in load_workbook(open(sys.argv[2], "rb")).worksheets[0].iter_rows():
        print("|".join("" if cell.value is None else f"{cell.data_type}:{cell.value}" for cell in row))
