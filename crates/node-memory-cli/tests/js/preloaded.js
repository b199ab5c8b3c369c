console.log('preloaded', module.id, module.parent.id, require.main);
