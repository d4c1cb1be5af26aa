/** The page's own style, for light and dark, for print and for a telephone: the table scrolls sideways, never the page. */
export const STYLE = `
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif;--page:#fff;--text:#1c2128;--soft:#59636e;--line:#d9dee4;--card:#f7f8fa;
--then:#8a94a6;--now:#e07a1f;--stable:#1f7a3d;--moderate:#8f5f00;--drifted:#c22f2f}
@media(prefers-color-scheme:dark){:root{--page:#14171c;--text:#e6e9ee;--soft:#9aa4b0;--line:#303742;--card:#1b2027;
--then:#7f8a9c;--now:#f0913f;--stable:#5ec27f;--moderate:#e3a93c;--drifted:#ff8078}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text)}
main{max-width:76rem;margin:0 auto;padding:2rem 1rem 4rem}
h1{margin:0;font-size:1.75rem;line-height:1.2}
h2{margin:2.5rem 0 .75rem;font-size:1.2rem}
.verdict{margin:.4rem 0 1.25rem;font-size:1.2rem}
.finished{max-width:60rem;margin:0 0 1.25rem;padding:.7rem 1rem;border-left:.25rem solid var(--then);background:var(--card)}
dl{display:flex;flex-wrap:wrap;gap:.75rem 2.5rem;margin:0 0 1.5rem}
dt{color:var(--soft);font-size:.85rem}dd{margin:0;font-variant-numeric:tabular-nums}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{padding:.4rem .75rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:baseline}
th:first-child{padding-left:0}
thead th{color:var(--soft);font-size:.85rem;font-weight:500;white-space:nowrap}
tbody th{min-width:10.5rem;font-weight:500;overflow-wrap:anywhere}th small,figcaption small{display:block}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.status{padding:.1rem .55rem;border-radius:1rem;font-size:.85rem;white-space:nowrap;color:var(--soft);background:color-mix(in srgb,currentColor 12%,transparent)}
.stable{color:var(--stable)}.moderate{color:var(--moderate)}.drifted{color:var(--drifted);font-weight:600}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,22rem),1fr));gap:1rem}
figure{margin:0;padding:.9rem 1rem;border:1px solid var(--line);border-radius:.5rem;background:var(--card);break-inside:avoid}
figcaption{display:flex;justify-content:space-between;align-items:start;gap:.75rem;margin-bottom:.6rem;font-weight:500;overflow-wrap:anywhere}
.bins{display:grid;grid-template-columns:max-content 1fr max-content max-content;gap:.3rem .6rem;align-items:center;font-size:.8125rem;line-height:1.3}
.bin{text-align:right;font-variant-numeric:tabular-nums;color:var(--soft);white-space:nowrap}
.bars{display:grid;gap:1px}.bars i{height:.45rem;border-radius:0 .15rem .15rem 0;print-color-adjust:exact}
.then{background:var(--then)}.now{background:var(--now)}.bins .n{color:var(--soft)}.bins b.n{color:var(--text);font-weight:600}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:0 0 1rem;color:var(--soft)}
.legend i{display:inline-block;width:.8em;height:.8em;border-radius:.15em;print-color-adjust:exact}
details{margin:1.5rem 0}summary{cursor:pointer;font-weight:500}details p{max-width:60rem}details .charts{margin-top:1rem}
small{color:var(--soft);font-weight:400;font-size:.85rem}`;
