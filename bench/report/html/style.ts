/**
 * Defines the style sheet of the page.
 *
 * Invariants: the page itself never scrolls sideways, only boxes within it; all colors come from the theme; paper has
 * the light one, without elements that only serve to be clicked.
 */
import { DARK, LIGHT, themeVariables } from './palette.js';

const LAYOUT = `
*,*::before,*::after{box-sizing:border-box}
html{color-scheme:light dark;scroll-padding-top:1.5rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums;padding:0 clamp(1rem,4vw,2.5rem);overflow-wrap:break-word}
body>*{max-width:54rem;margin-inline:auto}
a{color:var(--accent);text-underline-offset:.2em;text-decoration-thickness:1px}
a:hover{text-decoration-thickness:2px}
:focus-visible{outline:3px solid var(--accent);outline-offset:3px;border-radius:3px}
main:focus{outline:none}
.skip{position:absolute;left:-100vw;top:0;z-index:2;padding:.75rem 1.25rem;background:var(--accent);color:var(--paper);border-radius:0 0 8px 0}
.skip:focus{left:0}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.9em}
h1,h2,h3{line-height:1.2;letter-spacing:-.015em;text-wrap:balance;margin:0}
h1{font-size:clamp(2rem,1.4rem + 2.6vw,3rem);font-weight:700;letter-spacing:-.03em}
h2{font-size:clamp(1.4rem,1.15rem + 1.1vw,1.85rem);font-weight:680}
h3{font-size:1.1rem;font-weight:650;margin:2.75rem 0 .75rem}
.option{white-space:nowrap}
p{margin:0 0 1rem;max-width:44rem;text-wrap:pretty}
`;

const FRAME = `
.top{padding-top:clamp(2.5rem,7vw,4.5rem)}
.brand{display:flex;align-items:center;gap:.6rem;margin:0 0 1.25rem;color:var(--accent);font-weight:650}
.summary::first-letter{text-transform:uppercase}
.top .summary{font-size:1.1rem;color:var(--muted);margin:1rem 0 0}
.top .points{margin:1.5rem 0 0}
nav{margin-top:2rem}
nav ol{list-style:none;margin:0;padding:1rem 0;border-block:1px solid var(--rule);display:flex;flex-wrap:wrap;gap:.35rem 1.75rem;font-size:.95rem}
nav a{display:inline-block;padding:.2rem 0;overflow-wrap:anywhere;text-decoration-color:transparent}
nav a:hover{text-decoration-color:currentColor}
main{padding-bottom:3rem}
main>section{padding-top:4rem}
main>section>h2{margin-bottom:1.25rem}
section>header{margin-bottom:1.75rem}
.kicker{margin:0 0 .5rem}
.kicker code{color:var(--accent);background:var(--wash);padding:.15rem .55rem;border-radius:99px;font-weight:600;font-size:.8rem}
section .summary{color:var(--muted);margin:.5rem 0 0}
.note{font-size:.875rem;color:var(--muted);line-height:1.5}
.lead{font-weight:600;margin:1.75rem 0 .25rem}
.state{border:1px solid var(--bad);color:var(--bad);padding:.6rem 1rem;border-radius:8px;margin-top:1.5rem}
.points{margin:0 0 1.25rem;padding:1.1rem 1.25rem 1.1rem 2.4rem;background:var(--raised);border-radius:10px}
.points li{margin:.45rem 0;max-width:46rem}
.points li::marker{color:var(--accent)}
footer{border-top:1px solid var(--rule);padding:1.25rem 0 3rem;color:var(--muted);font-size:.875rem}
footer p{margin:0}
dl{margin:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,15rem),1fr));gap:1.1rem 2rem}
dt{font-size:.8125rem;color:var(--muted)}
dt::first-letter{text-transform:uppercase}
dd{margin:0;font-weight:500;overflow-wrap:anywhere}
@media (max-width:40rem){dl{grid-template-columns:1fr 1fr}}
pre{margin:0;padding:1rem 1.25rem;background:var(--raised);border-radius:10px;white-space:pre-wrap;overflow-wrap:anywhere}
pre code{user-select:all}
`;

/** On a wide screen the contents are beside the results and stay visible. */
const WIDE = `
@media screen and (min-width:78rem){
body{display:grid;grid-template-columns:12.5rem minmax(0,54rem);column-gap:3.5rem;justify-content:center}
body>*{grid-column:2;width:100%;margin-inline:0}
nav{grid-column:1;grid-row:1/span 2;align-self:start;position:sticky;top:0;margin:0;padding-top:clamp(2.5rem,7vw,4.5rem);max-height:100vh;overflow-y:auto}
nav ol{flex-direction:column;border:0;padding:.1rem 0 2rem;gap:.5rem;font-size:.875rem;line-height:1.4}
}
`;

