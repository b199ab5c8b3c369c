function later() { return Promise.reject(new Error('later')); }
later();
