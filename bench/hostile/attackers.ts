// All attacks at once, in a process of their own.
import { setTimeout as delay } from 'node:timers/promises';
import { emulatorControl } from '../../emulator/control.ts';
import { childArgument, childReady } from '../child.ts';
import type { Attack, Means } from './attacks/attack.ts';
import { anonymousCalls, nulls, webhooks } from './attacks/floods.ts';
import { halfClosed, silentConnections, unfinishedBodies, unreadDownloads } from './attacks/held.ts';
import { scanners } from './attacks/scanners.ts';
import { brokenAnswers } from './attacks/trouble.ts';
import { answeredEarly, cut, trickled } from './attacks/uploads.ts';
import type { Tenant } from './tenants.ts';

export interface AttackersArgument {
  readonly tenant: Tenant;
  readonly notion: { readonly origin: string; readonly controlToken: string };
}

/** Of each attack, how often which end came. */
export type Attacked = Readonly<Record<string, Readonly<Record<string, number>>>>;

const attacks: Readonly<Record<string, Attack>> = {
  'uploads that are cut': cut,
  'uploads that trickle': trickled,
  'uploads that Notion answers early': answeredEarly,
  'downloads that nobody reads': unreadDownloads,
  'bodies that do not end': unfinishedBodies,
  'connections without a word': silentConnections,
  'connections half closed': halfClosed,
  'calls without a key': anonymousCalls,
  'false webhooks': webhooks,
  'U+0000': nulls,
  '500 kB for the scanners': scanners,
  'answers that break': brokenAnswers,
};

const { tenant, notion } = childArgument<AttackersArgument>();
const stopping = new AbortController();
const means: Means = {
  tenant,
  notion: emulatorControl(notion.origin, notion.controlToken),
  signal: stopping.signal,
};
const ends: Record<string, Record<string, number>> = {};
let running: Promise<unknown> = Promise.resolve();

process.on('message', async question => {
  if (question === 'start') running = Promise.all(Object.entries(attacks).map(([name, attack]) => run(name, attack)));
  if (question === 'stop') stopping.abort();
  if (question === 'stop') await running;
  process.send?.(ends satisfies Attacked);
});
childReady(null);

async function run(name: string, attack: Attack): Promise<void> {
  const { atOnce, pauseMs, once } = attack;
  const counts: Record<string, number> = {};
  ends[name] = counts;
  let round = 0;
  const attacker = async (place: number) => {
    // Not all in one moment: they would come in one wave for ever.
    await delay((place * 1_000) / atOnce);
    while (!stopping.signal.aborted) {
      const end = await once(means, round++).catch(error => `failed: ${error.cause?.code ?? error.message}`);
      counts[end] = (counts[end] ?? 0) + 1;
      await delay(pauseMs);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, (_, place) => attacker(place)));
}