const TABLES = `
.scroll{overflow-x:auto;margin:1rem 0 1.25rem;background:linear-gradient(90deg,var(--paper) 40%,transparent) 0 0/3rem 100% no-repeat local,linear-gradient(270deg,var(--paper) 40%,transparent) 100% 0/3rem 100% no-repeat local,linear-gradient(90deg,var(--shade),transparent) 0 0/1rem 100% no-repeat scroll,linear-gradient(270deg,var(--shade),transparent) 100% 0/1rem 100% no-repeat scroll}
table{border-collapse:collapse;min-width:100%;font-size:.925rem}
table.narrow{min-width:min(100%,28rem)}
th,td{padding:.5rem .75rem;text-align:right;vertical-align:baseline;white-space:nowrap}
tr>:first-child{text-align:left;padding-left:.5rem}
@media screen and (max-width:56rem){tr>:first-child{position:sticky;left:0;background:var(--paper)}}
tr>:last-child{padding-right:.5rem}
@media screen and (max-width:40rem){.judged tr>:last-child{position:sticky;right:0;background:var(--paper)}}
thead th{font-weight:550;font-size:.8125rem;color:var(--muted);border-bottom:1px solid var(--rule)}
thead td{border-bottom:1px solid var(--rule)}
thead .groups>*{border:0;padding-bottom:0}
.groups th{text-align:center}
.groups th::after{content:"";display:block;margin-top:.3rem;border-bottom:1px solid var(--rule)}
tbody th{font-weight:500}
tbody th.long{white-space:normal;min-width:9rem;max-width:24rem;overflow-wrap:anywhere}
tbody tr+tr>*{border-top:1px solid var(--grid)}
td small{display:block;color:var(--muted);font-size:.75rem;line-height:1.35}
.own>*,.own>:first-child{background:var(--wash)}
.own th{font-weight:700;color:var(--accent)}
.own td{font-weight:600}
.own small{font-weight:400}
b.good{color:var(--good)}
b.bad{color:var(--bad)}
details{margin:.75rem 0 0;font-size:.925rem}
summary{cursor:pointer;color:var(--accent);width:max-content;max-width:100%;padding:.25rem 0;font-size:.875rem}
.figures{margin-top:2rem}
.figures .scroll{max-height:28rem;overflow:auto}
.figures tbody th{white-space:normal;min-width:11rem}
`;

const CHARTS = `
figure{margin:2.25rem 0}
figcaption{font-weight:600;margin-bottom:.75rem}
.legend{list-style:none;margin:0 0 1rem;padding:0;display:flex;flex-wrap:wrap;gap:.35rem 1.75rem;font-size:.875rem;line-height:1.45}
.legend li{display:flex;gap:.6rem}
.legend svg{flex:none;margin-top:.35rem;fill:none}
.legend .name{font-weight:600}
.legend .note{font-size:inherit}
.legend .reading{display:inline-block;min-width:4.5rem;color:var(--ink);font-weight:600;margin-left:.25rem}
.axis{display:flex;justify-content:space-between;max-width:none;margin:0;font-size:.75rem;color:var(--muted)}
.axis .at{color:var(--ink);font-weight:600}
.plot{width:100%;min-height:220px}
.plot .uplot{width:100%;font:inherit}
.plot .u-cursor-x,.plot .u-cursor-y{border-color:var(--muted)}
.plot .u-cursor-y{display:none}
figure>.note{margin:.75rem 0 0}
.bars ul{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:max-content 1fr max-content;column-gap:1rem}
.bars li{display:grid;grid-column:1/-1;grid-template-columns:subgrid;grid-template-areas:"name track value";align-items:center;row-gap:.25rem;padding:.3rem 0;font-size:.925rem}
.bars .name{grid-area:name}
.bars .value{grid-area:value;font-weight:600}
.bars small{font-weight:400;color:var(--muted);font-size:.8125rem}
.track{grid-area:track;position:relative;height:1.35rem}
.track i{position:absolute;top:0;bottom:0}
.bar{border-radius:3px;min-width:1px}
.bars .mark-label{padding:.1rem 0 0;font-size:.8125rem;color:var(--muted);line-height:1.35}
.mark-label .track{height:auto}
.mark-label .track>span{display:block}
.range{top:50%!important;bottom:auto!important;height:2px;background:var(--ink);box-shadow:0 0 0 1px var(--paper)}
.mark{width:0;margin-left:-1px;border-left:2px dashed var(--ink);top:-.3rem!important;bottom:-.3rem!important}
@media (max-width:40rem){.bars ul{display:block}.bars li{grid-template-columns:1fr auto;grid-template-areas:"name value" "track track"}}
`;

