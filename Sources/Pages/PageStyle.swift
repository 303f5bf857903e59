/// The page's style: a document for reviewers, on screens from 390 px on, in light, in dark, and on paper.
enum PageStyle {
  /// Colours of series: Okabe and Ito, "Color universal design", 2008, changed so far that each has a contrast of 3 to 1 or
  /// more with its page.
  private static let series = [
    (light: "#0072b2", dark: "#4aa8dd"), ("#c65a00", "#ff8a3c"), ("#00805d", "#1fc598"),
    ("#a8407c", "#e58fbf"),
    ("#8a6d00", "#e6c229"), ("#3b3b98", "#a3a3ff"), ("#a02020", "#ff7b7b"), ("#5a5a5a", "#bdbdbd"),
  ]

  static var css: String {
    func variables(_ choose: ((light: String, dark: String)) -> String) -> String {
      series.enumerated().map { "--c\($0):\(choose($1))" }.joined(separator: ";")
    }
    let classes = series.indices.map { ".c\($0){color:var(--c\($0))}" }.joined()
    return """
      :root{color-scheme:light dark;--paper:#fff;--ink:#1b1c1e;--quiet:#5b6067;--faint:#e3e5e8;--tint:#f5f6f8;\
      --accent:#0b5cad;--good:#00693e;--bad:#a3161c;\(variables { $0.light })}
      @media screen and (prefers-color-scheme:dark){:root{--paper:#14171a;--ink:#eceef0;--quiet:#a4abb3;--faint:#2c3238;\
      --tint:#1b1f24;--accent:#7ab8f5;--good:#4fd09a;--bad:#ff8a8a;\(variables { $0.dark })}}
      \(classes)
      \(rules)
      """
  }

  private static let rules = """
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%}
    body{margin:0 auto;max-width:68rem;padding:2.2rem 1.25rem 4rem;background:var(--paper);color:var(--ink);
    font:15px/1.5 system-ui,-apple-system,"Segoe UI","Helvetica Neue",Arial,sans-serif}
    h1{font-size:1.65rem;line-height:1.2;margin:0 0 .4rem;font-weight:650;letter-spacing:-.01em;overflow-wrap:anywhere}
    h2{font-size:1.2rem;line-height:1.3;margin:2.6rem 0 .7rem;padding-top:.9rem;border-top:1px solid var(--faint);
    font-weight:650}
    h3{font-size:1rem;line-height:1.35;margin:0;font-weight:600;overflow-wrap:anywhere}
    p{margin:.4rem 0;max-width:46rem;overflow-wrap:anywhere}
    a{color:var(--accent)}
    code{font:.88em ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
    nav{display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;align-items:baseline;margin:1.1rem 0 0;font-size:.9rem}
    nav a{text-decoration:none}nav a:hover{text-decoration:underline}
    .quiet,.alternative,.note,.unit{color:var(--quiet)}
    .alternative,.note{font-size:.86rem;line-height:1.45}
    .notice{border-left:3px solid var(--accent);background:var(--tint);padding:.5rem .8rem}
    .warning{border-left:3px solid var(--bad);background:var(--tint);padding:.5rem .8rem}
    .good{color:var(--good);font-weight:600}.bad{color:var(--bad);font-weight:600}.open{font-weight:600}
    .scroll{overflow-x:auto;max-width:100%;-webkit-overflow-scrolling:touch}
    .scroll:focus-visible,button:focus-visible,input:focus-visible,a:focus-visible,summary:focus-visible{
    outline:2px solid var(--accent);outline-offset:2px}
    table{border-collapse:collapse;font-size:.84rem;line-height:1.35;font-variant-numeric:tabular-nums lining-nums}
    caption{text-align:left;font-weight:600;font-size:.95rem;padding:0 0 .35rem;white-space:normal}
    th{font-weight:600;text-align:left;vertical-align:bottom;border-bottom:1.5px solid var(--quiet);white-space:nowrap}
    th .unit{font-weight:400}
    td,th{padding:.26rem .9rem .26rem 0}
    td{border-bottom:1px solid var(--faint);vertical-align:top;unicode-bidi:isolate;max-width:37rem;overflow-wrap:break-word}
    td:last-child,th:last-child{padding-right:.2rem}
    .number{text-align:right;white-space:nowrap}
    .data{margin:1rem 0 1.6rem}
    .below{display:flex;flex-wrap:wrap;gap:.2rem 1rem;align-items:baseline;justify-content:space-between;margin:.4rem 0 0}
    .below .note{flex:1 1 18rem;margin:0}
    .tools{display:inline-flex;gap:.4rem;margin-left:auto}
    button{font:inherit;font-size:.8rem;line-height:1.4;color:var(--quiet);background:var(--paper);
    border:1px solid var(--faint);border-radius:4px;padding:.1rem .55rem;cursor:pointer}
    button:hover{color:var(--ink);border-color:var(--quiet)}
    button[aria-pressed=true]{color:var(--ink);background:var(--tint);border-color:var(--quiet)}
    figure{margin:1.4rem 0 2.2rem;max-width:100%;min-width:0}
    figure.chart .plot{width:100%;margin:.5rem 0 .2rem;overflow-x:auto}
    .without-charts .plot,.without-charts .controls,.without-charts .legend{display:none}
    .plot svg{max-width:100%;height:auto;display:block}
    .controls{display:flex;flex-wrap:wrap;gap:.4rem 1.2rem;margin:.5rem 0 0}
    .scale{display:inline-flex;gap:.3rem;align-items:baseline}
    .scale .axis{font-size:.84rem;color:var(--quiet);font-style:italic;margin-right:.15rem}
    .legend{border:0;margin:.3rem 0 .5rem;padding:0;display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;max-height:11rem;
    overflow-y:auto;font-size:.84rem}
    .legend legend{color:var(--quiet);padding:0;margin:0 0 .15rem}
    .legend label{display:inline-flex;align-items:center;gap:.4rem;cursor:pointer;overflow-wrap:anywhere;min-width:0}
    .legend input{margin:0;accent-color:var(--accent)}
    .swatch{width:34px;height:12px;flex:none}
    .swatch .line{stroke:currentColor;stroke-width:1.6;fill:none}
    .swatch .point{stroke:currentColor;stroke-width:1.3;fill:currentColor}
    .swatch.hollow .point{fill:var(--paper)}
    details{margin:.4rem 0}
    summary{cursor:pointer;color:var(--quiet);font-size:.86rem}
    details table{margin-top:.5rem}
    dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1.2rem;margin:.6rem 0;font-size:.9rem}
    dt{color:var(--quiet)}dd{margin:0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums;min-width:0}
    .picture{overflow-x:auto}.picture svg{min-width:46rem;width:100%;height:auto;display:block}
    #vg-tooltip-element{font-family:inherit;max-width:min(24rem,90vw);font-variant-numeric:tabular-nums}
    @media (max-width:600px){body{padding:1.3rem .9rem 3rem}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.4rem}
    td{min-width:0}h1{font-size:1.4rem}}
    @media print{:root{color-scheme:light}body{max-width:none;padding:0;font-size:10pt}nav,.tools,.controls,button,
    details:not([open]){display:none}figure,.data,tr{break-inside:avoid}h2,h3,caption{break-after:avoid}
    .scroll,.plot,.legend{overflow:visible;max-height:none}.scroll table{font-size:7.5pt}.legend label:not(:has(:checked)){
    display:none}.legend input{display:none}a{color:inherit;text-decoration:none}
    .data:has(tbody tr:nth-child(25)){break-inside:auto}}
    """
}
