// `npm test`: every test file in a process of its own, several at once, around one PostgreSQL server.
// Arguments are file patterns that replace the usual ones: npm test -- 'src/store/**/*.test.ts'
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type EventData, run } from 'node:test';
import { spec } from 'node:test/reporters';
import { minuteMs } from '../src/domain/units.ts';
import { endingLingerersAfter } from './lingering.ts';
import { serverVariable, startTestServer } from './postgres-server.ts';

const everything = ['src/**/*.test.ts', 'emulator/**/*.test.ts', 'test/**/*.test.ts'];
const patterns = process.argv.slice(2);

/** A test that hangs fails, and the run goes on. So does a file that does not end when its tests have. */
const testMsMax = 5 * minuteMs;
const endingMsMax = minuteMs;
/** Whatever else hangs: a report of what is known comes before anybody loses patience with the whole. */
const runMsMax = 60 * minuteMs;

const interrupted = new AbortController();
// A terminal's Ctrl-C reaches the test files as well; here it must only not skip stopping the server.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());

const server = await startTestServer();
try {
  process.env[serverVariable] = JSON.stringify(server.postgres.superuser);
  // Hundreds of processes load the same modules: each is stripped of its types and compiled once. It goes by their content.
  process.env.NODE_COMPILE_CACHE ??= join(server.directory, 'compile-cache');
  process.exitCode = (await passes(patterns.length > 0 ? patterns : everything)) ? 0 : 1;
} finally {
  await server.stop();
}

/** Runs the files and reports on stdout. False if a test failed, if there was none, or if the run was interrupted. */
async function passes(globPatterns: string[]): Promise<boolean> {
  const tests = run({
    globPatterns,
    concurrency: Math.max(2, availableParallelism()),
    timeout: testMsMax,
    signal: AbortSignal.any([interrupted.signal, AbortSignal.timeout(runMsMax)]),
    execArgv: endingLingerersAfter(endingMsMax),
  });
  const totals: EventData.TestSummary[] = [];
  tests.on('test:summary', summary => {
    // Each file has a summary too.
    if (summary.file === undefined) totals.push(summary);
  });
  for await (const line of tests.compose(spec)) process.stdout.write(line);
  const [total] = totals;
  if (!total) return false;
  const { tests: count, passed, cancelled, skipped, todo } = total.counts;
  const failed = count - passed - cancelled - skipped - todo;
  // The reporter marks its totals with a symbol; tools look for them as TAP spells them.
  process.stdout.write(
    `# tests ${count}\n# pass ${passed}\n# fail ${failed}\n# cancelled ${cancelled}\n# skipped ${skipped}\n`,
  );
  return total.success && count > 0 && !interrupted.signal.aborted;
}
