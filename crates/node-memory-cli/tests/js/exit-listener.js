process.on('exit', () => { process.exitCode = 9; });
setTimeout(() => {}, 1);
