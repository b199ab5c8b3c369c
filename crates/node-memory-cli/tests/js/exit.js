process.on('exit', (code) => { if (code !== 7) process.exitCode = 1; });
process.exit(7);
