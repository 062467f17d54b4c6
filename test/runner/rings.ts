/**
 * The two rings of tests. `npm test` runs the inner one: the tests that a change is likely to break. `npm run test:all`
 * runs both, and so do `npm run check` and `.ci/run`, which decide whether a change lands. A test file without a row is
 * in the inner ring.
 */

export type Ring = 'inner' | 'outer';

/** Files of the outer ring that have the same reason for being there. */
export interface OuterRow {
  readonly because: string;
  /** Paths from the root of the project; one that ends with a slash stands for everything below it. */
  readonly files: readonly string[];
}

export const outerRing: readonly OuterRow[] = [
  {
    because: 'a browser draws pages, and each is looked at in several sizes',
    files: ['test/browser/'],
  },
  {
    because: 'suites and clients of others are run as they come, in processes of their own',
    files: [
      'test/conformance/',
      'test/emulator/clients/',
      'test/files/clients.test.ts',
      'emulator/mcp/inspector.test.ts',
    ],
  },
  {
    because: 'nginx or PgBouncer stands between',
    files: ['test/poolers/', 'test/proxies/'],
  },
  {
    because: 'the program is packed and installed, or the README followed line by line',
    files: ['test/e2e/production-install.test.ts', 'test/readme.test.ts'],
  },
  {
    because: 'thousands of worlds are decided by Cedar too, or by engines with a mistake in them',
    files: ['test/authorize/cedar.test.ts', 'test/authorize/mutants/'],
  },
  {
    because: 'whole demos are started, stopped and killed, each with a PostgreSQL of its own',
    files: [
      'src/postgres/survival.test.ts',
      'test/cli/doctor-findings.test.ts',
      'test/cli/doctor.test.ts',
      'test/cli/keys-beside-gateway.test.ts',
      'test/e2e/crash.test.ts',
      'test/e2e/demo-lifecycle.test.ts',
      'test/e2e/last-resort.test.ts',
      'test/e2e/readiness.test.ts',
      'test/e2e/serve.test.ts',
      'test/e2e/stop.test.ts',
    ],
  },
  {
    because: 'processes are killed at every point where they can be, or days of their work are played through',
    files: [
      'test/audit/crash-rounds.test.ts',
      'test/connect/disconnect-kill.test.ts',
      'test/sinks/notion.test.ts',
      'test/vault/refresh-processes.test.ts',
      'test/vault/refresh-soak.test.ts',
      'test/vault/rotation-kill.test.ts',
    ],
  },
  {
    because: 'thousands of damaged or very large inputs are tried',
    files: ['test/audit/mutations.test.ts', 'test/report/large.test.ts'],
  },
];

/** Which ring a test file is in. `path` is from the root of the project, with `/`. */
export function ringOf(path: string): Ring {
  return rowsOf(path).length > 0 ? 'outer' : 'inner';
}

/** The rows that name a file: one at most, or `tidy` fails. */
export function rowsOf(path: string): readonly OuterRow[] {
  return outerRing.filter(({ files }) =>
    files.some(file => (file.endsWith('/') ? path.startsWith(file) : path === file)),
  );
}
