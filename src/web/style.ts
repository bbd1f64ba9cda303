/** The only stylesheet; light and dark by the reader's preference. */
export const stylesheet = `
:root {
  --ground: #f6f7f9; --card: #ffffff; --ink: #1b2330; --quiet: #5a6576; --line: #dfe3ea; --link: #1a56b8;
  --available: #3d9e5f; --degraded: #a9c23f; --suspect: #e8a13a; --unavailable: #c8373f;
  --unknown: #98a1b0; --excluded: #5b7fd0;
  --good: #1f7a42; --bad: #b3262e; --doubtful: #96600a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12161d; --card: #1a202a; --ink: #e7ebf1; --quiet: #9ba7b8; --line: #2d3542; --link: #8ab4f8;
    --available: #3f9c60; --degraded: #a2b83f; --suspect: #e0a040; --unavailable: #e2555c;
    --unknown: #6d7787; --excluded: #6f92e0;
    --good: #6fd193; --bad: #ff8d92; --doubtful: #f0b85c;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem; max-width: 76rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums;
}
p, h1, h2, dl, dd, figure { margin: 0; }
a { color: var(--link); }
h1 { display: flex; align-items: center; gap: .6rem; font-size: 1.4rem; }
h2 { font-size: 1.25rem; overflow-wrap: anywhere; }
.quiet { color: var(--quiet); }
.hidden { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
.top, .card > header { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem .8rem; }
.top { justify-content: space-between; margin-bottom: 1rem; }
main { display: grid; gap: 1.25rem; grid-template-columns: minmax(0, 1fr); }
.card, .panel, .notice {
  background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.25rem;
}
.card { display: grid; gap: 1.25rem; grid-template-columns: minmax(0, 1fr); }
.notice { border-left: .3rem solid var(--doubtful); padding: .75rem 1.25rem; }
.pill {
  border: 1px solid currentColor; border-radius: 1rem; padding: 0 .7rem; font-size: .85rem; font-weight: 600;
}
.good { color: var(--good); } .bad { color: var(--bad); }
.doubtful { color: var(--doubtful); } .none { color: var(--quiet); }
.figures { display: flex; flex-wrap: wrap; gap: 1.5rem 3rem; align-items: center; }
.label { font-size: .85rem; color: var(--quiet); }
.big { font-size: 2.6rem; line-height: 1.15; font-weight: 650; letter-spacing: -.02em; }
.counts { flex: 1 1 24rem; display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: .35rem 2rem; }
.counts div { display: flex; justify-content: space-between; border-bottom: 1px solid var(--line); padding: .15rem 0; }
.counts dd { font-weight: 600; }
.swatch { display: inline-block; width: .75rem; height: .75rem; margin-right: .5rem; border-radius: .2rem; }
.strip { display: grid; grid-template-columns: repeat(60, minmax(0, 1fr)); gap: 2px; }
.cell {
  height: 2.1rem; border-radius: 3px; display: grid; place-items: center;
  color: #fff; font-size: .7rem; font-weight: 700; line-height: 1;
}
.swatch, .cell.open { border: 1px dashed var(--quiet); }
.swatch[class*=" "], .cell { border: 1px solid transparent; }
.cell.open { border: 1px dashed var(--quiet); }
.available { background: var(--available); } .degraded { background: var(--degraded); }
.suspect { background: var(--suspect); } .unavailable { background: var(--unavailable); }
.unknown { background: var(--unknown); } .excluded { background: var(--excluded); }
.cell.degraded, .cell.suspect { color: #1b2330; }
.cell.degraded::after { content: "~"; } .cell.suspect::after { content: "?"; }
.cell.unavailable::after { content: "\\00d7"; font-size: 1rem; }
.cell.unknown::after { content: "\\2013"; } .cell.excluded::after { content: "/"; }
figcaption { display: flex; justify-content: space-between; font-size: .8rem; padding-top: .25rem; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--quiet); font-weight: 500; font-size: .85rem; }
.mark { font-weight: 600; }
.whole { white-space: nowrap; }
.runs { margin: 0; padding: .6rem 1rem; list-style: none; border-left: .3rem solid var(--unavailable); background: var(--ground); }
td small { white-space: nowrap; } code { overflow-wrap: anywhere; font-size: .85em; }
footer { display: flex; flex-wrap: wrap; gap: .5rem; padding: 1.25rem 0; font-size: .85rem; }
footer span { margin-left: auto; }
button, select { font: inherit; padding: .3rem .8rem; }
.demo-protocol { border: 0; border-top: 1px solid var(--line); margin: .5rem 0 0; padding: .5rem 0 0; }
.demo-protocol legend { float: left; width: 100%; padding: 0 0 .3rem; font-weight: 600; }
.demo-state { font-weight: 400; color: var(--quiet); }
.demo-state:not([data-fault="ok"]) { color: var(--unavailable); font-weight: 600; }
.demo-order { display: inline; }
.demo-order button { padding: .15rem .7rem; border: 1px solid var(--line); border-radius: .35rem; background: var(--ground); color: inherit; cursor: pointer; }
.demo-order button[aria-pressed="true"] { border-color: var(--link); color: var(--link); font-weight: 600; }
@media (max-width: 40rem) {
  body { padding: .75rem; }
  .strip { grid-template-columns: repeat(30, minmax(0, 1fr)); }
  .big { font-size: 2.1rem; }
}
`;

/** An envelope. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect x="2" y="6" width="28" height="20" rx="4" fill="#2f9e5c"/>
<path d="M5 10l11 8 11-8" fill="none" stroke="#fff" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round"/>
</svg>
`;
