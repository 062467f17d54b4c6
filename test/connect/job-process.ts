/** A process of its own that does jobs: it ends connections and delivers notices, until it is killed. See `disconnect-kill.test.ts`. */
import { evaluator } from '../../src/authorize/evaluator.ts';
import { startNotices } from '../../src/compose/notices.ts';
import { createRestFlow } from '../../src/connect/rest/rest-flow.ts';
import { revocationHandlers } from '../../src/connect/revocation-jobs.ts';
import { newId } from '../../src/domain/ids.ts';
import { noMetrics } from '../../src/domain/metrics.ts';
import { Secret } from '../../src/domain/secret.ts';
import { createJobRunner } from '../../src/jobs/job-runner.ts';
import { openDatabase } from '../../src/store/database.ts';
import { createDisconnections } from '../../src/store/disconnections.ts';
import { createInstallations } from '../../src/store/installations.ts';
import { createJobs } from '../../src/store/jobs.ts';
import type { Schema } from '../../src/store/schema.ts';
import { createWrappedKeys } from '../../src/store/workspace-keys.ts';
import { deriveKeysFrom } from '../../src/vault/derive-key.ts';
import { createJobSeal } from '../../src/vault/job-seal.ts';
import { openRootKeyFile } from '../../src/vault/root/file.ts';
import { createTokenSeal } from '../../src/vault/token-seal.ts';
import { createWorkspaceKeys } from '../../src/vault/workspace-keys.ts';

/** Plain data, for the command line. */
export interface JobProcessTask {
  readonly databaseUrl: string;
  readonly rootKeyFile: string;
  readonly app: { readonly origin: string; readonly clientId: string; readonly clientSecret: string };
  readonly notices: { readonly url: string; readonly secret: string };
}

const task = JSON.parse(process.argv[2] ?? '') as JobProcessTask;
const database = openDatabase<Schema>({ connectionString: task.databaseUrl });
const entries = { instance: () => instance, now: () => new Date() };
const instance = newId('ins');
const root = await openRootKeyFile(task.rootKeyFile);
const seal = createTokenSeal(createWorkspaceKeys({ root, store: createWrappedKeys(database) }));
const rest = createRestFlow({ ...task.app, clientSecret: new Secret(task.app.clientSecret), redirectUri: '' });
const jobs = createJobs(database);
const recordEvent = async () => {};
createJobRunner({
  jobs,
  handlers: revocationHandlers({
    flows: { rest, mcp: rest },
    disconnections: createDisconnections(database, entries),
    installations: createInstallations(database, entries, evaluator),
    vault: { ...seal, ...createJobSeal(deriveKeysFrom(Buffer.alloc(64))) },
    recordEvent,
    forgetToken: () => {},
  }),
  onError: console.error,
}).start(20);
startNotices(
  { url: task.notices.url, secret: new Secret(task.notices.secret), dangerouslyAllowLoopbackHttp: true },
  {
    jobs,
    recordEvent,
    metrics: noMetrics,
    log: { warn: console.error, error: console.error },
    now: entries.now,
    everyMs: 20,
  },
);
