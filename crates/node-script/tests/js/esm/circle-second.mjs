import './circle-third.cjs';
export default 2;
