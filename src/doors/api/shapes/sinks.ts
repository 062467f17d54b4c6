import { z } from 'zod';
import { sinkKinds } from '../../../domain/sink.ts';
import { list, time } from './values.ts';

const sink = z
  .object({
    id: z.string(),
    kind: z.enum(sinkKinds),
    name: z.string(),
    origin: z.enum(['api', 'settings']).describe('`settings`: the settings of the deployment ask for it.'),
    settings: z.record(z.string(), z.unknown()),
    state: z.enum(['active', 'retrying', 'blocked', 'paused']),
    problem: z.string().nullable().describe('What the last attempt came to nothing for.'),
    cursor: z.int().describe('The index of the first entry of the log that it has not acknowledged.'),
    lag: z.int().describe('Entries that it has not acknowledged.'),
    deadLetters: z.int().describe('Entries that it refused for what they are.'),
    createdAt: time,
    deliveredAt: time.nullable(),
    nextAt: time.nullable().describe('When it is tried again, while something is wrong.'),
  })
  .meta({ id: 'Sink' });

export const sinksAnswer = z.object({ sinks: list(sink) });
export const secretSinkAnswer = z.object({
  sink,
  secret: z.string().nullable().describe('What signatures are made with. Shown once; null where there is none.'),
});
export const testedAnswer = z.object({
  problem: z.string().nullable().describe('Null: the receiver took an entry that says nothing.'),
});
export const deadLettersAnswer = z.object({
  deadLetters: list(
    z.object({ index: z.int(), entry: z.string(), problem: z.string(), at: time }).meta({ id: 'DeadLetter' }),
  ),
});
export const wantedAnswer = z.object({ wanted: z.int().describe('Dead letters that are tried again now.') });
