"""The words of the pages about runs, in English and Chinese; the reader chooses on the page. Knows no layout.

Both languages stand in the page, and a rule of its style shows one of them: no script is needed.
"""

from dragoman.evaluation.page_frame import safe

_CHINESE = {
    "Loss": "损失",
    "Scores on the validation text": "验证集得分",
    "Learning rate": "学习率",
    "Gradient norm": "梯度范数",
    "Target ids per second": "每秒目标词元数",
    "Memory (MiB)": "内存（MiB）",
    "training": "训练",
    "validation": "验证",
    "process": "进程",
    "GPU": "GPU",
    "Training loss": "训练损失",
    "Validation loss": "验证损失",
    "At a glance": "概览",
    "Curves": "曲线",
    "Translations over time": "译文的变化",
    "Text": "语料",
    "Model": "模型",
    "Machine": "机器",
    "Recipe": "配方",
    "Checkpoints kept": "保留的检查点",
    "What differs in the recipes": "配方的不同之处",
    "Results": "结果",
    "key": "键",
    "finished": "已完成",
    "not finished": "未完成",
    "source": "原文",
    "reference": "参考译文",
    "state": "状态",
    "steps": "步数",
    "peak GPU memory": "GPU 内存峰值",
    "kind": "类型",
    "system": "系统",
    "processor": "处理器",
    "cores": "核数",
    "threads": "线程数",
    "device": "设备",
    "since": "开始于",
    "wall time": "用时",
    "best validation": "最佳验证",
    "final validation": "最终验证",
    "test": "测试",
    "parameters": "参数量",
    "peak memory": "内存峰值",
    "ids per second (median)": "每秒词元数（中位数）",
    "training pairs": "训练句对",
    "validation pairs": "验证句对",
    "target ids": "目标词元",
    "source vocabulary": "源词表",
    "target vocabulary": "目标词表",
    "left out": "未使用",
    "No validation yet: scores and translations come with the first one.": "尚未验证：第一次验证后才有得分和译文。",
    "This run kept no translations.": "本次训练没有保留译文。",
    "The recipes are the same.": "配方相同。",
    "Words that the version before did not have are marked.": "标出的是上一版没有的词。",
    "earlier versions": "更早的版本",
    "not comparable": "不可比较",
}
STYLE = """
input[name=language] { position: absolute; opacity: 0; pointer-events: none; }
.languages { float: right; display: flex; gap: .2rem; font-size: .85rem; }
.languages label { cursor: pointer; padding: .15rem .6rem; border: 1px solid var(--line); border-radius: 1rem; }
body:has(#in-english:checked) .zh, body:has(#in-chinese:checked) .en { display: none; }
body:has(#in-english:checked) [for=in-english], body:has(#in-chinese:checked) [for=in-chinese] {
  background: var(--ink); color: var(--paper); }
.languages:focus-within label { outline: 1px dotted var(--soft); }
"""
SWITCH = (
    '<div class="languages"><input type="radio" name="language" id="in-english" checked>'
    '<label for="in-english" lang="en">English</label><input type="radio" name="language" id="in-chinese">'
    '<label for="in-chinese" lang="zh">中文</label></div>'
)


def said(words: str) -> str:
    """Markup of ``words`` in both languages; words that are names stay as they are."""
    head, gap, tail = words, "", ""
    for mark in (" BLEU", " chrF2", ": "):  # "test BLEU", "left out: empty side": the rest is a name
        if head not in _CHINESE and mark in words:
            head, gap, tail = words.partition(mark)
    if head not in _CHINESE:
        return safe(words)
    english, chinese = safe(head), safe(_CHINESE[head])
    return f'<span class="en" lang="en">{english}</span><span class="zh" lang="zh">{chinese}</span>{safe(gap + tail)}'


def duration(seconds: float) -> str:
    """Wall time: "3 h 07 min", "12 min 05 s", "8 s"."""
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
