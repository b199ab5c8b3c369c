// Expressions as they were made, and those that a program has changed: what asks `exec`, `flags` and the species, and what comes out.
'use strict';
const t=(f)=>{try{console.log(JSON.stringify(f()))}catch(e){console.log(e.name, e.message)}};
const texts = ['', 'a1b22c', 'aXbX', '\u{1F600}a'];
const res = [/X/, /\d+/, /(\d)(x)?/, /(?:)/u, /a*/, /^/, /b|/, /(?<n>\d)/, /X/g, /(?:)/g, /(?:)/gu, /a/y, /a/gy, /(a)|(b)/g];
for (const r of res) for (const x of texts) {
  t(()=>x.split(r)); t(()=>x.split(r,2)); t(()=>x.split(r,0)); t(()=>x.split(r,-1)); t(()=>x.split(r,{valueOf(){return 1}}));
  t(()=>[x.replace(r,'[$&$1$`$\'$$]'), r.lastIndex]); t(()=>[x.replace(r,(...a)=>JSON.stringify(a)), r.lastIndex]); t(()=>[x.match(r), r.lastIndex]); t(()=>[r.test(x), r.lastIndex, r.test(x), r.lastIndex]);
  t(()=>x.search(r)); t(()=>[...x.matchAll(new RegExp(r.source, r.flags.includes('g')?r.flags:r.flags+'g'))]);
  r.lastIndex=1; t(()=>[x.replace(r,'z'), r.lastIndex]); r.lastIndex=2; t(()=>[r.test(x), r.lastIndex]); r.lastIndex=0;
}
// changed expressions
{ const r=/b/g; r.exec=function(s){ return null }; t(()=>'abc'.replace(r,'x')); t(()=>'abc'.split(r)); t(()=>r.test('b')); t(()=>'abc'.match(r)); }
{ const r=/b/g; Object.defineProperty(r,'lastIndex',{writable:false}); t(()=>'abcb'.replace(r,'x')); t(()=>r.test('b')); t(()=>'abcb'.split(r)); t(()=>'abcb'.match(r)); }
{ const r=/b/g; Object.freeze(r); t(()=>'abcb'.replace(r,'x')); t(()=>'b'.match(r)); }
{ const r=/b/; r.lastIndex={valueOf(){console.log('asked'); return 1}}; t(()=>'abcb'.replace(r,'x')); t(()=>r.test('b')); t(()=>'abcb'.split(r)); }
{ class R extends RegExp { exec(s){ const m=super.exec(s); if(m) m[0]='Q'; return m } } const r=new R('b','g'); t(()=>'abc'.match(/b/g)); t(()=>{ let n=0; const x=new R('b',''); return 'abc'.replace(x,'y') }); t(()=>'abc'.split(new R('b'))); }
{ const r=/b/g; const o={toString(){ r.compile('c','g'); return 'new'}}; t(()=>'abcb'.replace(r,o)); }
{ const r=/b/g; t(()=>'abcbb'.replace(r,()=>{ r.lastIndex=100; r.compile('a'); return '-'})); t(()=>r.lastIndex); }
{ const r=/x*/g; t(()=>'\u{1F600}'.replace(r,'-')); t(()=>'\u{1F600}'.replace(/x*/gu,'-')); t(()=>'\ud83d'.split(/(?:)/u)); t(()=>'\u{1F600}b'.split(/(?:)/)); t(()=>'\u{1F600}b'.split(/(?:)/u)); }
{ t(()=>'aXbX'.split(/(X)|(Y)/)); t(()=>'test'.split(/(?=s)/)); t(()=>'A<B>bold</B>and<CODE>coded</CODE>'.split(/<(\/)?([^<>]+)>/)); t(()=>'ab'.split(/a*?/)); t(()=>'ab'.split(/a*/)); }
const old=RegExp.prototype.exec; RegExp.prototype.exec=function(s){ console.log('exec'); return old.call(this,s) }; t(()=>'abc'.replace(/b/g,'x')); t(()=>/b/.test('b')); t(()=>'abc'.split(/b/)); RegExp.prototype.exec=old; t(()=>'abc'.replace(/b/g,'x'));
const sd=Object.getOwnPropertyDescriptor(RegExp,Symbol.species); Object.defineProperty(RegExp,Symbol.species,{get(){console.log('species');return RegExp},configurable:true}); t(()=>'abbc'.split(/b/)); Object.defineProperty(RegExp,Symbol.species,sd);
RegExp.prototype.constructor=class extends RegExp{constructor(...a){console.log('made');super(...a)}}; t(()=>'abbc'.split(/b/));
