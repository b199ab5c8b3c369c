exports.named = 'named';
exports.other = () => 1;
Object.defineProperty(exports, 'third', { value: 3, enumerable: true });
