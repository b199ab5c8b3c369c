// The texts of functions and classes behind characters of two units.
console.log('🎉 x', String(class Point {}), String(function f() {}), String(() => 1), String({ m() {} }.m));
console.log(`${'🎉'}`, `${class Point {}}`, `${function f() {}}`, `${() => 1}`);
console.log(`🎉${class Point {}}`, `${function f() {}}`);
console.log(`${class Point {}}`, '🎉🎉', `${class Q { #p = 1; m() {} }}`);
/* 🎉 */ console.log(String(class A {}), '𝒳', String(class B { m() {} }.prototype.m));
