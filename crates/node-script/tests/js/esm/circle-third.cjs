try {
  require('./circle-second.mjs');
} catch (error) {
  console.log(error.code, error.message.replaceAll(`${__dirname}/`, ''));
}