/** Name, drawing, value and conclusion in columns; on a phone the drawing is below them. */
const FOREST = `
.forest ul{list-style:none;margin:0;padding:0}
.forest .row,.forest .ticks,.forest .sides{display:grid;grid-template-columns:10rem minmax(0,1fr) 8rem 7rem;grid-template-areas:"name track value ending";column-gap:1rem;align-items:center}
.forest .row{font-size:.925rem;line-height:1.3}
.forest .name{grid-area:name}
.forest .group{display:block;font-weight:600;padding:.9rem 0 .25rem;border-bottom:1px solid var(--rule);font-size:.925rem}
.forest .value{grid-area:value;text-align:right;font-weight:600;white-space:nowrap}
.forest .value small{display:block;font-weight:400;color:var(--muted);font-size:.75rem}
.forest .ending{grid-area:ending;font-size:.8125rem;overflow-wrap:normal}
.forest .track{height:2.9rem;display:block}
.forest .track i{top:0;bottom:0;width:0}
.forest .grid{border-left:1px solid var(--grid)}
.forest .zero{border-left:2px solid var(--muted);margin-left:-1px}
.forest .mark-0{border-left:2px dashed var(--muted);margin-left:-1px}
.forest .mark-1{border-left:2px dotted var(--muted);margin-left:-1px}
.forest .track .round{top:72%;bottom:auto;width:5px;height:5px;margin:-2px 0 0 -2.5px;border-radius:50%;background:var(--ink);opacity:.42}
.forest .track .interval{top:38%;bottom:auto;height:6px;margin-top:-3px;width:auto;min-width:2px;background:currentColor;border-radius:3px;opacity:.55}
.forest .track .cut-low{border-radius:0 3px 3px 0;mask:linear-gradient(90deg,transparent,#000 1.5rem)}
.forest .track .cut-high{border-radius:3px 0 0 3px;mask:linear-gradient(270deg,transparent,#000 1.5rem)}
.forest .track .estimate{top:38%;bottom:auto;width:13px;height:13px;margin:-6.5px 0 0 -6.5px;border-radius:50%;background:currentColor;border:2px solid var(--paper)}
.forest .good{color:var(--good)}
.forest .bad{color:var(--bad)}
.forest .faint{color:var(--muted)}
.forest .plain{color:var(--ink)}
.forest .track .estimate.plain{background:var(--paper);border-color:currentColor}
.forest .ticks,.forest .sides{margin:0;max-width:none;font-size:.75rem;color:var(--muted)}
.forest .ticks .track,.forest .sides .track{height:1.2rem}
.forest .ticks .track>span{position:absolute;transform:translateX(-50%);white-space:nowrap}
.forest .sides .track{display:flex;justify-content:space-between}
.forest .key{display:inline-block;height:1.25em;width:0;margin:0 .2em 0 .3em;vertical-align:-.3em}
@media (max-width:40rem){.forest .row,.forest .ticks,.forest .sides{grid-template-columns:minmax(0,1fr) auto;grid-template-areas:"name ending" "value value" "track track"}.forest .row{padding-top:.6rem}.forest .value{text-align:left}.forest .value small{display:inline;margin-left:.35rem}}
`;

const VERDICTS = `
.verdict{display:inline-block;padding:.2em .7em;border-radius:99px;border:1.5px solid currentColor;font-size:.8125rem;line-height:1.3;font-weight:700;letter-spacing:.03em}
.verdict.good,.verdict.bad{color:var(--paper);border-color:transparent}
.verdict.good{background:var(--good)}
.verdict.bad{background:var(--bad)}
.verdict.faint{color:var(--muted)}
h1 .verdict{font-size:.45em;vertical-align:.28em;margin-right:.4em}
@media (max-width:40rem){h1 .verdict{display:table;margin-bottom:.6em}}
b.faint{font-weight:inherit;color:var(--muted)}
.reason{font-size:1.05rem;margin:.6rem 0 0}
`;

const PAPER = `
@media print{
@page{margin:16mm}
html{font-size:10pt}
body{padding:0}
body>*{max-width:none}
.skip,nav,summary,.figures,.top .brand svg{display:none}
main>section{padding-top:2rem}
.bars,.forest .row,.plot,.legend,.points li,tr,dl>div{break-inside:avoid}
h2,h3,.lead,section>header,figcaption,.legend,.axis:not(.x),.plot{break-after:avoid}
.scroll{overflow:visible;background:none}
table{font-size:.85rem}
th,td{padding:.3rem .4rem}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}`;

/** The complete style sheet. */
export const STYLE: string = [
  `:root{${themeVariables(LIGHT)}}`,
  `@media (prefers-color-scheme:dark){:root:not(.paper){${themeVariables(DARK)}}}`,
  `@media print{:root{${themeVariables({ ...LIGHT, paper: '#ffffff' })}}}`,
  LAYOUT,
  FRAME,
  WIDE,
  TABLES,
  CHARTS,
  FOREST,
  VERDICTS,
  PAPER,
].join('\n');
