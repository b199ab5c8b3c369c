exports.default = typeof require('./circle-second.mjs').default;
