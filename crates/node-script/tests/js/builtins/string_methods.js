// Methods of strings, and what Buffers find and read, called at random on texts of all kinds.
'use strict';
let seed = 7;
function rnd(n) { seed = (Math.imul(seed, 1103515245) + 12345) >>> 0; return (seed >>> 8) % n; }
const alpha=['a','b','ab',' ','\n','é','\u2603','\u{1F600}','\ud83d','$','$&','$1','-','0','12','\ufeff','\u00a0','A','ß','İ'];
function str(){ let s=''; for(let i=rnd(8);i>0;i--) s+=alpha[rnd(alpha.length)]; return rnd(6)===0?s.repeat(5):rnd(6)===0?s+s+'tail of a longer text':s }
const num=()=>[rnd(12)-3,undefined,NaN,Infinity,-1,1.5][rnd(6)];
const ops=[s=>s.startsWith(str(),num()),s=>s.endsWith(str(),num()),s=>s.includes(str(),num()),s=>s.indexOf(str(),num()),s=>s.lastIndexOf(str(),num()),s=>s.trim(),s=>s.trimStart(),s=>s.trimEnd(),
 s=>s.replace(str(),str()),s=>s.replaceAll(str(),str()),s=>s.replace(str(),(...a)=>JSON.stringify(a)),s=>s.replaceAll(str(),(m,i)=>m+i),s=>s.split(str()),s=>s.split(str(),rnd(3)),s=>[...s],s=>Array.from(s),s=>s.at(num()),s=>s.charAt(num()),s=>s.codePointAt(num()),s=>s.slice(num(),num()),s=>s.substring(num(),num()),s=>s.substr(num(),num()),s=>s.padStart(rnd(20),str()),s=>s.padEnd(rnd(20),str()),s=>s.toUpperCase(),s=>s.toLowerCase(),s=>s.normalize(),s=>s.repeat(rnd(4)),s=>s.concat(str(),str()),s=>s<str(),s=>s.isWellFormed(),s=>s.toWellFormed(),
 s=>{const b=Buffer.from(s);return [b.indexOf(str(),num()),b.lastIndexOf(str(),num()),b.includes(str()),b.indexOf(rnd(256)),b.indexOf(Buffer.from(str()),num()),b.lastIndexOf(rnd(256),num())]},
 s=>{const b=Buffer.from(s,'utf16le');return [b.indexOf(str(),num(),'utf16le'),b.lastIndexOf(str(),num(),'ucs2')]},
 s=>{const b=Buffer.from(s);return [b.toString('utf8',num(),num()),b.toString('hex',rnd(4)),b.toString('latin1',0,rnd(9)),b.toString('base64',num())]},
 s=>{const a=Buffer.from(s),b=Buffer.alloc(8);try{return [a.copy(b,rnd(9),rnd(4),rnd(9)),b]}catch(e){return e.message}},
 s=>{const u=Uint16Array.from(s,c=>c.charCodeAt(0));try{return Buffer.copyBytesFrom(u,rnd(3),rnd(4))}catch(e){return e.message}},
 s=>{const n=BigInt('0x'+Buffer.from(s||'q').toString('hex'));return [2,3,7,8,10,16,32,36].map(r=>n.toString(r)).concat(String(BigInt(n.toString())===n),String(BigInt('0b'+n.toString(2))===n),String(BigInt('0o'+n.toString(8))===n),(-n).toString(5))},
 s=>{let r='';for(const c of s)r+='|'+c;return r},
];
for(let t=0;t<110;t++){ const s=str(); for(let k=0;k<4;k++){ const o=rnd(ops.length); let r; try{r=ops[o](s)}catch(e){r=e.name+e.message} console.log(t,o,JSON.stringify(s),JSON.stringify(r)); } }
