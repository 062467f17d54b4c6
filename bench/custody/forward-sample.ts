// One sample: the step that sends, in front of an upstream that costs next to nothing, with a part and without it.
import type { ForwardParts } from '../../src/forward/forward.ts';
import * as fixtures from '../../test/fixtures.ts';
import { aForward } from '../../test/forward/a-forward.ts';
import { childArgument, childReady, startChild } from '../child.ts';
import { median } from '../median.ts';
import { type MeasuredPart, measuredParts, type Parts, type Place, plainParts } from './forward-parts.ts';
import { addConnections, openVault } from './vault.ts';

const warmUpRounds = 500;
const rounds = 1_500;
const callers = 32;

/** Each in processor time of this process, against the same calls without the part. */
export interface Sample {
  readonly measured: number;
  /** Without the part as well: how far this is from 1 is how far the other can be off. */
  readonly identity: number;
}

const part = childArgument<MeasuredPart>();
// Ready when everything is cleared away: the process ends as soon as it has been heard.
childReady(await openAndSample());

async function openAndSample(): Promise<Sample> {
  await using upstream = await startChild<{ origin: string }>(
    new URL('../rest-door/upstream.ts', import.meta.url),
    null,
  );
  const { origin } = upstream.ready;
  await using vault = await openVault();
  const { workspaceId, connectionIds } = await addConnections(vault, 1, origin);
  const [connectionId] = connectionIds;
  if (connectionId === undefined) throw new Error('the bench has no connection');
  return await sample({ vault, origin, workspaceId, connectionId });
}

/**
 * The variants take turns of a few milliseconds in one and the same step, of which only the part is exchanged: two steps
 * side by side differ by more than what is looked for, for as long as the process lives.
 */
async function sample(place: Place): Promise<Sample> {
  const plain = plainParts(place);
  const variants: [Parts, Parts, Parts] = [
    plain,
    { ...plain, ...(await measuredParts[part](place)) },
    plainParts(place),
  ];
  let inUse = plain;
  await using step = aForward(
    { origin: place.origin },
    exchangeable(() => inUse),
  );
  const { workspaceId, connectionId } = place;
  const facts = fixtures.someFacts({ workspaceId, connection: { id: connectionId, because: 'only_one' } });
  const decidedCalls = Array.from({ length: callers }, () =>
    fixtures.aDecidedCall({ caller: fixtures.aCaller(), facts }),
  );

  const measured: number[] = [];
  const identity: number[] = [];
  for (let round = 0; round < warmUpRounds + rounds; round++) {
    const micros = [0, 0, 0];
    // Each of the six orders as often as the others, since a turn also pays for what the one before it left behind.
    const stride = 1 + (round % 2);
    for (let turn = 0; turn < variants.length; turn++) {
      const which = (round + turn * stride) % variants.length;
      inUse = variants[which] ?? plain;
      const before = process.cpuUsage();
      await Promise.all(decidedCalls.map(decided => step.forward({ ...decided, decidedAt: new Date() })));
      const { user, system } = process.cpuUsage(before);
      micros[which] = user + system;
    }
    const [plainMicros = Number.NaN, measuredMicros = Number.NaN, twinMicros = Number.NaN] = micros;
    if (round < warmUpRounds) continue;
    measured.push(measuredMicros / plainMicros);
    identity.push(twinMicros / plainMicros);
  }
  return { measured: median(measured), identity: median(identity) };
}

/** Parts that are those in use at each moment. */
function exchangeable(inUse: () => Parts): Pick<ForwardParts, 'tokens' | 'budget'> {
  return {
    tokens: {
      accessToken: (...place) => inUse().tokens.accessToken(...place),
      reportUnauthorized: (...refused) => inUse().tokens.reportUnauthorized(...refused),
    },
    budget: {
      take: (...share) => inUse().budget.take(...share),
      giveBack: decided => inUse().budget.giveBack(decided),
      answered: (...answer) => inUse().budget.answered(...answer),
    },
  };
}
