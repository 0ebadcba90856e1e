// Mocha's usual report; at its end a line for each test that failed, and for each that failed at first and passed when it was
// tried again, so that a test that depends on luck is seen before it is a nuisance. For runs with --retries.
import Mocha from 'mocha';

export default class SecondTries extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const retried = [];
    runner.on('retry', (test, error) => {
      retried.push({ title: test.fullTitle(), error });
      console.log(`      failed at first, and is tried again: ${test.title}\n${error?.stack ?? error}`);
    });
    runner.once('end', () => {
      const failed = this.failures.map((test) => ({ title: test.fullTitle(), error: test.err }));
      const passedThen = retried.filter(({ title }) => !failed.some((other) => other.title === title));
      for (const { title, error } of failed) console.log(`  failed: ${title}: ${firstLine(error)}`);
      for (const { title, error } of passedThen) console.log(`  passed at the second try: ${title}: ${firstLine(error)}`);
    });
  }
}

function firstLine(error) {
  return String(error?.message ?? error)
    .split('\n', 1)[0]
    .slice(0, 300);
}
