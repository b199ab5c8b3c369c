console.log(process.memoryUsage());
