"""Every sentence a person may read about a sheet; each is a msgid, `{name}` places are filled when it is shown.

A refusal is about the whole file (nothing was written); a problem is about one cell (the other rows go on).
"""

from __future__ import annotations

from collections.abc import Mapping

from genmai.kernel.refusal import BadInput

REFUSALS: dict[str, str] = {
    "sheet_empty_file": "这个文件是空的，没有导入任何内容。请重新选择文件",
    "sheet_too_large": "这个文件太大，没有导入任何内容。请拆成几份再上传",
    "sheet_bomb": "这个文件解压后大得不正常，为安全起见没有打开。请在表格软件里另存为新的 xlsx 再上传",
    "sheet_old_xls": "这是旧格式的 xls 文件，没有导入任何内容。请打开后“另存为” xlsx 再上传",
    "sheet_password": "这个文件加了密码，打不开。请去掉密码后再上传",
    "sheet_not_a_sheet": "这不是表格文件，可能只是改了后缀名（内容像是 {kind}）。请上传 xlsx 或 csv 表格",
    "sheet_macros": "这个文件带有宏程序，为安全起见没有打开。请“另存为”不带宏的 xlsx 再上传",
    "sheet_external_links": "这个文件连着别的文件或数据库，为安全起见没有打开。请断开链接、粘贴为数值后再上传",
    "sheet_broken": "这个文件打不开，可能没有传完整。请在表格软件里打开检查，另存为 xlsx 再上传",
    "sheet_encoding": "这个文件的文字编码认不出来（第 {line} 行附近）。请另存为 xlsx，或 UTF-8 编码的 csv 再上传",
    "sheet_quotes": "这个 csv 文件第 {line} 行的引号没有配对，后面的内容分不清。请改好引号，或另存为 xlsx 再上传",
    "sheet_no_rows": "表里没有找到内容，没有导入任何内容。请检查是不是选错了文件或工作表",
    "sheet_unknown_name": "文件里没有叫“{name}”的工作表，现有：{names}",
    "sheet_too_many_rows": "这张表超过 {most} 行，没有导入任何内容。请拆成几份再上传",
    "sheet_too_many_columns": "这张表超过 {most} 列，没有导入任何内容。请删去用不到的列再上传",
    "sheet_too_many_cells": "这张表太大，没有导入任何内容。请删去空行空列和用不到的列，或拆成几份再上传",
    "sheet_cell_too_long": "表里有一格文字太长，没有导入任何内容。请缩短后再上传",
    "sheet_wrong": "这张表里没有找到需要的列：{missing}。表里有的列：{found}。请检查是不是选错了文件，或指明各列对应",
    "sheet_mapping": "列的对应关系有误：{name}。请重新选择",
}

PROBLEMS: dict[str, str] = {
    "missing": "必填，但这一格是空的",
    "formula": "这一格是公式，请改成数值（复制后“粘贴为数值”）",
    "error_value": "这一格是出错的公式结果，请填写正确内容",
    "refill": "这一格还没有重新填写",
    "digits_lost": "这个号码按数字存放，后几位已经丢了。请把这一列设为“文本”格式，重新填写完整号码",
    "text_nul": "文字里有看不见的空字符，请重新输入",
    "text_surrogate": "文字里有不完整的字符，请删去乱码重新输入",
    "text_too_long": "文字太长，请删减",
    "not_integer": "应当是整数",
    "not_number": "应当是数字",
    "not_date": "日期认不出来",
    "date_ambiguous": "分不清哪个是月、哪个是日，请把年份写在最前面",
    "not_boolean": "应当填“是”或“否”",
    "not_choice": "不在可选的范围里",
    "not_phone": "电话号码不对",
    "not_identity": "身份证号码不对，请对照证件检查",
    "not_credit_code": "统一社会信用代码不对，请对照证照检查",
    "extra_cells": "这一行的格子比表头多，可能是文字里的分隔符没有加引号",
}


def add_problems(more: Mapping[str, str]) -> None:
    """Take in what a caller's own rules may find wrong with a row: code → msgid."""
    PROBLEMS.update(more)


class SheetRefused(BadInput):
    """A file that is not taken at all; `code` is one of REFUSALS."""

    def __init__(self, code: str, *, allowed: str = "", **params: object) -> None:
        super().__init__(code, REFUSALS[code], allowed=allowed)
        self.params = params
