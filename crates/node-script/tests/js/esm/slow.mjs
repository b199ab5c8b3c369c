import './quick.mjs';
for (let n = 0; n < 5; n++) await null;
export const name = 'slow';
