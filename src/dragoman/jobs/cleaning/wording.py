"""The words of the page about a cleaning, in English and Chinese; the reader chooses on the page. Knows no layout."""

from dragoman.evaluation.page_frame import safe

CHINESE = {
    "Cleaning of": "清洗：",
    "pairs read": "读入句对",
    "kept": "保留",
    "dropped": "剔除",
    "Why pairs were dropped": "剔除原因",
    "What was repaired": "修复项目",
    "Distributions": "分布",
    "Longer side, in words": "较长一侧的词数",
    "Target letters for each source letter, weighted": "每个原文字母对应的译文字母数（加权）",
    "How well the two texts go together": "两侧文本的匹配程度",
    "strangers": "随机错配",
    "Languages": "语种",
    "unsure": "无法确定",
    "source": "原文",
    "target": "译文",
    "Examples": "示例",
    "before": "修复前",
    "after": "修复后",
    "line": "行",
    "How this was counted": "统计说明",
    "Histograms count every pair, as it was kept or as it was read.": (
        "直方图统计全部句对：保留的按修复后，剔除的按读入时。"
    ),
    "Languages were identified on an even sample; below a probability of 0.5 they are unsure.": (
        "语种在均匀抽样上识别；概率低于 0.5 记为无法确定。"
    ),
    "Examples are drawn by line number, the same at every run.": "示例按行号抽取，每次运行相同。",
    "Strangers are texts of this corpus paired wrongly: what is below the threshold looks like them.": (
        "“随机错配”是把本语料的文本错误配对：低于阈值的句对与之相似。"
    ),
    "Nothing was dropped.": "没有剔除任何句对。",
    # the reasons
    "empty": "空文本",
    "replacement characters": "替换字符",
    "control characters": "控制字符",
    "HTML escapes": "HTML 转义",
    "too long": "过长",
    "too short": "过短",
    "length ratio": "长度比过大",
    "identical": "两侧相同",
    "wrong script": "文字系统不符",
    "placeholders": "占位符不一致",
    "links": "链接不一致",
    "numbers": "数字不一致",
    "wrong language": "语种不符",
    "duplicate": "重复",
    "near duplicate": "近似重复",
    "low score": "得分过低",
    # the repairs
    "Unicode form": "Unicode 规范化",
    "line breaks": "换行",
    "spaces": "空格",
}


def said(words: str) -> str:
    """Markup of ``words`` in both languages; words that are names stay as they are."""
    if words not in CHINESE:
        return safe(words)
    return f'<span class="en" lang="en">{safe(words)}</span><span class="zh" lang="zh">{safe(CHINESE[words])}</span>'
