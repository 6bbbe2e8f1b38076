/** Pure: how a report looks on a screen and printed. */
export const style = `
body{font:16px/1.5 system-ui,sans-serif;color:#161616;background:#fff;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem;line-height:1.25}h2{font-size:1.2rem;margin-top:2.2rem}
.verdict{border:3px solid;padding:1rem 1.2rem;margin:1rem 0}.verdict strong{font-size:1.9rem;display:block}
.LAUNCH{border-color:#18753c}.DO{border-color:#a3123d}.NOT{border-color:#8a6d00}
.tiles{display:flex;flex-wrap:wrap;gap:1rem;margin:1rem 0}.tiles div{border:1px solid #bbb;padding:.5rem .9rem}.tiles b{display:block;font-size:1.25rem}
table{border-collapse:collapse;width:100%;font-size:.84rem}th,td{text-align:left;padding:.25rem .5rem;border-bottom:1px solid #ccc;vertical-align:top}td.n{text-align:right;white-space:nowrap}
.wide,figure{overflow-x:auto}figure{margin:1.2rem 0}figcaption{font-weight:600}svg{width:100%;height:auto}svg text{font:12px system-ui,sans-serif;fill:#161616}
.grid{stroke:#ddd}.tick{stroke:#888}.limit{stroke:#a3123d;stroke-dasharray:6 4;stroke-width:1.5}.mark{stroke:#161616;stroke-dasharray:2 3}.interval{fill:#1d4f91;opacity:.14}
@media screen{svg{min-width:36rem}table{min-width:38rem}}
small{color:#444;overflow-wrap:anywhere}@media print{body{margin:0;padding:0;max-width:none;font-size:10pt;print-color-adjust:exact}figure{margin:.4rem 0}svg{width:92%}table{font-size:7.5pt}th,td{padding:.15rem .4rem}.wide,figure{overflow:visible}
figure,tr,.verdict,.tiles{break-inside:avoid}h2,h2+p,figcaption{break-after:avoid}}`
