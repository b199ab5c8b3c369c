const one = require('./one'); module.exports = { seen: one.name, main: require.main === module };
