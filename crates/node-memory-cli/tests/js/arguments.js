console.log(process.argv.slice(2), process.execArgv, process.version, typeof gc, Buffer.poolSize);
