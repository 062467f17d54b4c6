import { z } from 'zod';
import type { RecordEvent } from '../../../domain/event.ts';
import type { SinkId } from '../../../domain/ids.ts';
import type { CommandContext } from '../../../domain/operation.ts';
import { principalIdOf } from '../../../domain/principal.ts';
import type { EntryOf, SinkCommands } from '../../../sinks/commands.ts';
import { sinkSettings } from '../../../sinks/settings.ts';
import { displayName, idOf } from '../fields.ts';
import { workspaceOf } from '../in-workspace.ts';
import { changeEvent, recordChange } from '../record-change.ts';
import { type ApiRoute, apiRoute, type FurtherDemands } from '../route.ts';
import { deadLettersAnswer, secretSinkAnswer, sinksAnswer, testedAnswer, wantedAnswer } from '../shapes/sinks.ts';

const path = '/api/workspaces/:workspace/sinks';
const onOne = `${path}/:sink` as const;
const mayManage = { on: 'workspace', action: 'manage' } as const;

/** A sink is given the whole log. */
const andReadTheLog: FurtherDemands<unknown> = {
  says: 'The caller must be allowed to read the log too: a sink is given all of it.',
  of: () => [{ on: 'workspace', action: 'audit' }],
};

const named = z.object({ workspace: idOf('wsp'), sink: idOf('snk') });

export interface SinkRouteParts {
  readonly commands: SinkCommands;
  readonly record: RecordEvent;
}

/** The other receivers of a workspace's log: docs/sinks.md. */
export function sinkRoutes({ commands, record }: SinkRouteParts): ApiRoute[] {
  return [...changes(commands), ...looks(commands, record)];
}

function changes(commands: SinkCommands): ApiRoute[] {
  return [
    apiRoute({
      method: 'POST',
      path,
      name: 'sinks.create',
      answer: secretSinkAnswer,
      summary: 'Have the log of a workspace sent somewhere',
      demand: mayManage,
      also: {
        says: `${andReadTheLog.says} One in Notion writes rows, so it takes the right to create too.`,
        of: ({ body }) => [
          ...andReadTheLog.of(body),
          ...(body.kind === 'notion' ? [{ on: 'workspace', action: 'create' } as const] : []),
        ],
      },
      body: z.intersection(
        sinkSettings,
        z.object({
          name: displayName,
          from: z.enum(['now', 'beginning']).default('now').describe('Where in the log it begins.'),
        }),
      ),
      status: 201,
      async run({ body }, context) {
        const workspace = workspaceOf(context);
        const made = await commands.create(workspace, principalIdOf(context.caller), body, entryOf(context));
        return { sink: made.sink, secret: made.secret?.reveal() ?? null };
      },
    }),
    apiRoute({
      method: 'PATCH',
      path: onOne,
      name: 'sinks.change',
      answer: secretSinkAnswer,
      summary: 'Change a sink, pause or resume it, or give it another secret',
      demand: mayManage,
      also: andReadTheLog,
      params: named,
      body: z.strictObject({
        name: displayName.optional(),
        settings: z.record(z.string(), z.unknown()).optional().describe('All of them, as for a new sink.'),
        paused: z.boolean().optional().describe('`false` also ends the wait for the next attempt.'),
        newSecret: z.literal(true).optional(),
      }),
      async run({ params, body }, context) {
        const changed = await commands.change(workspaceOf(context), params.sink, body, entryOf(context));
        return { sink: changed.sink, secret: changed.secret?.reveal() ?? null };
      },
    }),
    apiRoute({
      method: 'DELETE',
      path: onOne,
      name: 'sinks.remove',
      answer: null,
      summary: 'Have the log sent there no more',
      demand: mayManage,
      params: named,
      status: 204,
      run: ({ params }, context) => commands.remove(workspaceOf(context), params.sink, entryOf(context)),
    }),
  ];
}

function looks(commands: SinkCommands, record: RecordEvent): ApiRoute[] {
  return [
    apiRoute({
      method: 'GET',
      path,
      name: 'sinks.list',
      answer: sinksAnswer,
      summary: 'Where the log of a workspace is sent, and how far each receiver has come',
      demand: mayManage,
      run: async (_, context) => ({ sinks: await commands.list(workspaceOf(context)) }),
    }),
    apiRoute({
      method: 'POST',
      path: `${onOne}/test`,
      name: 'sinks.test',
      answer: testedAnswer,
      summary: 'Send a sink an entry that says nothing, and tell how that went',
      demand: mayManage,
      params: named,
      async run({ params }, context) {
        const { sink } = params;
        const tested = await commands.test(workspaceOf(context), sink);
        await recordChange(record, context, 'sink.tested', { sink, problem: tested.problem });
        return tested;
      },
    }),
    apiRoute({
      method: 'GET',
      path: `${onOne}/dead-letters`,
      name: 'sinks.dead_letters',
      answer: deadLettersAnswer,
      summary: 'Entries that a sink refused for what they are, oldest first',
      demand: mayManage,
      params: named,
      run: async ({ params }, context) => ({
        deadLetters: await commands.deadLetters(workspaceOf(context), params.sink),
      }),
    }),
    apiRoute({
      method: 'POST',
      path: `${onOne}/dead-letters/retry`,
      name: 'sinks.retry_dead_letters',
      answer: wantedAnswer,
      summary: 'Try dead letters again: one, or all',
      demand: mayManage,
      params: named,
      body: z.strictObject({ index: z.int().min(0).optional() }),
      async run({ params, body }, context) {
        const { sink }: { sink: SinkId } = params;
        return { wanted: await commands.retry(workspaceOf(context), sink, body.index ?? null, entryOf(context)) };
      },
    }),
  ];
}

function entryOf(context: CommandContext): EntryOf {
  return (name, detail) => changeEvent(context, name, detail);
}
