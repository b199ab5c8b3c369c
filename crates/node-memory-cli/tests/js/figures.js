console.log(process.memoryUsage()); const keep = []; for (let i = 0; i < 1000; i++) keep.push([i]); gc(); setTimeout(() => console.log(process.memoryUsage(), process.uptime(), Math.random()), 50);
