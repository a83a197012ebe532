#pragma once

// Style and script of the pages that eval writes: everything a page needs stands in it, so that it can
// be mailed and opened anywhere. Internal to eval/*_html.cc.

namespace quarry::eval {

// Nothing is loaded, whatever a document's text would have liked to.
inline constexpr const char* kPageHead = R"(<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
)";

inline constexpr const char* kPageStyle = R"(<style>
:root{--bg:#fff;--fg:#1d2329;--dim:#66707a;--rule:#e1e5e9;--card:#f6f8fa;--good:#1a7f4b;--bad:#c0342b;
--warn:#8a5a00;--value:#2563c9;--band:#9dbdf0;--before:#98a2ad;--good-bg:#e6f5ec;--bad-bg:#fdeceb;--warn-bg:#fff5d9}
@media(prefers-color-scheme:dark){:root{--bg:#14181c;--fg:#e3e7eb;--dim:#98a2ad;--rule:#2c333a;--card:#1c2228;
--good:#56c288;--bad:#f07a70;--warn:#dfb04a;--value:#79a9f5;--band:#34548a;--before:#66707a;--good-bg:#173024;
--bad-bg:#3a1e1c;--warn-bg:#33290f}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1200px;padding:28px 24px 80px;background:var(--bg);color:var(--fg);
font:15px/1.5 system-ui,-apple-system,"Segoe UI","Noto Sans","Noto Sans CJK SC",sans-serif}
h1{font-size:24px;margin:0 0 4px;display:flex;gap:14px;align-items:center;flex-wrap:wrap}
h2{font-size:17px;margin:36px 0 10px}
.dim,.label{color:var(--dim)}small,.small{font-size:13px}
.badge{font-size:14px;font-weight:600;border-radius:999px;padding:2px 12px}
.pass{color:var(--good);background:var(--good-bg)}.fail{color:var(--bad);background:var(--bad-bg)}
.open{color:var(--warn);background:var(--warn-bg)}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(210px,1fr));gap:2px 20px;margin:10px 0}
.facts div{font-size:13px}.facts b{font-weight:600}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(146px,1fr));gap:12px;margin:18px 0}
.card{background:var(--card);border-radius:10px;padding:12px 14px}
.card .figure{font-size:24px;font-weight:650;font-variant-numeric:tabular-nums}
.card .name{font-size:13px;color:var(--dim)}
.up{color:var(--good)}.down{color:var(--bad)}
table{border-collapse:collapse;width:100%;font-size:13px}
th{text-align:left;font-weight:600;color:var(--dim);border-bottom:1px solid var(--rule);padding:5px 8px}
td{border-bottom:1px solid var(--rule);padding:5px 8px;vertical-align:top}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.scroll{overflow-x:auto}
svg{max-width:100%;height:auto;font-size:12px}
svg text{fill:var(--dim)}svg .axis{stroke:var(--rule);stroke-width:1}
svg .band{stroke:var(--band);stroke-width:5;stroke-linecap:round}
svg .value{fill:var(--value)}svg .before{fill:var(--bg);stroke:var(--before);stroke-width:2}
svg .mark{fill:var(--good)}svg .line{fill:none;stroke:var(--value);stroke-width:1.5}
details{border-bottom:1px solid var(--rule)}
summary{cursor:pointer;padding:7px 4px;display:grid;grid-template-columns:64px minmax(120px,200px) 1fr;gap:10px;
align-items:baseline}
summary::-webkit-details-marker{display:none}
.dot{font-size:12px;font-weight:600;border-radius:6px;padding:1px 7px;text-align:center}
.body{padding:4px 4px 16px 8px}
.sides{display:grid;grid-template-columns:1fr 1fr;gap:14px}
@media(max-width:720px){.sides{grid-template-columns:1fr}summary{grid-template-columns:64px 1fr}}
.answer{background:var(--card);border-radius:8px;padding:10px 12px;white-space:pre-wrap;overflow-wrap:anywhere}
.weak{background:var(--warn-bg)}
.why{color:var(--bad);font-size:13.5px;margin:6px 0}
.passage{border-left:3px solid var(--rule);padding:2px 10px;margin:8px 0;font-size:13.5px;white-space:pre-wrap;
overflow-wrap:anywhere}
.passage.cited{border-color:var(--value)}
.filters{display:flex;gap:10px;margin:8px 0;flex-wrap:wrap}
input,select,button{font:inherit;color:inherit;background:var(--card);border:1px solid var(--rule);border-radius:8px;
padding:5px 10px}
input{flex:1;min-width:160px}
.inner summary{display:block;color:var(--dim);font-size:13px;padding:4px 0}.inner{border:0}
ul{padding-left:20px;margin:6px 0}li{margin:3px 0}
code{font-size:13px;background:var(--card);border-radius:4px;padding:0 4px}
</style>
)";

inline constexpr const char* kPageScript = R"(<script>
(function(){
  var box=document.getElementById('find'),kind=document.getElementById('kind');
  if(!box)return;
  var cases=Array.prototype.slice.call(document.querySelectorAll('details.case'));
  var count=document.getElementById('count');
  function apply(){
    var words=box.value.toLowerCase(),shown=0;
    cases.forEach(function(one){
      var fits=(kind.value===''||(' '+one.dataset.slices+' ').indexOf(' '+kind.value+' ')>=0)&&
        (words===''||one.textContent.toLowerCase().indexOf(words)>=0);
      one.hidden=!fits;if(fits)shown++;
    });
    count.textContent=shown+' shown';
  }
  box.addEventListener('input',apply);kind.addEventListener('change',apply);apply();
})();
</script>
)";

}  // namespace quarry::eval
