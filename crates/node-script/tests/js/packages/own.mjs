export { own as "module.exports" }; const own = { own: 1 };
