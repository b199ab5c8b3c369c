export const name = 'quick';
export default class {}
