/** A process of its own that does jobs: it ends connections and delivers notices, until it is killed. See `disconnect-kill.test.ts`. */
import { setTimeout } from 'node:timers/promises';
import { compose } from '../../src/compose/compose.ts';
import { readConfig } from '../../src/config/config.ts';

/** The settings, as JSON. */
const config = readConfig('serve', JSON.parse(process.argv[2] ?? ''));
const { notion, publicUrl } = config;
if (notion === null || publicUrl === null) throw new Error('a gateway needs a Notion');
const log = { info() {}, warn: console.error, error: console.error };
const { upkeep } = await compose({ ...config, notion, publicUrl }, { background: false, log });
for (;;) {
  await upkeep.doJobs();
  await setTimeout(20);
}
