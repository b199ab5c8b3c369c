module.exports = require('./re-exported.cjs');
