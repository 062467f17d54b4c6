import { printableJson } from '../domain/printable.ts';
import { allOption, auditFilterOptions, filtersOf } from './audit-options.ts';
import type { Command } from './command.ts';
import { answerOf, type Shapes } from './remote.ts';
import { remoteOf, remoteOptions } from './remote-options.ts';
import { namedWorkspace } from './workspace-option.ts';

export const auditCounts: Command = {
  name: 'audit counts',
  summary: 'Count what is in the audit log of a workspace, by the hour.',
  parameters: [],
  options: {
    ...remoteOptions,
    ...auditFilterOptions,
    ...allOption,
    workspace: { takes: 'ID', doc: 'the workspace; needed by a key that is bound to none' },
    json: { takes: null, doc: 'one JSON object a line for each hour' },
  },
  notes: 'An hour (UTC) without any entry has no line.',
  async run(invocation) {
    const { options, terminal } = invocation;
    const query = { ...filtersOf(invocation), ...namedWorkspace(invocation) };
    const { hours, since } = await answerOf(remoteOf(invocation).GET('/api/audit/counts', { params: { query } }));
    for (const one of hours) terminal.out(options.json === true ? printableJson(one) : lineOf(one));
    if (since !== null) terminal.err(`counted from ${since} on: there is more before, ask for a shorter time`);
    return 0;
  },
};

/** `2026-01-31T12:00Z  allowed 210  denied 3  events 1` */
function lineOf({ hour, allowed, denied, events }: Shapes['AuditHour']): string {
  return `${hour.slice(0, 16)}Z  allowed ${allowed}  denied ${denied}  events ${events}`;
}
