import type { Fault } from '../../../emulator/control/faults.ts';
import { type Attack, call } from './attack.ts';

const faults: readonly Fault[] = [
  { kind: 'reset' },
  { kind: 'truncate' },
  { kind: 'respond', status: 504 },
  { kind: 'respond', status: 529, retryAfterSeconds: 1 },
  { kind: 'respond', status: 502 },
  { kind: 'delay', delayMs: 2_000 },
];

/** Calls whose answers break, come late or are refusals. */
export const brokenAnswers: Attack = {
  atOnce: 1,
  pauseMs: 100,
  async once(means, round) {
    const { root } = means.tenant;
    const fault = faults[round % faults.length];
    const write = round % 2 === 0;
    const [method, path] = write ? ['PATCH', `/v1/pages/${root}`] : ['GET', `/v1/blocks/${root}/children`];
    if (fault !== undefined) await means.notion.addFault({ ...fault, method, path });
    const { status } = await call(means, method, path, write ? { icon: { type: 'emoji', emoji: '🔥' } } : undefined);
    return String(status);
  },
};
