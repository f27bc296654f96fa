"""The look of what only pages about runs have: charts, cards of numbers, translations that change."""

RUN_STYLE = """
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: .9rem; }
.charts figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
  padding: .7rem .8rem .4rem; }
.charts figcaption { font-weight: 600; font-size: .92rem; margin-bottom: .3rem; display: flex; flex-wrap: wrap;
  justify-content: space-between; gap: .2rem 1rem; }
.charts .key { margin: 0; font-weight: 400; font-size: .8rem; gap: .2rem .8rem; color: var(--soft); }
svg { width: 100%; height: auto; display: block; }
.grid line { stroke: var(--line); } .grid text { fill: var(--soft); font-size: 13px; }
polyline { fill: none; stroke-width: 2; stroke-linejoin: round; } .faint { opacity: .55; stroke-width: 1.4; }
.l0 { stroke: var(--s0); } .l1 { stroke: var(--s1); } .l2 { stroke: var(--s2); }
.l3 { stroke: var(--s3); } .l4 { stroke: var(--s4); } .l5 { stroke: var(--s5); }
.f0 { fill: var(--s0); } .f1 { fill: var(--s1); } .f2 { fill: var(--s2); }
.f3 { fill: var(--s3); } .f4 { fill: var(--s4); } .f5 { fill: var(--s5); }
circle { stroke: var(--card); stroke-width: 1; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .7rem; margin: 1rem 0 0; }
.cards div { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .55rem .8rem; }
.cards dt { color: var(--soft); font-size: .82rem; } .cards dd { margin: 0; font-weight: 600; font-size: 1.05rem;
  font-variant-numeric: tabular-nums; }
.facts { columns: 20rem; column-gap: 2rem; margin: 0; }
.facts div { display: flex; justify-content: space-between; gap: 1rem; break-inside: avoid; padding: .2rem 0;
  border-bottom: 1px solid var(--line); } .facts dt, .facts dd { font-size: .9rem; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; text-align: right; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.sentence mark { background: color-mix(in srgb, var(--s0) 22%, transparent); color: inherit; border-radius: .2rem;
  padding: 0 .12rem; }
.sentence details dl { margin-top: .3rem; } .caution { color: var(--bad); font-weight: 600; }
pre { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .8rem;
  font-size: .82rem; line-height: 1.4; }
"""
