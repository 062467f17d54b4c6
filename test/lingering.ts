// Loaded into every test file by `run.ts`: a file whose tests are over and that does not end is ended, and fails.
// Node's own time limit is for tests, not for files: a child process that was not stopped would block the whole run for
// ever.
import { after } from 'node:test';
import { isMainThread } from 'node:worker_threads';

/** What makes Node load this, with the time that a file gets for ending. */
export function endingLingerersAfter(milliseconds: number): string[] {
  return ['--import', `${import.meta.url.split('?')[0]}?milliseconds=${milliseconds}`];
}

const milliseconds = new URL(import.meta.url).searchParams.get('milliseconds');
if (milliseconds !== null && isMainThread) {
  // Processes that a test forks are none of this.
  process.execArgv.splice(process.execArgv.indexOf('--import'), 2);
  after(() => {
    setTimeout(() => {
      const held = process.getActiveResourcesInfo().join(', ');
      console.error(`${process.argv[1]} does not end: its tests are over, and it still holds ${held}`);
      process.exit(1);
    }, Number(milliseconds)).unref();
  });
}
