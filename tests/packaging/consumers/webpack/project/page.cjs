const { outcomeOf } = require('./check.cjs');

outcomeOf(require('./fixture.json')).then((outcome) => Object.assign(globalThis, { outcome }));
