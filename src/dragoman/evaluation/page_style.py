"""The look of the HTML report: light and dark by the reader's choice, narrow enough for a telephone."""

STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --paper: #fbfbf9; --card: #ffffff;
  --line: #dfe3e8; --good: #1b7f4b; --bad: #b3372f; --s0: #2f6db5; --s1: #c46a1b; --s2: #3a8f5c; --s3: #8a55b0;
  --s4: #b0456a; --s5: #6d7a1f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --soft: #9aa5b4; --paper: #14181e; --card: #1c222a;
  --line: #323a45; --good: #5cc98f; --bad: #ef8a80; --s0: #6ea8ea; --s1: #eb9d58; --s2: #6cc492; --s3: #bd8ee0;
  --s4: #e183a5; --s5: #b3c150; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 1.25rem 1rem 4rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .2rem; line-height: 1.25; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; }
p { margin: .3rem 0; }
.soft, small { color: var(--soft); }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .5rem .8rem; text-align: right; white-space: nowrap; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--soft); font-weight: 600; font-size: .85rem; }
th:first-child, td:first-child { text-align: left; }
tbody th { font-weight: 600; }
.better { color: var(--good); font-weight: 600; } .worse { color: var(--bad); font-weight: 600; }
.bucket { display: grid; grid-template-columns: 6.5rem 1fr; gap: .2rem .8rem; align-items: center;
  padding: .55rem 0; border-top: 1px solid var(--line); }
.bars { display: grid; gap: .25rem; }
.bar { display: flex; align-items: center; gap: .5rem; font-size: .85rem; font-variant-numeric: tabular-nums; }
.bar > span { display: block; height: .8rem; min-width: 2px; border-radius: .2rem; }
.key { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; margin: 0 0 .6rem; padding: 0; list-style: none;
  font-size: .9rem; }
.key i { display: inline-block; width: .8rem; height: .8rem; border-radius: .2rem; margin-right: .4rem; }
.c0 { background: var(--s0); } .c1 { background: var(--s1); } .c2 { background: var(--s2); }
.c3 { background: var(--s3); } .c4 { background: var(--s4); } .c5 { background: var(--s5); }
.sentence { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .7rem .9rem;
  margin: 0 0 .7rem; }
.sentence dl { margin: 0; display: grid; grid-template-columns: minmax(5.5rem, 11rem) 1fr; gap: .25rem .8rem; }
.sentence dt { color: var(--soft); font-size: .85rem; overflow-wrap: anywhere; padding-top: .1rem; }
.sentence dd { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; }
.reference { font-weight: 600; }
details { margin: .5rem 0; } summary { cursor: pointer; font-weight: 600; padding: .3rem 0; }
.notes { font-size: .85rem; color: var(--soft); padding-left: 1.1rem; overflow-wrap: anywhere; }
@media (max-width: 34rem) { .sentence dl { grid-template-columns: 1fr; gap: 0; }
  .sentence dd { margin-bottom: .45rem; } .bucket { grid-template-columns: 4.6rem 1fr; }
  th, td { padding: .45rem .55rem; } }
@media print { .scroll { overflow: visible; } details > * { display: block; } }
"""
