const { outcomeOf } = require('./check.cjs');

outcomeOf(require('./fixture.json')).then((outcome) => console.log(JSON.stringify(outcome)));
