import { setTimeout as delay } from 'node:timers/promises';
import { Browser } from '../src/cli/demo/browser.ts';
import { type Child, startChild } from './child.ts';
import { atMost, type Bench } from './claim.ts';
import { collectReached, isCall, unaccounted } from './hostile/accounts.ts';
import type { Attacked, AttackersArgument } from './hostile/attackers.ts';
import type { GatewayReady, LoggedCall, Memory } from './hostile/gateway.ts';
import type { NotionReady } from './hostile/notion.ts';
import { settle, signIn, type Tenant } from './hostile/tenants.ts';
import type { WorkDone } from './hostile/work.ts';

const MiB = 1024 * 1024;
const wholeSeconds = 600;
/** Of the whole time; what is held by then is what the mix holds all along. */
const warmUp = 0.2;
/** What is under way ends, or is ended, within it. */
const settleMs = 15_000;

/**
 * Two tenants at work while everything that strangers, and a company with keys, can do against availability goes on at
 * once. `--seconds N` makes it shorter than ten minutes.
 */
export const hostile: Bench = async () => {
  const seconds = secondsWanted();
  await using notion = await startChild<NotionReady>(module('notion'), null);
  await using gateway = await startChild<GatewayReady>(module('gateway'), notion.ready);
  const { working, attacking } = await settleAll(notion, gateway.ready);
  await using work = await startChild<null>(module('work'), working);
  const argument = { tenant: attacking, notion: notion.ready } satisfies AttackersArgument;
  await using attackers = await startChild<null>(module('attackers'), argument);
  using reached = collectReached(notion.ready);

  await work.ask('start');
  await attackers.ask('start');
  const memory = await watch(gateway, seconds);
  const attacked = await attackers.ask<Attacked>('stop');
  const done = await work.ask<WorkDone>('stop');
  await delay(settleMs);
  const after = await gateway.ask<Memory>('memory');

  const calls = await reached.all();
  const logged = await gateway.ask<LoggedCall[]>('log');
  const missing = unaccounted(calls, logged);
  report(attacked, done, missing);
  console.log(`resident memory in MiB: ${memory.residents.join(' ')}, and ${mib(after.resident)} when it is over`);
  console.log(`the longest turns of its event loop in ms: ${memory.turns.join(' ')}`);
  console.log(`${calls.filter(isCall).length} calls reached Notion; work made ${done.calls}`);
  return [
    atMost('ordinary calls that failed', done.failures.length, 'calls', 0),
    atMost('the longest that an ordinary call took', done.slowestMs, 'ms', 2_000),
    atMost('resident memory at the end against after warm-up', memory.end / memory.warm, 'x', 1.5),
    atMost('the most resident memory', memory.most, 'MiB', 768),
    atMost('calls that reached Notion and are not in the log', missing.length, 'calls', 0),
    atMost('calls that are open in the log when all is over', openIn(logged), 'calls', 0),
    atMost('answers that admit a defect', defectsIn(attacked), 'answers', 0),
  ];
};

function secondsWanted(): number {
  const at = process.argv.indexOf('--seconds');
  const wanted = at < 0 ? wholeSeconds : Number(process.argv[at + 1]);
  if (!(wanted >= 10)) throw new Error('--seconds is a number from 10 on');
  return wanted;
}

async function settleAll({ ready, ask }: Child<NotionReady>, { url, firstSignInUrl }: GatewayReady) {
  await ask(`${url}/auth/notion/callback`);
  const administrator = new Browser();
  await signIn(administrator, firstSignInUrl);
  const working: Tenant[] = [];
  for (const company of ready.working) working.push(await settle(administrator, url, company, { bytes: 200_000 }));
  const attacking = await settle(administrator, url, ready.attacking, { bytes: 15 * MiB });
  return { working, attacking };
}

/** Looks at the memory of the gateway every few seconds, in MiB, until the time is over. */
async function watch(gateway: Child<GatewayReady>, seconds: number) {
  const residents: number[] = [];
  const turns: number[] = [];
  const every = Math.max(2, seconds / 60);
  for (let at = 0; at < seconds; at += every) {
    await delay(every * 1_000);
    const { resident, longestTurnMs } = await gateway.ask<Memory>('memory');
    residents.push(mib(resident));
    turns.push(longestTurnMs);
  }
  const warm = residents[Math.floor(residents.length * warmUp)] ?? Number.NaN;
  return { residents, turns, warm, end: residents.at(-1) ?? Number.NaN, most: Math.max(...residents) };
}

function report(attacked: Attacked, done: WorkDone, missing: readonly string[]): void {
  for (const [name, ends] of Object.entries(attacked)) {
    const counts = Object.entries(ends).map(([end, count]) => `${end} × ${count}`);
    console.log(`${name.padEnd(34)} ${counts.join(', ')}`);
  }
  console.log(`slowest: ${done.slowest}`);
  for (const failure of done.failures.slice(0, 20)) console.log(`failed: ${failure}`);
  for (const call of missing.slice(0, 20)) console.log(`not in the log: ${call}`);
}

function openIn(logged: readonly LoggedCall[]): number {
  return logged.filter(({ result }) => result === 'open').reduce((sum, { calls }) => sum + calls, 0);
}

function defectsIn(attacked: Attacked): number {
  return Object.values(attacked).reduce((sum, ends) => sum + (ends['500'] ?? 0), 0);
}

const mib = (bytes: number) => Math.round(bytes / MiB);

function module(name: string): URL {
  return new URL(`./hostile/${name}.ts`, import.meta.url);
}
