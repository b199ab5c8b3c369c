function load() {
  require('./nothing');
}
load();
